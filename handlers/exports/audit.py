"""The export of the audit log: who changed what in roles and rosters, in the order it was written."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlmodel import Session

from handlers.audit_actions import Known, sentence
from handlers.documents.spreadsheets import Column, Table, Value
from handlers.exports.wish import Wish, lost_secret, wanted_units
from handlers.texts import Speech
from storage.queries.audit import Entry, entries
from storage.queries.export import unit_codes, unit_names
from storage.queries.export_audit import people_by_id

COLUMNS = (
    Column("number", 8),
    Column("at", 22),
    Column("by", 10),
    Column("actor_code", 14),
    Column("action", 20),
    Column("unit_code", 14),
    Column("details", 60, wrap=True),
    Column("meaning", 60, wrap=True),
)
_MOST = 20  # of anything that is listed in the details; more is told as a number


def table(session: Session, wish: Wish, say: Speech) -> Table:
    """Entries of those days, of the unit and those below it. at: local time; by: person, operator,
    program; meaning: the entry as a sentence."""
    units = wanted_units(session, wish, say)

    def rows() -> Iterator[Sequence[Value]]:
        codes, people = unit_codes(session), people_by_id(session)
        known = Known(
            {id_: name for id_, (_, name) in people.items()},
            dict(people.values()),
            unit_names(session),
        )
        for entry in entries(session, wish.first, wish.after):
            if units is None or entry.unit_id in units:
                if entry.details is None:
                    raise lost_secret(say)
                actor, _ = people.get(entry.actor_id or 0, ("", ""))
                yield (*_frame(entry, wish, actor, codes), sentence(say, entry, known))

    return Table("audit", COLUMNS, rows())


def _frame(entry: Entry, wish: Wish, actor: str, codes: dict[int, str]) -> tuple[Value, ...]:
    return (
        entry.id,
        entry.at.astimezone(wish.policy.timezone),
        entry.by,
        actor,
        entry.action,
        codes.get(entry.unit_id or 0, ""),
        _readable(entry.details or {}),
    )


def _readable(details: dict[str, Any]) -> str:
    """The details on one line, without what a program needs to undo an import."""
    return json.dumps(_shortened(details), ensure_ascii=False, sort_keys=True)


def _shortened(value: Any) -> Any:
    if isinstance(value, list | dict) and len(value) > _MOST:
        return len(value)
    if isinstance(value, dict):
        return {key: _shortened(each) for key, each in value.items()}
    if isinstance(value, list):
        shortened = [_shortened(each) for each in value]
        return shortened if all(not isinstance(each, list | dict) for each in value) else len(value)
    return value
