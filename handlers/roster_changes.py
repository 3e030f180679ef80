"""What every change of a role or a roster from chat has in common: alone, checked, in the audit log."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from handlers.turn import Turn
from storage.queries.audit import find_entry, record
from storage.queries.roster import lock_roster
from storage.tables import Unit


def alone(turn: Turn) -> None:
    """Until this turn is stored nobody else changes roles; who asks is looked at anew.

    Without it a second tap, or somebody else's at the same moment, would act on what was.
    """
    lock_roster(turn.session)
    turn.look_again()


def note(turn: Turn, action: str, unit: int | None, **details: Any) -> int:
    """Write into the audit log that whoever asks did this; returns the entry's number."""
    return record(
        turn.session,
        at=turn.now,
        action=action,
        actor_id=turn.official.person_id,
        unit_id=unit,
        details=details,
    )


def noted(turn: Turn, number: int, action: str, unit: int) -> Mapping[str, Any] | None:
    """The details of such an entry of this very unit: what an undo may bring back."""
    entry = find_entry(turn.session, number)
    if entry is None or entry.action != action or entry.unit_id != unit:
        return None
    return entry.details


def is_closed_unit(turn: Turn, unit: int) -> bool:
    """Whether a unit has ended: nobody comes to it or leaves it any more."""
    until = turn.session.get_one(Unit, unit).until
    return until is not None and until < turn.today


def written(day: date | None) -> str | None:
    """A day as the log has it."""
    return None if day is None else day.isoformat()


def read_written(text: str | None) -> date | None:
    """The day the log has."""
    return None if text is None else date.fromisoformat(text)
