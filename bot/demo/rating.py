"""The invented ratings of the demo's desks, about whoever was on duty."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from random import Random
from typing import Any

from sqlmodel import Session, select

from bot.demo.days import progress
from bot.demo.habits import chosen, level_today, ratings_today, spread
from bot.demo.said import comments
from handlers.citizen.notice import VERSION
from handlers.citizen.reasons import TAGS, side_of
from handlers.citizen.scheme import SCHEME
from handlers.policy import Policy
from storage.database import keys_of
from storage.queries.desk import DeskWithUnit, all_desks, unit_of_member
from storage.tables import Duty, Unit
from storage.tables.columns import random_id

_OPENS, _CLOSES = time(7, 30), time(17)
_UNKNOWN = 0.2  # share of ratings that do not say which of several served
_REASONS, _COMMENT = 0.6, 0.16  # shares of ratings that give some
_DOORS = (("web", 85), ("telegram", 15))


class Rated:
    """Tells one day at the desks; asked again, it tells the same."""

    def __init__(self, session: Session, policy: Policy, began: date) -> None:
        self._session, self._policy, self._began = session, policy, began
        self._desks = all_desks(session)
        self._duties = session.exec(select(Duty)).all()
        self._codes = {unit.id: unit.code for unit in session.exec(select(Unit))}
        self._keys = keys_of(session)
        self._counts_for: dict[tuple[int, int], int] = {}

    def on(self, day: date) -> Iterator[dict[str, Any]]:
        """The rows of a day, desk by desk."""
        for desk in self._desks:
            chance = Random(f"{desk.code} on {day}")  # noqa: S311 - a story, not a secret
            present = self._on_duty(desk, day)
            for nth in range(ratings_today(chance, desk.code)):
                yield self._rating(chance, desk, day, present, spread(desk.code, day, nth))

    def _rating(
        self, chance: Random, desk: DeskWithUnit, day: date, present: Sequence[int], place: float
    ) -> dict[str, Any]:
        member, attribution = _served(chance, present)
        unit = desk.unit_id if member is None else self._unit(member, desk)
        level = level_today(chance, self._codes[unit], progress(day, self._began), place)
        return {
            "id": random_id(),
            "day": day,
            "desk_id": desk.id,
            "unit_id": unit,
            "member_id": member,
            "attribution": attribution,
            "level": level,
            "reasons": _reasons(chance, level),
            "comment": self._comment(chance, level),
            "channel": chosen(chance, _DOORS),
            "scheme": SCHEME,
            "notice": VERSION,
            "status": "active",
            "encounter": None,
            "receipt": None,
        }

    def _comment(self, chance: Random, level: int) -> str | None:
        if chance.random() >= _COMMENT:
            return None
        return self._keys.seal(chance.choice(comments(level)))

    def _on_duty(self, desk: DeskWithUnit, day: date) -> list[int]:
        opens, closes = (
            datetime.combine(day, at, self._policy.timezone) for at in (_OPENS, _CLOSES)
        )
        return sorted(
            {
                duty.person_id
                for duty in self._duties
                if duty.desk_id == desk.id
                and duty.starts <= closes
                and (duty.ends is None or duty.ends > opens)
            }
        )

    def _unit(self, member: int, desk: DeskWithUnit) -> int:
        if (member, desk.id) not in self._counts_for:
            self._counts_for[member, desk.id] = unit_of_member(self._session, member, desk)
        return self._counts_for[member, desk.id]


def _served(chance: Random, present: Sequence[int]) -> tuple[int | None, str]:
    """Who served, and how that is known: see storage.tables.rating."""
    if not present:
        return None, "nobody"
    if len(present) == 1:
        return present[0], "duty"
    if chance.random() < _UNKNOWN:
        return None, "unknown"
    return chance.choice(present), "citizen"


def _reasons(chance: Random, level: int) -> str:
    """One or two, the first ones of the list more often; in the order of the data, as stored."""
    if chance.random() >= _REASONS:
        return ""
    tags = TAGS[side_of(level)]
    weights = range(len(tags), 0, -1)
    picked = set(chance.choices(tags, weights, k=chance.choice((1, 2, 2))))
    return ";".join(tag.key for tag in tags if tag in picked)
