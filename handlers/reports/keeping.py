"""Keeps what was written in a draft; whoever writes, in chat or at the command line."""

from collections.abc import Mapping
from dataclasses import replace

from sqlmodel import Session

from handlers.reports.narrative import Narrative, official
from handlers.reports.opened import Opened, days_of
from handlers.reports.periods import Period
from storage.queries.report import begin, locked, read_narrative, write_narrative
from storage.tables import Report


class AlreadyApproved(Exception):
    """The report is fixed: it was approved, perhaps only just now."""


def locked_draft(session: Session, unit_id: int, period: Period, row: Report | None) -> Report:
    """The row of a draft, nobody else's in this transaction; begun where there is none."""
    days = days_of(session, unit_id, period, row)
    if row is not None and row.id is not None:
        row = locked(session, row.id)
    else:
        row = begin(session, unit_id, period.kind, (days.first, days.last))
    if row.status != "draft":
        raise AlreadyApproved
    row.first, row.last = days.first, days.last
    session.add(row)
    return row


def keep(session: Session, report: Opened, texts: Mapping[str, str]) -> Opened:
    """Store other texts of some sections, by key ("" is the program's own); the report with them."""
    row = locked_draft(session, report.unit_id, report.period, report.row)
    narrative = Narrative.of(read_narrative(session, row))  # as it is now that it is locked
    by_key = {each.section.key: each.section for each in report.written}
    for key, text in texts.items():
        narrative = narrative.with_text(by_key[key], text, report.told, official())
    write_narrative(session, row, narrative.kept())
    written = tuple(narrative.written(report.told, official()))
    return replace(report, row=row, narrative=narrative, written=written)
