"""The figures of a report, as the database has them now: those of the roll-up, and no other scores.

The roll-up suppresses once for the whole organisation: reports that go up tell nobody more.
"""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from handlers.policy import Policy
from handlers.reports.figures import Axis, Below, Counted, Figures, Panel, Share
from handlers.rollup.build import build_rollup
from handlers.rollup.figures import Node, Ratings, RollUp
from storage.queries.report_figures import members_who_told_all

_REASONS = 3
Days = tuple[date, date]


def build(session: Session, unit: int, days: Days, before: Days | None, policy: Policy) -> Figures:
    """The figures of these days (both included); `before` are those of the period before."""
    found = build_rollup(session, unit, *days, policy)
    top = found.top
    return Figures(
        k=policy.k,
        until=days[1],
        now=_counted(session, found),
        before=None if before is None else _before(session, unit, before, policy),
        below=tuple(_below(each) for each in found.below if each.parent_id == top.id),
        units=Share(n=top.all.active, of=top.all.units) if top.children else None,
        panels=_panels(found) if top.children else (),
    )


def _before(session: Session, unit: int, days: Days, policy: Policy) -> Counted | None:
    """What the period before came to; None where there was nothing to compare with."""
    found = build_rollup(session, unit, *days, policy)
    return None if found.empty else _counted(session, found)


def _counted(session: Session, found: RollUp) -> Counted:
    top = found.top.all
    scores = top.ratings.scores
    units = [each.id for each in found.nodes]
    return Counted(
        first=found.first,
        last=found.last,
        members=top.members,
        pledged=top.pledges.people,
        reported=members_who_told_all(session, units, found.first, found.last),
        axes=tuple(
            Axis(
                code=each.code,
                vi=each.vi,
                en=each.en,
                pledges=dict(top.pledges.by_axis.get(each.code, {})),
            )
            for each in found.axes
        ),
        ratings=top.ratings.count,
        satisfied=_satisfied(top.ratings),
        praised=_most(scores.top("high", _REASONS)) if scores is not None else (),
        blamed=_most(scores.top("low", _REASONS)) if scores is not None else (),
        left_out=top.left_out,
    )


def _satisfied(ratings: Ratings) -> Share | None:
    scores = ratings.scores
    return None if scores is None else Share(n=scores.satisfied, of=scores.count)


def _most(reasons: Sequence[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(reasons)


def _below(node: Node) -> Below:
    return Below(
        code=node.code,
        name=node.name,
        pilot=node.pilot,
        members=node.all.members,
        pledged=node.all.pledges.people,
        pledges=node.all.pledges.all,
        ratings=node.all.ratings.count,
        satisfied=_satisfied(node.all.ratings),
    )


def _panels(found: RollUp) -> tuple[Panel, ...]:
    """The four sides of the scorecard with their indicators, by name."""
    return tuple(
        Panel(
            vi=panel.vi,
            en=panel.en,
            points=panel.points,
            indicators=tuple((each.vi, each.en, each.value, each.of) for each in panel.indicators),
        )
        for panel in found.scorecard.panels
    )
