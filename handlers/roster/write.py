"""Writes a plan into the database, in bulk; what was before stays in the past tables."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlmodel import Session

from handlers.names import folded
from handlers.roster.changes import Changes, Plan, UnitChange, Values
from storage.database import keys_of
from storage.queries.ended_roles import close_ways_into, end_roles
from storage.queries.past import change_unit
from storage.queries.roster import ids_by_code, insert_rows, update_rows
from storage.queries.roster_state import delete_rows
from storage.tables import Desk, Duty, Membership, MembershipPast, Person, Unit

Ids = Mapping[str, int]


def rows_to_write(plan: Plan) -> int:
    """How many rows write_plan will write."""
    return len(plan) + len(plan.roles.moved)  # which end in one place and begin in another


def write_plan(session: Session, plan: Plan) -> Iterator[int]:
    """Write it in an order that every row finds what it names; yields how many rows, by chunks."""
    yield from _units(session, plan)
    people = _sealed(session, plan.people)
    yield from insert_rows(session, Person, people.added)
    yield from update_rows(session, Person, people.changed)
    ids = {
        "unit": ids_by_code(session, Unit),
        "person": ids_by_code(session, Person),
    }
    yield from _roles(session, plan, ids)
    yield from insert_rows(session, Desk, _with_ids(plan.desks.added, ids))
    yield from update_rows(session, Desk, _with_ids(plan.desks.changed, ids))
    yield from update_rows(session, Desk, _with_ids(plan.desks.ended, ids))
    ids["desk"] = ids_by_code(session, Desk)
    yield from insert_rows(session, Duty, _with_ids(plan.duties.added, ids))
    yield from update_rows(session, Duty, plan.duties.changed)
    yield from update_rows(session, Duty, plan.duties.ended)
    delete_rows(session, "duty", [duty.id for duty in plan.duties_not_begun])
    yield len(plan.duties_not_begun)


def _units(session: Session, plan: Plan) -> Iterator[int]:
    """New units first without parents, which may be new themselves; then every parent."""
    added = plan.units.added
    plain = [
        {**_without(row, "parent_code", "merged_into"), "folded": folded(row["name"])}
        for row in added
    ]
    yield from insert_rows(session, Unit, plain)
    if not added and not plan.unit_changes:
        return
    ids = ids_by_code(session, Unit)
    links = [
        {
            "id": ids[row["code"]],
            "parent_id": ids.get(row["parent_code"]),
            "merged_into_id": ids.get(row["merged_into"]),
        }
        for row in added
        if row["parent_code"] or row["merged_into"]
    ]
    for _ in update_rows(session, Unit, links):
        pass
    for change in plan.unit_changes:
        _change(session, change, ids)
        yield 1


def _change(session: Session, change: UnitChange, ids: Ids) -> None:
    aim = change.aim
    unit = session.get_one(Unit, ids[aim.code])
    change_unit(
        session,
        unit,
        aim.on,
        name=aim.name,
        folded=folded(aim.name),
        kind=aim.kind,
        parent_id=ids.get(aim.parent_code),
        pilot=aim.pilot,
        until=aim.until,
        merged_into_id=ids.get(aim.merged_into),
    )
    if aim.closes_now:
        close_ways_into(session, ids[aim.code])
    if change.dated is not None:
        unit.since = change.dated
        session.flush()


def _roles(session: Session, plan: Plan, ids: Mapping[str, Ids]) -> Iterator[int]:
    """What ends goes before what begins: what replaces it may be the same place."""
    roles = plan.roles
    dated = [{"id": held.id, "since": day} for held, day in roles.dated]
    yield from update_rows(session, Membership, dated)
    left = [*roles.ended, *(each.left for each in roles.moved)]
    yield from end_roles(session, {each.held.id: each.on for each in left})
    new = [*roles.added, *(each.new for each in roles.moved)]
    yield from insert_rows(session, Membership, _with_ids([each._asdict() for each in new], ids))
    past = [each._asdict() for each in roles.history]
    yield from insert_rows(session, MembershipPast, _with_ids(past, ids))


def _with_ids(rows: Iterable[Values], ids: Mapping[str, Ids]) -> list[Values]:
    """The same rows with `x_code` replaced by `x_id`."""
    found = []
    for row in rows:
        resolved = dict(row)
        for name, known in ids.items():
            if f"{name}_code" in resolved:
                resolved[f"{name}_id"] = known[resolved.pop(f"{name}_code")]
        found.append(resolved)
    return found


def _sealed(session: Session, changes: Changes) -> Changes:
    keys = keys_of(session)

    def sealed(row: Values) -> Values:
        return {**row, "email": keys.seal(row["email"]) if row["email"] else ""}

    return Changes([*map(sealed, changes.added)], [*map(sealed, changes.changed)])


def _without(row: Values, *names: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in names}
