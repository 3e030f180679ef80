"""Members in tests: people of the roster who have linked a chat."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from storage.database import Database, keys_of
from storage.queries.traffic import chat_name
from storage.tables import Item, Link, Person, Pledge
from tests.people import Place, Talker

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def local(day: str, at: str = "09:00") -> datetime:
    """A local moment of the installation."""
    return datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=ZONE)


def link(
    session: Session, code: str, chat: str, channel: str = "telegram", language: str | None = None
) -> int:
    """Link a chat to the person of this code; returns the person."""
    person = session.exec(select(Person).where(Person.code == code)).one()
    keys = keys_of(session)
    session.add(
        Link(
            person_id=person.id or 0,
            channel=channel,
            chat=chat_name(keys, channel, chat),
            address=keys.seal(chat),
            language=language,
            notice="1",
            since=date(2026, 1, 5),
        )
    )
    session.flush()
    return person.id or 0


def member(
    place: Place, name: str, code: str, channel: str = "telegram", language: str | None = None
) -> Talker:
    """Somebody who joined: P1 Lan and P2 Minh stand in C1, P3 Hoa in C2."""
    place.database.run_now(lambda s: link(s, code, name, channel, language))
    return place.person(name, channel, language)


def pledges(database: Database, code: str = "P1") -> list[tuple[str, str, str, bool]]:
    """A member's pledges: (day, item, status, late)."""

    def work(session: Session) -> list[tuple[str, str, str, bool]]:
        rows = session.exec(
            select(Pledge)
            .join(Person, Pledge.person_id == Person.id)  # type: ignore[arg-type]
            .where(Person.code == code)
            .order_by(Pledge.day, Pledge.code)  # type: ignore[arg-type]
        )
        return [(f"{p.day:%d/%m}", p.code, p.status, p.late) for p in rows]

    return database.run_now(work)


def wordings(session: Session) -> dict[int | None, str]:
    """Every item's wording by its row."""
    return {item.id: item.label_vi for item in session.exec(select(Item))}
