"""Puts a digest together: one closed week of one unit, by a handful of statements."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from sqlmodel import Session

from handlers.citizen.reasons import split
from handlers.citizen.scheme import LEVELS
from handlers.digest.adjusted import adjusted
from handlers.digest.changes import find_changes
from handlers.digest.figures import (
    AxisName,
    Digest,
    PledgeFigures,
    RatingFigures,
    Suggestion,
)
from handlers.digest.json_form import as_json
from handlers.digest.people import looked_at, to_ask, to_thank
from handlers.digest.released import released
from handlers.policy import Policy
from handlers.saturdays import policy_of_unit
from handlers.weeks import Week
from storage.queries.across_units import unit_crosses
from storage.queries.catalogue import axes
from storage.queries.digest import (
    PledgeCount,
    Praise,
    RatingCount,
    anything_before,
    item_labels,
    member_days,
    members_of,
    members_with_pledge,
    pledge_counts,
    praise,
    rating_counts,
    unit_name,
)
from storage.queries.left_out import left_out_in_weeks

__all__ = ["as_json", "build"]

WEEKS = 5  # the week itself and the four it is compared with
_NAMED = 2  # a reason is worth a suggestion from so many on


def build(session: Session, unit_id: int, week: Week, policy: Policy) -> Digest:
    """The digest of a unit's week, as the database has it now."""
    mondays = [week.before(ago).first for ago in range(WEEKS)]
    policy = policy_of_unit(session, unit_id, policy)
    unit = unit_name(session, unit_id)
    members = members_of(session, unit_id, week.last)
    counts = rating_counts(session, unit_id, mondays, week.last)
    ratings = ratings_by_week(counts)
    pledges = _pledges(session, unit_id, mondays, week.last)
    looked = looked_at(week, policy)
    days = member_days(session, unit_id, min([*looked[:1], week.first]), week.last)
    suppressed = ratings[0].count < policy.k
    erased = any(each.erased and each.ago == 0 for each in counts)
    of_members = [] if erased else praise(session, unit_id, week.first, week.last)
    left_out = left_out_in_weeks(session, unit_id, mondays, week.last)
    return Digest(
        unit_id=unit.id,
        unit_code=unit.code,
        unit_name=unit.name,
        week=week,
        timezone=str(policy.timezone),
        k=policy.k,
        ratings=ratings[0],
        ratings_before=tuple(ratings[1:]),
        pledges=pledges[0],
        pledges_before=tuple(pledges[1:]),
        members=len(members),
        axes=tuple(AxisName(a.code, a.label_vi, a.label_en) for a in axes(session)),
        changes=find_changes(
            week, ratings[0], ratings[1:], pledges[0], pledges[1:], len(members), policy.k
        ),
        to_thank=to_thank(members, days, of_members, week, policy),
        to_ask=to_ask(session, members, days, looked, week),
        comments=released(session, unit_id, week, [each.count for each in ratings], policy.k),
        adjusted=adjusted(session, unit_id, week, ratings, pledges, policy.k),
        suggestion=None if suppressed else _suggestion(session, ratings[0]),
        of_members=_by_member(of_members),
        erased=erased,
        first=not anything_before(session, unit_id, week.first),
        across=unit_crosses(session, unit_id, week.first, week.last),
        left_out=left_out[0],
        left_out_before=tuple(left_out[1:]),
    )


def _by_member(counts: Iterable[Praise]) -> tuple[int, ...]:
    found: Counter[int] = Counter()
    for each in counts:
        found[each.person_id] += each.n
    return tuple(sorted(found.values(), reverse=True))


def ratings_by_week(counts: Sequence[RatingCount]) -> list[RatingFigures]:
    """The figures of each week, the newest first."""
    levels = [dict.fromkeys(LEVELS, 0) for _ in range(WEEKS)]
    reasons: list[dict[str, int]] = [{} for _ in range(WEEKS)]
    for each in counts:
        if each.level is not None:
            levels[each.ago][each.level] += each.n
        for key in split(each.reasons):
            reasons[each.ago][key] = reasons[each.ago].get(key, 0) + each.n
    return [RatingFigures(levels[ago], reasons[ago]) for ago in range(WEEKS)]


def _pledges(
    session: Session, unit_id: int, mondays: Sequence[date], until: date
) -> list[PledgeFigures]:
    people = members_with_pledge(session, unit_id, mondays, until)
    by_axis: list[dict[str, dict[str, int]]] = [{} for _ in range(WEEKS)]
    each: PledgeCount
    for each in pledge_counts(session, unit_id, mondays, until):
        by_axis[each.ago].setdefault(each.axis, {})[each.status] = each.n
    return [PledgeFigures(by_axis[ago], people.get(ago, 0)) for ago in range(WEEKS)]


def _suggestion(session: Session, ratings: RatingFigures) -> Suggestion | None:
    """The catalogue item that answers to what citizens found wanting most."""
    for key, n in ratings.top("low", 1):
        labels = item_labels(session, key.split("/")[1])
        if n >= _NAMED and labels is not None:
            return Suggestion(key, *labels)
    return None
