"""Puts a roll-up together: any days of a unit and all below it, by a fixed number of statements.

The tree is that of the last day (storage.queries.past.units_then): a unit that moved in these days
counts with all of them where it ended. Ratings and pledges lie with the unit of their day. Members
are those of the last day, each counted where they stand then: whoever left a unit that closed in
between counts in the new one only, so that every total is exactly the sum over the units.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlmodel import Session

from handlers.citizen.reasons import split
from handlers.digest.changes import find_changes
from handlers.digest.figures import AxisName, Change, PledgeFigures, RatingFigures
from handlers.policy import Policy
from handlers.rollup.counted import Counted, Weighed, weigh
from handlers.rollup.figures import Before, Figures, Node, Ratings, RollUp
from handlers.rollup.named import pilots_of, to_help, to_thank
from handlers.rollup.scorecard import scorecard
from handlers.weeks import Week, week_of
from storage.queries.catalogue import axes
from storage.queries.counted import Days, rating_levels
from storage.queries.past import History, UnitThen, below
from storage.queries.rollup import anything_before, led_with_others, rating_reasons
from storage.tables import Unit

__all__ = ["build_rollup", "build_week"]


def build_rollup(
    session: Session,
    unit_id: int,
    first: date,
    last: date,
    policy: Policy,
    *,
    before: Days | None = None,
) -> RollUp:
    """The figures of a unit and everything below it from `first` to `last`, both included.

    `before` are days to compare with; they must not overlap. Scores are in it where they may be
    shown to anybody who reads a roll-up, whichever unit they lead: they are suppressed once, over
    the whole organisation, so that no two views can be set against each other. Of days that are no
    single week they are those of the weeks that are shown: `scores.count` says of how many
    (handlers.rollup.longer).
    """
    periods: list[Days] = [(first, last), *([before] if before is not None else [])]
    levels = rating_levels(session, periods)
    together = led_with_others(session)
    history = History.of(session)
    everything = [history.then(*days) for days in periods]
    weighed = [
        weigh(
            session,
            units,
            periods[ago],
            [each for each in levels if each.ago == ago],
            policy.k,
            together,
            history,
        )
        for ago, units in enumerate(everything)
    ]
    found = below(everything[0], unit_id) or [_as_now(session, unit_id)]
    rated = {each.unit_id for each in levels if each.ago == 0}
    counted = Counted.of(session, [each.id for each in found], periods, rated)
    nodes = _nodes(found, counted, weighed)
    top = nodes[0]
    reasons = [
        _reasons(session, [one.id for one in found], each.days_told(unit_id, days))
        for each, days in zip(weighed, periods, strict=True)
    ]
    whole = [_with_reasons(top.all.ratings, reasons[0])]
    if before is not None:
        whole.append(_with_reasons(top.before.ratings, reasons[1]))
    top = replace(top, all=replace(top.all, ratings=whole[0]))
    top = replace(top, before=replace(top.before, ratings=whole[-1])) if before else top
    nodes = (top, *nodes[1:])
    thanked = to_thank(nodes)
    return RollUp(
        nodes=nodes,
        first=first,
        last=last,
        period_before=before,
        timezone=str(policy.timezone),
        k=policy.k,
        axes=tuple(AxisName(a.code, a.label_vi, a.label_en) for a in axes(session)),
        changes=() if before is None else _changes(top, last, before, policy.k),
        to_thank=thanked,
        to_help=to_help(nodes, [each.node.id for each in thanked]),
        silent=tuple(each for each in nodes if each.silent),
        pilots=pilots_of(nodes),
        scorecard=scorecard(top.all),
        earlier=anything_before(session, [each.id for each in found], first),
    )


def build_week(session: Session, unit_id: int, week: Week, policy: Policy) -> RollUp:
    """The roll-up of one ISO week, compared with the week before."""
    earlier = week.before()
    return build_rollup(
        session, unit_id, week.first, week.last, policy, before=(earlier.first, earlier.last)
    )


def _as_now(session: Session, unit_id: int) -> UnitThen:
    """A unit that was not there in these days, as it is now: there is nothing to tell of it."""
    unit = session.get_one(Unit, unit_id)
    return UnitThen(
        unit_id, unit.code, unit.name, unit.kind, unit.parent_id, unit.pilot, unit.until
    )


def _nodes(
    found: Sequence[UnitThen], counted: Counted, weighed: Sequence[Weighed]
) -> tuple[Node, ...]:
    """The units with their figures, parents first."""
    children: dict[int, list[int]] = {each.id: [] for each in found}
    for each in found[1:]:
        children[each.parent_id or 0].append(each.id)
    own = {each.id: counted.figures(each.id) for each in found}
    sums: dict[int, Figures] = {}
    pledged: dict[int, PledgeFigures] = {}
    for each in reversed(found):
        below_it = children[each.id]
        sums[each.id] = added([own[each.id], *(sums[one] for one in below_it)])
        mine = counted.pledges(each.id, 1)
        pledged[each.id] = added_pledges([mine, *(pledged[one] for one in below_it)])
    nothing = Weighed()
    earlier = weighed[1] if len(weighed) > 1 else nothing
    return tuple(
        Node(
            id=each.id,
            code=each.code,
            name=each.name,
            kind=each.kind,
            parent_id=each.parent_id,
            pilot=each.pilot,
            until=each.until,
            children=tuple(children[each.id]),
            own=replace(own[each.id], ratings=weighed[0].own(each.id)),
            all=replace(sums[each.id], ratings=weighed[0].all(each.id)),
            before=Before(earlier.all(each.id), pledged[each.id]),
        )
        for each in found
    )


def added(each: Sequence[Figures]) -> Figures:
    """The sum of figures without their ratings."""
    return Figures(
        pledges=added_pledges([one.pledges for one in each]),
        **{name: sum(getattr(one, name) for one in each) for name in _SUMMED},
    )


_SUMMED = (
    *("members", "joined", "secretaries", "secretaries_joined", "comments", "answered"),
    *("units", "active", "led", "left_out"),
)


def added_pledges(each: Sequence[PledgeFigures]) -> PledgeFigures:
    """The pledges of several units together."""
    axes_: dict[str, dict[str, int]] = {}
    for one in each:
        for axis, counts in one.by_axis.items():
            of_axis = axes_.setdefault(axis, {})
            for status, n in counts.items():
                of_axis[status] = of_axis.get(status, 0) + n
    return PledgeFigures(axes_, sum(one.people for one in each))


def _reasons(session: Session, units: Collection[int], told: Sequence[Days]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in rating_reasons(session, units, told) if told else ():
        for key in split(each.reasons):
            found[key] = found.get(key, 0) + each.n
    return found


def _with_reasons(ratings: Ratings, reasons: Mapping[str, int]) -> Ratings:
    """Reasons belong to the scores: they are shown with them or not at all."""
    if ratings.scores is None:
        return ratings
    return replace(ratings, scores=replace(ratings.scores, reasons=reasons))


def _changes(top: Node, last: date, before: Days, k: int) -> tuple[Change, ...]:
    """What of the whole moved against the days before, from what may be shown of both."""
    nothing = RatingFigures()
    found = find_changes(
        week_of(last),
        top.all.ratings.scores or nothing,
        [top.before.ratings.scores or nothing],
        top.all.pledges,
        [top.before.pledges],
        top.all.members,
        max(k, 1),
    )
    return tuple(
        replace(each, before=replace(each.before, since=before[0], until=before[1]))
        for each in found
    )
