"""The names that entries of the audit log need to be read: who did it, of whom and where."""

from collections.abc import Iterable
from typing import Any

from sqlmodel import Session, col, or_, select

from storage.queries.audit import Entry
from storage.tables import Person, Unit


def people_named(
    session: Session, entries: Iterable[Entry]
) -> tuple[dict[int, str], dict[str, str]]:
    """Full names as they are now, by id and by code."""
    entries = list(entries)
    ids = {each.actor_id for each in entries if each.actor_id is not None}
    codes = _texts(entries)
    found = session.exec(
        select(Person.id, Person.code, Person.full_name).where(
            or_(col(Person.id).in_(ids), col(Person.code).in_(codes))
        )
    ).all()
    return {id_ or 0: name for id_, _, name in found}, {code: name for _, code, name in found}


def units_named(
    session: Session, entries: Iterable[Entry]
) -> tuple[dict[str, str], dict[int, str]]:
    """Names of units as they are now, by code and by id."""
    entries = list(entries)
    ids = {each.unit_id for each in entries if each.unit_id is not None}
    found = session.exec(
        select(Unit.id, Unit.code, Unit.name).where(
            or_(col(Unit.id).in_(ids), col(Unit.code).in_(_texts(entries)))
        )
    ).all()
    return {code: name for _, code, name in found}, {id_ or 0: name for id_, _, name in found}


def _texts(entries: Iterable[Entry]) -> set[str]:
    """Everything in the details that may be a code."""
    found: list[Any] = [value for each in entries for value in (each.details or {}).values()]
    return {value for value in found if isinstance(value, str)}
