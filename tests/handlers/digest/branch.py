"""A branch with a history: members, secretaries with chats, ratings, comments, pledges on days."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session, select

from handlers.catalogue import ensure_catalogue
from handlers.policy import Policy
from handlers.weeks import Week
from storage.database import Database, keys_of
from storage.queries.traffic import chat_name
from storage.tables import (
    Desk,
    Item,
    Link,
    Membership,
    Outbox,
    Person,
    Pledge,
    Rating,
    Unit,
)
from tests.conftest import Clock

W47 = Week(2026, 47)  # 16 to 22 November
MONDAY = date(2026, 11, 23)  # after it


@dataclass
class Branch:
    """Helpers to write history into a database; every write is a transaction of its own."""

    database: Database
    clock: Clock
    policy: Policy = field(default_factory=Policy)

    def unit(self, code: str, name: str = "", members: Sequence[str] = ()) -> int:
        """A unit with one desk and some members; its id."""

        def work(session: Session) -> int:
            ensure_catalogue(session)
            unit = Unit(code=code, name=name or f"Chi đoàn {code}", folded=code.lower())
            session.add(unit)
            session.flush()
            assert unit.id is not None
            session.add(Desk(code=f"D-{code}1", name=f"Quầy {code}", folded="q", unit_id=unit.id))
            for each in members:
                self._stand(session, each, unit.id, "member")
            return unit.id

        return self.database.run_now(work)

    def stands(self, code: str, unit: str, role: str) -> int:
        """Put a person into a unit; their id."""

        def work(session: Session) -> int:
            of = session.exec(select(Unit).where(Unit.code == unit)).one()
            return self._stand(session, code, of.id or 0, role)

        return self.database.run_now(work)

    def _stand(self, session: Session, code: str, unit_id: int, role: str) -> int:
        person = session.exec(select(Person).where(Person.code == code)).first()
        if person is None:
            person = Person(code=code, full_name=f"Nguyễn Văn {code}")
            session.add(person)
            session.flush()
        assert person.id is not None
        session.add(Membership(person_id=person.id, unit_id=unit_id, role=role))
        session.flush()
        return person.id

    def link(
        self,
        code: str,
        chat: str,
        channel: str = "telegram",
        since: date | None = None,
        **is_: bool,
    ) -> None:
        """Link a chat to a person (long ago, unless said otherwise)."""

        def work(session: Session) -> None:
            keys = keys_of(session)
            person = session.exec(select(Person).where(Person.code == code)).one()
            session.add(
                Link(
                    person_id=person.id or 0,
                    channel=channel,
                    chat=chat_name(keys, channel, chat),
                    address=keys.seal(chat),
                    notice="1",
                    since=since or date(2026, 1, 5),
                    **is_,
                )
            )

        self.database.run_now(work)

    def rated(
        self,
        unit: str,
        day: date,
        *levels: int,
        by: str | None = None,
        reasons: str = "",
        comments: Sequence[str] = (),
        status: str = "active",
    ) -> None:
        """Ratings of these levels; the first ones carry the comments."""

        def work(session: Session) -> None:
            of = session.exec(select(Unit).where(Unit.code == unit)).one()
            desk = session.exec(select(Desk).where(Desk.unit_id == of.id)).first()
            assert desk is not None
            person = None
            if by is not None:
                person = session.exec(select(Person).where(Person.code == by)).one().id
            for index, level in enumerate(levels):
                comment = comments[index] if index < len(comments) else None
                session.add(
                    Rating(
                        day=day,
                        desk_id=desk.id or 0,
                        unit_id=of.id or 0,
                        member_id=person,
                        attribution="nobody" if person is None else "duty",
                        level=level,
                        reasons=reasons,
                        comment=None if comment is None else keys_of(session).seal(comment),
                        channel="web",
                        scheme=1,
                        notice="1",
                        status=status,
                    )
                )

        self.database.run_now(work)

    def pledged(self, unit: str, code: str, day: date, *items: str, status: str = "done") -> None:
        """A person's pledges of one day."""

        def work(session: Session) -> None:
            of = session.exec(select(Unit).where(Unit.code == unit)).one()
            person = session.exec(select(Person).where(Person.code == code)).one()
            for item in items:
                row = session.exec(select(Item).where(Item.code == item, Item.current)).one()
                session.add(
                    Pledge(
                        person_id=person.id or 0,
                        unit_id=of.id or 0,
                        day=day,
                        item_id=row.id or 0,
                        code=item,
                        status=status,
                        changed=datetime(2026, 11, 1, tzinfo=UTC),
                    )
                )

        self.database.run_now(work)

    def pledged_all_week(self, unit: str, code: str, week: Week, item: str = "cv1") -> None:
        """Pledged and done on each day from Monday to Friday."""
        for offset in range(5):
            self.pledged(unit, code, week.first + timedelta(days=offset), item)

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """Move the clock to a local time."""
        local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.policy.timezone)
        self.clock.now = local.astimezone(UTC)
        return self.clock.now

    def waiting(self) -> list[tuple[str, str, str]]:
        """What stands in the outbox: (channel, address, everything that is read)."""

        def work(session: Session) -> list[tuple[str, str, str]]:
            keys = keys_of(session)
            rows = session.exec(select(Outbox).order_by(Outbox.id)).all()  # type: ignore[arg-type]
            return [(r.channel, keys.open(r.address), keys.open(r.content)) for r in rows]

        return self.database.run_now(work)

    def digests(self) -> list[tuple[str, str]]:
        """The digests among them: (address, heading)."""
        found = []
        for _, address, content in self.waiting():
            assert content.count("BẢN TIN TUẦN") <= 1
            if "BẢN TIN TUẦN" in content:
                heading = content.split("BẢN TIN TUẦN ", 1)[1].split('"', 1)[0]
                found.append((address, heading))
        return found
