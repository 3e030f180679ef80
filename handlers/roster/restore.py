"""Puts the rows of a record back into the database: added ones go, others are as they were."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from handlers.roster.record import REFERS, Key, Record, coded, codes_of, key_of
from storage.queries.roster_state import (
    State,
    Values,
    delete_rows,
    restore_rows,
    set_values,
    used_ids,
)

_NAMED = ("desk", "person", "unit")  # what other rows refer to, in the order they can go
_PARSED: dict[str, Callable[[str], Any]] = {
    "since": date.fromisoformat,
    "until": date.fromisoformat,
    "starts": datetime.fromisoformat,
    "ends": datetime.fromisoformat,
}

Ids = dict[str, dict[Key, int]]  # of every row, by table and key


def restore(
    session: Session, state: State, changed: Record, today: date, step: Callable[[], None]
) -> list[str]:
    """Take the record back. Returns the codes of new units, people and desks that have a use by
    now (ratings, pledges, chats …): they cannot go, so they close today or stay without a role.

    `step` is called after each of STEPS."""
    codes = codes_of(state)
    ids: Ids = {
        table: {key_of(table, coded(row, codes)): id_ for id_, row in rows.items()}
        for table, rows in state.items()
    }
    for table in changed.keys() - set(_NAMED):
        added = [ids[table][each.key] for each in changed[table] if each.before is None]
        delete_rows(session, table, added)
    step()
    for table, rows in changed.items():
        for each in rows:
            if each.before is not None and each.after is not None:
                set_values(session, table, ids[table][each.key], _decoded(each.before, ids))
    step()
    for table, rows in changed.items():
        gone = [_decoded(each.before, ids) for each in rows if each.after is None and each.before]
        restore_rows(session, table, gone)
    step()
    return [code for table in _NAMED for code in _remove_added(session, table, changed, ids, today)]


STEPS = 3


def _decoded(row: Values, ids: Ids) -> Values:
    return {name: _value(name, value, ids) for name, value in row.items()}


def _value(name: str, value: Any, ids: Ids) -> Any:
    if value is None:
        return None
    if name in REFERS:
        return ids[REFERS[name]][(value,)]
    return _PARSED[name](value) if name in _PARSED else value


def _remove_added(
    session: Session, table: str, changed: Record, ids: Ids, today: date
) -> list[str]:
    """Delete what nothing refers to, units leaf by leaf; close the rest. Returns its codes."""
    left = {ids[table][each.key]: str(each.key[0])
            for each in changed.get(table, ()) if each.before is None}  # fmt: skip
    while left:
        free = left.keys() - used_ids(session, table, left.keys())
        if not free:
            break
        delete_rows(session, table, free)
        left = {id_: code for id_, code in left.items() if id_ not in free}
    if table != "person":
        for id_ in left:
            set_values(session, table, id_, {"until": today})
    return sorted(left.values())


def orphans(state: State) -> set[str]:
    """What stands in a unit that is closed: codes of open units, open desks, people with a role."""
    closed = {id_ for id_, unit in state["unit"].items() if unit["until"] is not None}
    people = {id_: row["code"] for id_, row in state["person"].items()}
    units, desks = state["unit"].values(), state["desk"].values()
    return {
        *(row["code"] for row in units if row["until"] is None and row["parent_id"] in closed),
        *(row["code"] for row in desks if row["until"] is None and row["unit_id"] in closed),
        *(people[row["person_id"]] for row in state["membership"].values()
          if row["unit_id"] in closed),
    }  # fmt: skip
