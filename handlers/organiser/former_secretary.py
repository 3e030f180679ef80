"""Somebody who was in a unit before: found again and given its office, the same person as then."""

from collections.abc import Sequence

from handlers.messages import Choice
from handlers.organiser.people_actions import APPOINT, NEW_UNDO
from handlers.organiser.units_below import strictly_below
from handlers.roster_changes import note, written
from handlers.texts import Speech
from handlers.turn import Turn
from storage.queries.link import standings_of
from storage.queries.roles import give_role
from storage.queries.unit_roster import Former, Listed, former_people

ROLES = ("member", "secretary")


def former_secretaries(turn: Turn, unit: int) -> list[Former]:
    """Who led the unit once and is not in it now."""
    strictly_below(turn, unit)
    return [each for each in former_people(turn.session, unit) if each.led]


def former(turn: Turn, unit: int, person: int) -> Former | None:
    """Somebody who was in the unit and is not now."""
    strictly_below(turn, unit)
    return next((each for each in former_people(turn.session, unit) if each.id == person), None)


def candidate(say: Speech, unit: int, person: Listed | Former) -> Choice:
    """Who may be appointed, on a button."""
    name = person.full_name
    if isinstance(person, Former):
        name = say("{name} (was in this unit before)", name=name)
    elif person.linked:
        name = say("{name} ✓", name=name)
    return Choice(label=name, action=APPOINT.build(unit=unit, person=person.id))


def give_again(turn: Turn, unit: int, person: Former) -> str:
    """They are its secretary from today on, and a member unless they are one elsewhere; the undo."""
    for role in _roles_again(turn, unit, person.id):
        give_role(turn.session, person.id, unit, role, turn.today)
    day = written(turn.today)
    entry = note(turn, "secretary.appoint", unit, person=person.code, new=True, on=day)
    return NEW_UNDO.build(unit=unit, entry=entry)


def _roles_again(turn: Turn, unit: int, person: int) -> Sequence[str]:
    standings = standings_of(turn.session, person)
    elsewhere = any(each.role == "member" and each.unit_id != unit for each in standings)
    return ("secretary",) if elsewhere else ROLES
