"""What the audit log keeps of shifts: who, at which desk, from when to when."""

from datetime import datetime

from sqlmodel import Session

from handlers.member.shift_times import lapse_key
from handlers.turn import Turn
from storage.queries.audit import record
from storage.queries.claims import claim
from storage.queries.duty import Shift, end_shift
from storage.tables import Person


def log_shift(turn: Turn, action: str, shift: Shift, **moments: datetime) -> None:
    """One change by the member themselves."""
    record(
        turn.session,
        at=turn.now,
        action=action,
        actor_id=turn.official.person_id,
        unit_id=shift.unit_id,
        details=_details(turn.official.code, shift, moments),
    )


def log_lapse(session: Session, shift: Shift, now: datetime) -> None:
    """A shift nobody ended has ended by itself; its member may correct it."""
    assert shift.lapses is not None
    claim(session, lapse_key(shift), now.date())
    code = session.get_one(Person, shift.person_id).code
    record(
        session,
        at=now,
        by="program",
        action="shift.forgotten",
        unit_id=shift.unit_id,
        details=_details(code, shift, {"ended": shift.lapses}),
    )


def end_if_lapsed(session: Session, shift: Shift, now: datetime) -> bool:
    """End a running shift whose time is up, should the job not have come to it yet."""
    if shift.lapses is None or shift.lapses > now:
        return False
    if end_shift(session, shift.id, shift.lapses):
        log_lapse(session, shift, now)
    return True


def _details(person: str, shift: Shift, moments: dict[str, datetime]) -> dict[str, str]:
    written = {name: moment.isoformat(timespec="minutes") for name, moment in moments.items()}
    began = shift.starts.isoformat(timespec="minutes")
    return {"person": person, "desk": shift.desk_code, "began": began, **written}
