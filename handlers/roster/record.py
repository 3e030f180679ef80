"""What an import changed, row by row and by codes: enough to take it back, and to notice that
something has been changed since. It stands in the audit log under "undo"."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from storage.queries.roster_state import State, Values

REFERS = {
    "unit_id": "unit",
    "parent_id": "unit",
    "merged_into_id": "unit",
    "person_id": "person",
    "desk_id": "desk",
}
_KEYS: dict[str, tuple[str, ...]] = {
    "unit": ("code",),
    "person": ("code",),
    "desk": ("code",),
    "membership": ("person_id", "unit_id", "role"),
    "duty": ("desk_id", "person_id", "starts"),
    "membership_past": ("person_id", "unit_id", "role", "since", "until"),
    "unit_past": ("unit_id", "since", "until", "name", "kind", "parent_id", "pilot"),
}
_DIGITS = 12

Codes = dict[str, dict[int, str]]  # the code of every unit, person and desk by its id
Key = tuple[Any, ...]


class Recorded(NamedTuple):
    """One row. `before` None: it was added; only changed columns if it was changed. `after` is a
    mark of what the import made of it, None if it is gone."""

    key: Key
    before: Values | None
    after: str | None


Record = dict[str, list[Recorded]]


def codes_of(*states: State) -> Codes:
    """The codes of every unit, person and desk in these states."""
    return {
        table: {id_: row["code"] for state in states for id_, row in state[table].items()}
        for table in ("unit", "person", "desk")
    }


def coded(row: Values, codes: Codes) -> Values:
    """A row as JSON has it: codes instead of ids, days and moments as text."""
    return {name: _coded(name, value, codes) for name, value in row.items()}


def _coded(name: str, value: Any, codes: Codes) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return codes[REFERS[name]].get(value) if name in REFERS and value is not None else value


def key_of(table: str, row: Values) -> Key:
    """What names a coded row."""
    return tuple(row[name] for name in _KEYS[table])


def marked(row: Values, *, email: bool) -> str:
    """A short mark of a coded row; the e-mail counts where the import changed it."""
    kept = {k: v for k, v in row.items() if k != "id" and (email or k != "email")}
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def record_of(before: State, after: State) -> Record:
    """Every row that differs."""
    codes = codes_of(before, after)
    return {table: list(_differences(table, before, after, codes)) for table in before}


def _differences(table: str, before: State, after: State, codes: Codes) -> Iterator[Recorded]:
    old, new = before[table], after[table]
    for id_, row in new.items():
        if id_ not in old:
            found = coded(row, codes)
            yield Recorded(key_of(table, found), None, marked(found, email=False))
        elif old[id_] != row:
            was, found = coded(old[id_], codes), coded(row, codes)
            changed = {name: was[name] for name in was if was[name] != found[name]}
            mark = marked(found, email="email" in changed)
            yield Recorded(key_of(table, found), changed, mark)
    for id_, row in old.items():
        if id_ not in new:
            found = coded(row, codes)
            yield Recorded(key_of(table, found), found, None)


def as_json(record: Record) -> dict[str, list[Any]]:
    """The record for the log, without tables that did not change."""
    return {
        table: [[list(each.key), each.before, each.after] for each in rows]
        for table, rows in record.items()
        if rows
    }


def from_json(found: Mapping[str, list[Any]]) -> Record:
    """The record out of the log."""
    return {
        table: [Recorded(tuple(key), before, after) for key, before, after in rows]
        for table, rows in found.items()
    }
