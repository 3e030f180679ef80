"""A report as it stands: the newest revision of a unit's period, with figures and words."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from handlers.policy import Policy
from handlers.reports.automatic import Told
from handlers.reports.build import build
from handlers.reports.frame import Fixed, Frame, frame_of
from handlers.reports.narrative import Narrative, Written, official
from handlers.reports.periods import Period, joined
from handlers.weeks import newest_closed
from handlers.workdays import Span
from storage.queries.report import read_narrative, read_remark, revisions
from storage.queries.unit_settings import settings_of
from storage.tables import Report

_DAY = timedelta(days=1)


class NotYet(Exception):
    """No week of the period has ended: there is nothing to tell; `on` is the first day there is."""

    def __init__(self, on: date) -> None:
        super().__init__("no week of this period has ended")
        self.on = on


@dataclass(frozen=True)
class Opened:
    """One report. `row` is None while nothing of it is stored; `approved_on` its day, None for a
    draft. `replaces`: the day on which the revision before was approved. `remark`: why that one was
    sent back, "" if it was not. `joined`: a draft's days follow the approved reports beside it, not
    the cut-off day."""

    unit_id: int
    told: Told
    frame: Frame
    narrative: Narrative
    written: tuple[Written, ...]
    revision: int
    row: Report | None = None
    approved_on: date | None = None
    replaces: date | None = None
    remark: str = ""
    joined: bool = False

    @property
    def period(self) -> Period:
        """What it is about."""
        return self.told.period

    @property
    def approved(self) -> bool:
        """Whether it is fixed."""
        return self.approved_on is not None


def ending_in(period: Period) -> tuple[date, date]:
    """The month in which a period ends: how its report is found, whatever the cut-off day was."""
    year, month = period.year, period.last_month
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def rows_of(session: Session, unit_id: int, period: Period) -> list[Report]:
    """Every revision, newest first."""
    return revisions(session, unit_id, period.kind, ending_in(period))


def open_report(
    session: Session, unit_id: int, period: Period, policy: Policy, today: date
) -> Opened:
    """The newest revision; a draft shows what the database says now. NotYet if that is nothing."""
    rows = rows_of(session, unit_id, period)
    row = rows[0] if rows else None
    if row is not None and row.status == "approved":
        return open_approved(session, row, period, policy)
    return _draft(session, unit_id, period, policy, today, rows)


def open_approved(session: Session, row: Report, period: Period, policy: Policy) -> Opened:
    """An approved revision, as it was fixed."""
    fixed = Fixed.model_validate_json(row.figures)
    told = Told(fixed.frame.unit, period, row.first, row.last, fixed.figures)
    narrative = Narrative.of(read_narrative(session, row))
    return Opened(
        unit_id=row.unit_id,
        told=told,
        frame=fixed.frame,
        narrative=narrative,
        written=tuple(narrative.written(told, official())),
        revision=row.revision,
        row=row,
        approved_on=_local_day(row, policy),
        replaces=_replaced(rows_of(session, row.unit_id, period), row.revision, policy),
    )


def days_of(session: Session, unit_id: int, period: Period, row: Report | None = None) -> Span:
    """The days of a unit's period; a revision keeps those of what it revises.

    A period between approved ones joins them, whatever the cut-off day has become since: no day is
    reported twice, none is left out.
    """
    if row is not None and (row.revision > 1 or row.status == "approved"):
        return Span(row.first, row.last)
    usual = _usual_days(session, unit_id, period)
    before = _approved(session, unit_id, period.before())
    after = _approved(session, unit_id, period.before(-1))
    return joined(usual, before, after)


def _usual_days(session: Session, unit_id: int, period: Period) -> Span:
    """What the cut-off day makes of it."""
    return period.days(settings_of(session, unit_id).cut_off)


def _approved(session: Session, unit_id: int, period: Period) -> Span | None:
    """The days of its approved report, where it has one."""
    rows = rows_of(session, unit_id, period)
    return next((Span(row.first, row.last) for row in rows if row.status == "approved"), None)


def _draft(
    session: Session,
    unit_id: int,
    period: Period,
    policy: Policy,
    today: date,
    rows: list[Report],
) -> Opened:
    row = rows[0] if rows else None
    days, say = days_of(session, unit_id, period, row), official()
    until, before = _counted_until(days, today), None
    if until == days.last:
        earlier = period.before()
        span = _approved(session, unit_id, earlier) or days_of(session, unit_id, earlier)
        before = (span.first, min(span.last, days.first - _DAY))
    frame = frame_of(session, unit_id, say)
    figures = build(session, unit_id, (days.first, until), before, policy)
    told = Told(frame.unit, period, days.first, days.last, figures)
    narrative = Narrative.of({} if row is None else read_narrative(session, row))
    revision = 1 if row is None else row.revision
    return Opened(
        unit_id=unit_id,
        told=told,
        frame=frame,
        narrative=narrative,
        written=tuple(narrative.written(told, say)),
        revision=revision,
        row=row,
        replaces=_replaced(rows, revision, policy),
        remark="" if row is None else read_remark(session, row),
        joined=revision == 1 and days != _usual_days(session, unit_id, period),
    )


def _counted_until(days: Span, today: date) -> date:
    """The last day that is counted. While a period runs only closed weeks are: nobody's score can
    be told by looking before and after a visitor."""
    if days.last < today:
        return days.last
    until = newest_closed(today).last
    if until < days.first:
        ends = days.first + timedelta(days=6 - days.first.weekday())
        raise NotYet(ends + timedelta(days=1))
    return until


def _replaced(rows: list[Report], revision: int, policy: Policy) -> date | None:
    earlier = [each for each in rows if each.revision < revision and each.status == "approved"]
    return _local_day(earlier[0], policy) if earlier else None


def _local_day(row: Report, policy: Policy) -> date:
    assert row.approved is not None
    return row.approved.astimezone(policy.timezone).date()
