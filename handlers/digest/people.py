"""One member to thank, one to ask how they are: from pledges, or from k ratings; never shaming."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sqlmodel import Session

from handlers.citizen.reasons import split
from handlers.citizen.scheme import LOWEST_PRAISE
from handlers.digest.figures import Asked, Thanked
from handlers.policy import Policy
from handlers.weeks import Week
from handlers.workdays import working_days_between
from storage.queries.digest import MemberDay, MemberName, Praise, resting

SILENT = 5  # working days without a pledge
_FAR_ENOUGH = 40  # days in which fifteen working days are surely found, Tết included
_PRAISED = 0.8  # of k ratings or more: from here on it is the reason to thank


def looked_at(week: Week, policy: Policy) -> list[date]:
    """The last fifteen working days up to the week's end, oldest first."""
    since = week.first - timedelta(days=_FAR_ENOUGH)
    return working_days_between(since, week.last, policy)[-3 * SILENT :]


def to_thank(
    members: Sequence[MemberName],
    days: Iterable[MemberDay],
    praised: Iterable[Praise],
    week: Week,
    policy: Policy,
) -> tuple[Thanked, ...]:
    """The member with most check-ins, or best praised; among equals a different one each week."""
    worked = working_days_between(week.first, week.last, policy)
    checked = Counter(
        day.person_id for day in days if day.checked_in and week.first <= day.day <= week.last
    )
    praise = _praised(praised, policy.k)
    candidates = [
        Thanked(
            each.id,
            each.code,
            each.full_name,
            "praise" if each.id in praise else "checkins",
            checked[each.id],
            len(worked),
            praise.get(each.id, ""),
        )
        for each in members
        if not each.leads and (each.id in praise or _regular(checked[each.id], len(worked)))
    ]
    candidates.sort(key=lambda c: (-(c.checkin_days + bool(c.praised_for)), _turn(week, c.code)))
    return tuple(candidates[:1])


def _regular(checkins: int, working: int) -> bool:
    return working > 0 and checkins >= max(1, working - 1)


def _turn(week: Week, code: str) -> str:
    return hashlib.sha256(f"{week}/{code}".encode()).hexdigest()


def _praised(counts: Iterable[Praise], k: int) -> dict[int, str]:
    """Whom at least k ratings of the week praise nearly all, and for what most of them do."""
    ratings: Counter[int] = Counter()
    satisfied: Counter[int] = Counter()
    reasons: dict[int, Counter[str]] = {}
    for each in counts:
        ratings[each.person_id] += each.n
        if each.level >= LOWEST_PRAISE:
            satisfied[each.person_id] += each.n
            for key in split(each.reasons):
                reasons.setdefault(each.person_id, Counter())[key] += each.n
    return {
        person: min(found, key=lambda key: (-found[key], key))
        for person, found in reasons.items()
        if ratings[person] >= k and satisfied[person] >= _PRAISED * ratings[person]
    }


def to_ask(
    session: Session,
    members: Sequence[MemberName],
    days: Iterable[MemberDay],
    looked: Sequence[date],
    week: Week,
) -> tuple[Asked, ...]:
    """The most regular of those whose silence reached a week of working days in this week.

    `looked` are the last working days. Who was off duty meanwhile is left in peace, and whoever
    stays silent is not named again: once is a question, twice a reproach.
    """
    pledged: dict[int, list[date]] = {}
    for each in days:
        if looked and each.day >= looked[0]:
            pledged.setdefault(each.person_id, []).append(each.day)
    silent = [
        each
        for each in members
        if not each.leads
        and each.id in pledged
        and _fell_silent(max(pledged[each.id]), looked, week)
    ]
    if not silent:
        return ()
    since, until = looked[-SILENT], looked[-1]
    away = resting(session, [each.id for each in silent], since, until)
    silent.sort(key=lambda each: (-len(pledged[each.id]), each.code))
    return tuple(
        Asked(each.id, each.code, each.full_name, since, until)
        for each in silent
        if each.id not in away
    )[:1]


def _fell_silent(last: date, looked: Sequence[date], week: Week) -> bool:
    """Whether the fifth working day after the last pledge lies in this week."""
    silence = [day for day in looked if day > last]
    return len(silence) >= SILENT and silence[SILENT - 1] >= week.first
