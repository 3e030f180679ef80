"""Reports as they are stored: one row a revision; what was written in them is sealed."""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from storage.database import keys_of
from storage.queries.traffic import insert_new
from storage.queries.tree import ancestors
from storage.tables import Link, Membership, Report, Unit

Narrative = Mapping[str, Any]


class LostWords(Exception):
    """What was written was sealed under a secret that is no longer configured."""


def revisions(session: Session, unit_id: int, kind: str, month: tuple[date, date]) -> list[Report]:
    """Every revision of the report that ends in a month (its first and last day), newest first.

    A period is found by the month it ends in: the cut-off day may have been another one then.
    """
    return list(
        session.exec(
            select(Report)
            .where(
                Report.unit_id == unit_id,
                Report.kind == kind,
                col(Report.last).between(*month),
            )
            .order_by(col(Report.revision).desc(), col(Report.first).desc())
        )
    )


def of_units(
    session: Session, units: Collection[int], kind: str, month: tuple[date, date]
) -> dict[int, Report]:
    """The newest approved revision of each unit that has one."""
    rows = session.exec(
        select(Report)
        .where(
            col(Report.unit_id).in_(units),
            Report.kind == kind,
            col(Report.last).between(*month),
            Report.status == "approved",
        )
        .order_by(col(Report.revision))
    )
    return {row.unit_id: row for row in rows}


def begin(
    session: Session,
    unit_id: int,
    kind: str,
    days: tuple[date, date],
    *,
    revision: int = 1,
    narrative: Narrative | None = None,
    remark: str = "",
) -> Report:
    """The draft of a revision; where another transaction has begun it, that one."""
    keys = keys_of(session)
    values = {
        "unit_id": unit_id,
        "kind": kind,
        "first": days[0],
        "last": days[1],
        "revision": revision,
        "status": "draft",
        "narrative": "" if not narrative else keys.seal(json.dumps(narrative, ensure_ascii=False)),
        "figures": "",
        "remark": keys.seal(remark) if remark else "",
        "approved_by": None,
        "approved": None,
    }
    insert_new(session, Report, values)
    row = session.exec(
        select(Report)
        .where(
            Report.unit_id == unit_id,
            Report.kind == kind,
            Report.first == days[0],
            Report.revision == revision,
        )
        .with_for_update()
    ).one()
    if remark and not row.remark:
        row.remark = keys.seal(remark)
        session.add(row)
    return row


def locked(session: Session, report_id: int) -> Report:
    """The row as it is now; nobody else changes it in this transaction."""
    return session.get_one(Report, report_id, with_for_update=True, populate_existing=True)


def drop_draft(session: Session, report: Report) -> bool:
    """Take a draft away; False if it is none, or written in since it was read."""
    before = report.narrative
    row = session.get(Report, report.id, with_for_update=True, populate_existing=True)
    if row is None or row.status != "draft" or row.narrative != before:
        return False
    session.delete(row)
    session.flush()
    return True


def read_narrative(session: Session, report: Report) -> dict[str, Any]:
    """What was written, as it was given to `write_narrative`; LostWords if it cannot be opened."""
    if not report.narrative:
        return {}
    try:
        found: dict[str, Any] = json.loads(keys_of(session).open(report.narrative))
    except ValueError:
        raise LostWords from None
    return found


def write_narrative(session: Session, report: Report, narrative: Narrative) -> None:
    """Keep what was written, sealed."""
    text = json.dumps(narrative, ensure_ascii=False, sort_keys=True)
    report.narrative = keys_of(session).seal(text)
    session.add(report)
    session.flush()


def read_remark(session: Session, report: Report) -> str:
    """Why the revision before was sent back; "" if it was not, or nobody can open it any more."""
    if not report.remark:
        return ""
    try:
        return keys_of(session).open(report.remark)
    except ValueError:
        return ""


def approve(
    session: Session,
    report: Report,
    narrative: Narrative,
    figures: str,
    person_id: int,
    now: datetime,
) -> None:
    """Fix a draft: from here on its figures (JSON) and its text stay what they are."""
    write_narrative(session, report, narrative)
    report.figures, report.status = figures, "approved"
    report.approved_by, report.approved = person_id, now
    session.add(report)
    session.flush()


def receiver(session: Session, unit_id: int) -> int | None:
    """The unit that gets a unit's reports: the nearest one above it that has a secretary."""
    for above in ancestors(session, unit_id)[1:]:
        if secretaries(session, above):
            return above
    return None


def secretaries(session: Session, unit_id: int) -> list[int]:
    """The people who lead a unit now."""
    return list(
        session.exec(
            select(Membership.person_id)
            .where(Membership.unit_id == unit_id, Membership.role == "secretary")
            .order_by(col(Membership.person_id))
        )
    )


def links_by_person(session: Session, people: Collection[int]) -> dict[int, list[Link]]:
    """Every chat of these people, the first linked first."""
    found: dict[int, list[Link]] = {}
    for link in session.exec(
        select(Link).where(col(Link.person_id).in_(people)).order_by(col(Link.id))
    ):
        found.setdefault(link.person_id, []).append(link)
    return found


def reporting_units(session: Session, unit_id: int) -> list[Unit]:
    """The open units whose reports come to this one: its children, and below those that nobody
    leads theirs; by code."""
    led = set(session.exec(select(Membership.unit_id).where(Membership.role == "secretary")))
    found: list[Unit] = []
    above = [unit_id]
    while above:
        rows = session.exec(
            select(Unit).where(col(Unit.parent_id).in_(above), col(Unit.until).is_(None))
        ).all()
        found.extend(rows)
        above = [row.id for row in rows if row.id is not None and row.id not in led]
    return sorted(found, key=lambda each: each.code)
