"""The office that every run begins with: units with secretaries, members, desks, a week of ratings."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from handlers.catalogue import offered
from handlers.names import folded
from handlers.official.notice import MEMBER_NOTICE
from storage.queries.link import add_link
from storage.queries.mark import mark_or_check
from storage.tables import Desk, Duty, Membership, Person, Rating, Unit

UNITS, MEMBERS_EACH, RATED_EACH = 6, 2, 6
MONDAY = date(2026, 11, 23)  # 08:00 on this day is when the digests of the week before are due
WEEK = "2026-W47"
FIRST_MEMBER, FIRST_SECRETARY = 2000, 3000  # their chats


def chats_of_secretaries() -> dict[str, int]:
    """Whose digest goes where: the code of each secretary, and the chat."""
    return {f"S{n}": FIRST_SECRETARY + n for n in range(1, UNITS + 1)}


def furnish(session: Session) -> None:
    """Units C1… below TD, each with a secretary, two members and a desk of theirs."""
    mark_or_check(session, demo=False)
    offered(session)  # the catalogue
    city = _added(session, Unit(code="TD", name="Thành Đoàn", folded="thanh doan"))
    for n in range(1, UNITS + 1):
        name = f"Chi đoàn {n}"
        unit = _added(
            session, Unit(code=f"C{n}", name=name, folded=folded(name), parent_id=city.id)
        )
        name = f"Quầy {n}"
        desk = _added(
            session, Desk(code=f"Q{n}", name=name, folded=folded(name), unit_id=unit.id or 0)
        )
        _person(session, f"S{n}", unit, "secretary", FIRST_SECRETARY + n)
        for m in range(MEMBERS_EACH):
            number = (n - 1) * MEMBERS_EACH + m
            member = _person(session, f"M{number}", unit, "member", FIRST_MEMBER + number)
            if m == 0:
                _on_duty(session, desk, member)
        for number in range(RATED_EACH):
            session.add(_rating(desk, unit, n, number))


def _added(session: Session, row: Any) -> Any:
    session.add(row)
    session.flush()
    return row


def _person(session: Session, code: str, unit: Unit, role: str, chat: int) -> Person:
    person: Person = _added(session, Person(code=code, full_name=f"Nguyễn Văn {code}"))
    session.add(Membership(person_id=person.id or 0, unit_id=unit.id or 0, role=role))
    session.flush()
    since = MONDAY - timedelta(days=60)
    assert add_link(
        session, person.id or 0, "telegram", str(chat), language="vi", notice=MEMBER_NOTICE,
        since=since,
    )  # fmt: skip
    return person


def _on_duty(session: Session, desk: Desk, member: Person) -> None:
    starts = datetime.combine(MONDAY - timedelta(days=400), time(), UTC)
    session.add(Duty(desk_id=desk.id or 0, person_id=member.id or 0, starts=starts))


def _rating(desk: Desk, unit: Unit, n: int, number: int) -> Rating:
    return Rating(
        id=f"of-last-week-{n}-{number}",
        day=MONDAY - timedelta(days=1 + number),
        desk_id=desk.id or 0,
        unit_id=unit.id or 0,
        attribution="nobody",
        level=3 + (n + number) % 3,
        channel="web",
        scheme=1,
        notice="1",
    )
