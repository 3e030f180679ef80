"""A day is taken off a member: its ratings of theirs count for the desk alone, for good."""

from datetime import date, timedelta

from handlers.member.days import dated
from handlers.member.shift_times import midnight
from handlers.messages import Note, Reply, Text, Title, reply
from handlers.official.tell_person import tell
from handlers.texts import Speech
from handlers.turn import Turn
from storage.queries.audit import record
from storage.queries.deciders import deciders, member_units
from storage.queries.desk import on_duty
from storage.queries.detach import detach
from storage.queries.dispute import Dispute, decide, detached_people
from storage.tables import Desk


def decides(turn: Turn, person_id: int, day: date) -> bool:
    """Whether it is up to this secretary; nobody decides their own day."""
    return turn.official.person_id in deciders(turn.session, [person_id])(person_id, day)


def accept(turn: Turn, dispute: Dispute) -> bool:
    """Take the day off the member, log it and tell them; False if they cannot be reached."""
    decide(turn.session, dispute.id, "accepted")
    desk = turn.session.get_one(Desk, dispute.desk_id)
    detach(
        turn.session,
        dispute.person_id,
        dispute.desk_id,
        dispute.day,
        desk.unit_id,
        others=_others(turn, dispute),
    )
    log_decision(turn, "rating.detach", dispute)
    by = turn.official.full_name
    return tell(turn, dispute.person_id, lambda say: _accepted(say, dispute, by))


def _others(turn: Turn, dispute: Dispute) -> bool:
    """Whether somebody else may have served that day."""
    zone = turn.policy.timezone
    start = midnight(dispute.day, zone)
    end = midnight(dispute.day + timedelta(days=1), zone) - timedelta(seconds=1)
    there = {each.id for each in on_duty(turn.session, dispute.desk_id, start, end)}
    return bool(there - detached_people(turn.session, dispute.desk_id, dispute.day))


def log_decision(turn: Turn, action: str, dispute: Dispute) -> None:
    """Who decided what about whose day; never how many ratings that moved."""
    person = dispute.person_id
    units = member_units(turn.session, [person])(person, dispute.day)
    led = {each.unit_id for each in turn.official.units("secretary")}
    record(
        turn.session,
        at=turn.now,
        action=action,
        actor_id=turn.official.person_id,
        unit_id=min(units & led or units),
        details={
            "person": dispute.person_code,
            "desk": dispute.desk_code,
            "day": dispute.day.isoformat(),
        },
    )


def _accepted(say: Speech, dispute: Dispute, by: str) -> Reply:
    decided = say(
        "{name} decided: {day} at {desk} was not your shift and does not count for you.",
        name=by,
        day=dated(dispute.day, say),
        desk=dispute.desk_name,
    )
    kept = say(
        "What you have seen of your ratings stays as it was shown; what comes next leaves that day out."
    )
    return reply(Title(text=decided), Note(text=kept))


def declined(say: Speech, dispute: Dispute, by: str, word: str) -> Reply:
    """What the member reads when it stays their shift."""
    decided = say(
        "{name} decided: {day} at {desk} stays your shift.",
        name=by,
        day=dated(dispute.day, say),
        desk=dispute.desk_name,
    )
    said = Text(text=say("“{text}”", text=word)) if word else None
    ask = say("If you see it differently, please speak with them.")
    return reply(Title(text=decided), said, Note(text=ask))
