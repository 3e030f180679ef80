"""A message to an official who did not ask: in the one chat of theirs that is open, in their language."""

from collections.abc import Callable

from handlers.doors import doors_now
from handlers.messages import Reply
from handlers.proactive import send, speech_for
from handlers.texts import Speech
from handlers.turn import Turn
from storage.queries.link import links_of
from storage.queries.unit_people import people_of_unit


def tell(turn: Turn, person_id: int, message: Callable[[Speech], Reply]) -> bool:
    """Queue a message to a person; False if they cannot be reached anywhere."""
    doors = doors_now(turn.session, turn.now, turn.policy)
    link = doors.told_in(links_of(turn.session, person_id))
    if link is not None:
        send(turn.session, link, [message(speech_for(link, turn.policy))])
    return link is not None


def tell_secretaries(turn: Turn, unit: int, message: Callable[[Speech], Reply]) -> None:
    """Queue a message to every secretary of a unit but whoever did it."""
    for each in people_of_unit(turn.session, unit, "secretary"):
        if each.id != turn.official.person_id:
            tell(turn, each.id, message)
