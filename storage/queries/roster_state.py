"""Every row of the roster as it is stored, so that two moments can be compared and one restored."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from storage.queries.roster import table_of
from storage.tables import (
    METADATA,
    Desk,
    Duty,
    Membership,
    MembershipPast,
    Person,
    Unit,
    UnitPast,
)

Values = dict[str, Any]
State = dict[str, dict[int, Values]]  # by table and id

TABLES = {
    table_of(model).name: table_of(model)
    for model in (Unit, UnitPast, Person, Membership, MembershipPast, Desk, Duty)
}
_AT_ONCE = 500


def roster_state(session: Session) -> State:
    """All of it, e-mails sealed as they are."""
    return {
        name: {row.id: dict(row._mapping) for row in session.execute(select(table))}
        for name, table in TABLES.items()
    }


def delete_rows(session: Session, name: str, ids: Collection[int]) -> None:
    """Delete rows of one of these tables."""
    table = TABLES[name]
    for chunk in _chunks(ids):
        session.execute(delete(table).where(table.c.id.in_(chunk)))


def restore_rows(session: Session, name: str, rows: Iterable[Values]) -> None:
    """Insert rows again under their ids, or under new ones where another row has taken theirs."""
    table = TABLES[name]
    rows = list(rows)
    taken = {
        row.id
        for chunk in _chunks([row["id"] for row in rows])
        for row in session.execute(select(table.c.id).where(table.c.id.in_(chunk)))
    }
    kept = [row for row in rows if row["id"] not in taken]
    anew = [
        {key: value for key, value in row.items() if key != "id"}
        for row in rows
        if row["id"] in taken
    ]
    for chosen in (kept, anew):
        for start in range(0, len(chosen), _AT_ONCE):
            session.execute(insert(table), chosen[start : start + _AT_ONCE])


def set_values(session: Session, name: str, id_: int, values: Mapping[str, Any]) -> None:
    """Give one row these values."""
    table = TABLES[name]
    session.execute(update(table).where(table.c.id == id_).values(**values))


def used_ids(session: Session, name: str, ids: Collection[int]) -> set[int]:
    """Which of these units, people or desks any row of any table refers to."""
    used: set[int] = set()
    for table in METADATA.sorted_tables:
        for column in table.columns:
            if any(key.column.table.name == name for key in column.foreign_keys):
                for chunk in _chunks(ids):
                    found = session.execute(select(column).where(column.in_(chunk)).distinct())
                    used.update(found.scalars())
    return used


def _chunks(ids: Collection[int]) -> Iterator[Sequence[int]]:
    listed = sorted(ids)
    for start in range(0, len(listed), _AT_ONCE):
        yield listed[start : start + _AT_ONCE]
