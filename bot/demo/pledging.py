"""The invented days of the demo's members: what they took on and how it went."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlmodel import Session, col, select

from bot.demo.days import progress
from bot.demo.habits import favourites, is_silent, outcomes, pledges_today
from bot.demo.said import NOTES
from handlers.catalogue import offered
from handlers.policy import Policy
from handlers.workdays import Span, is_persons_working_day
from storage.database import keys_of
from storage.tables import Leave, Membership, Person, Unit

_LATE, _NOTED = 0.05, 0.05  # shares of the days somebody pledged on


@dataclass(frozen=True)
class Member:
    """Somebody who pledges, in one unit, and the days they are away."""

    id: int
    code: str
    unit_id: int
    unit: str
    off: tuple[Span, ...]


class Pledging:
    """Tells one day of one member; asked again, it tells the same."""

    def __init__(self, session: Session, policy: Policy, began: date) -> None:
        self._policy, self._began, self._keys = policy, began, keys_of(session)
        self._items = {item.code: item for item in offered(session).items}
        self.members = tuple({member.id: member for member in _members(session)}.values())

    def pledges(self, member: Member, day: date) -> list[dict[str, Any]]:
        """The rows of that day, none if it was not one of this member's."""
        chance = Random(f"{member.code} on {day}")  # noqa: S311 - a story, not a secret
        if (
            is_silent(member.code, day, self._began)
            or not is_persons_working_day(day, self._policy, member.off)
            or not pledges_today(chance, member.unit, progress(day, self._began))
        ):
            return []
        liked = favourites(member.code, sorted(self._items))
        codes = sorted(chance.sample(liked, chance.choices((1, 2, 3), (35, 45, 20))[0]))
        late = chance.random() < _LATE
        changed = self._reported(day, chance.randrange(90), late=late)
        return [
            {
                "person_id": member.id,
                "unit_id": member.unit_id,
                "day": day,
                "item_id": self._items[code].id,
                "code": code,
                "status": status,
                "late": late and status != "pledged",
                "changed": changed,
            }
            for code, status in zip(codes, outcomes(chance, len(codes)), strict=True)
        ]

    def note(self, member: Member, day: date) -> dict[str, Any] | None:
        """What the member wrote to that day, now and then."""
        chance = Random(f"note of {member.code} on {day}")  # noqa: S311 - a story, not a secret
        if chance.random() >= _NOTED:
            return None
        text = self._keys.seal(chance.choice(NOTES))
        return {"person_id": member.id, "day": day, "text": text}

    def _reported(self, day: date, minutes: int, *, late: bool) -> datetime:
        at = time(9) if late else time(16, 30)
        local = datetime.combine(day + timedelta(days=int(late)), at, self._policy.timezone)
        return local + timedelta(minutes=minutes)


def _members(session: Session) -> Iterator[Member]:
    away: dict[int, list[Span]] = {}
    for leave in session.exec(select(Leave)):
        away.setdefault(leave.person_id, []).append(Span(leave.first, leave.last))
    rows = session.exec(
        select(Person, Unit)
        .join(Membership, col(Membership.person_id) == col(Person.id))
        .join(Unit, col(Membership.unit_id) == col(Unit.id))
        .where(Membership.role == "member")
        .order_by(Person.code, Unit.code)
    )
    for person, unit in rows:
        assert person.id is not None
        assert unit.id is not None
        off = tuple(away.get(person.id, ()))
        yield Member(person.id, person.code, unit.id, unit.code, off)
