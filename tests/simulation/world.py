"""The organisation of the simulated year, in a database, and what its people do to it."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from handlers.catalogue import offered
from handlers.official.notice import MEMBER_NOTICE
from storage.database import keys_of
from storage.queries.pledge import check_in, take
from storage.queries.roster import insert_rows
from storage.queries.traffic import chat_name, insert_new
from storage.tables import (
    Desk,
    DigestPreference,
    Leave,
    Link,
    Membership,
    Person,
    Rating,
    Unit,
)
from tests.simulation.plan import JOINED, Act, Plan

CHANNEL = "telegram"


def furnish(session: Session, plan: Plan) -> None:
    """Units, desks, members and secretaries with their chats, members' leave."""
    size = plan.size
    units = [
        {"id": n + 1, "code": f"U{n}", "name": f"Chi đoàn {n}", "folded": f"chi doan {n}"}
        for n in range(size.units)
    ]
    _put(session, Unit, [{**unit, "kind": "", "parent_id": None, "pilot": False} for unit in units])
    _put(session, Desk, [
        {"id": n + 1, "code": f"Q{n}", "name": f"Quầy {n}", "folded": f"quay {n}", "unit_id": n + 1, "multi_agency": False}
        for n in range(size.units)
    ])  # fmt: skip
    leaders = sorted({person for person, _ in plan.secretaries})
    people = [*(f"M{n}" for n in range(size.members)), *leaders]
    ids = {code: number for number, code in enumerate(people, start=1)}
    _put(session, Person, [
        {"id": id_, "code": code, "full_name": f"Nguyễn Văn {code}", "position": "", "email": ""}
        for code, id_ in ids.items()
    ])  # fmt: skip
    _put(session, Membership, [
        *({"person_id": n + 1, "unit_id": plan.unit_of(n) + 1, "role": "member"} for n in range(size.members)),
        *({"person_id": ids[person], "unit_id": unit + 1, "role": "secretary"} for person, unit in plan.secretaries),
    ])  # fmt: skip
    _put(
        session,
        Link,
        [
            _link(session, id_, code, reminded=id_ <= size.reminded or code in leaders)
            for code, id_ in ids.items()
        ],
    )
    _put(session, Leave, [
        {"person_id": n + 1, "first": first, "last": last, "kind": "leave"}
        for n in range(size.acting) for first, last in plan.leave(n)
    ])  # fmt: skip
    for person, unit in plan.secretaries:
        if (at := plan.digest_at(person)) is not None:
            session.add(DigestPreference(person_id=ids[person], unit_id=unit + 1, at=at))
    offered(session)  # seeds the catalogue


def _put(session: Session, table: type[Any], rows: list[dict[str, Any]]) -> None:
    for _ in insert_rows(session, table, rows):
        pass


def _link(session: Session, person_id: int, code: str, *, reminded: bool) -> dict[str, Any]:
    keys = keys_of(session)
    return {
        "person_id": person_id,
        "channel": CHANNEL,
        "chat": chat_name(keys, CHANNEL, code),
        "address": keys.seal(code),
        "language": "vi",
        "reminders": reminded,
        "unreachable": False,
        "notice": MEMBER_NOTICE,
        "since": JOINED,
    }


def remind_everybody(session: Session, plan: Plan, *, on: bool) -> None:
    """Switch the reminders of those members on or off who are usually not reminded."""
    session.execute(
        update(Link)
        .where(col(Link.person_id).between(plan.size.reminded + 1, plan.size.members))
        .values(reminders=on)
    )


def pledge(session: Session, plan: Plan, acts: list[Act], now: Any) -> None:
    """Members take items on."""
    items = {item.code: item for item in offered(session).items}
    for act in acts:
        unit = plan.unit_of(act.member) + 1
        for code, _ in act.outcomes:
            take(session, act.member + 1, unit, act.day, items[code], late=act.late, now=now)


def report(session: Session, acts: list[Act], now: Any) -> None:
    """Members say how it went."""
    for act in acts:
        for status in sorted({status for _, status in act.outcomes} - {"pledged"}):
            codes = [code for code, outcome in act.outcomes if outcome == status]
            check_in(session, act.member + 1, act.day, codes, status, late=act.late, now=now)


def rate(session: Session, plan: Plan, day: date) -> None:
    """Citizens rate in the week of that day; said again, nothing is added."""
    week = day.isocalendar().week
    for unit in range(plan.size.units):
        for number in range(plan.ratings(unit, week)):
            values = _rating(unit, day, number)
            insert_new(session, Rating, values)


def _rating(unit: int, day: date, number: int) -> dict[str, Any]:
    return {
        "id": f"{unit}-{day}-{number}",
        "day": day - timedelta(days=number % 2),
        "desk_id": unit + 1,
        "unit_id": unit + 1,
        "member_id": unit + 1,
        "attribution": "duty",
        "level": 5 - (number * 7 + unit) % 4,
        "reasons": "high/nd1" if number % 3 == 0 and (number * 7 + unit) % 4 < 2 else "",
        "comment": None,
        "channel": "web",
        "scheme": 1,
        "notice": "2026-11",
        "status": "active",
        "encounter": None,
        "receipt": None,
    }
