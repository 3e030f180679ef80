"""A message to an official who did not ask: wherever they want to be told, in their language."""

from collections.abc import Callable, Sequence

from handlers.messages import Reply
from handlers.proactive import send, speech_for
from handlers.texts import Speech
from handlers.turn import Turn
from storage.database import keys_of
from storage.queries.link import links_of
from storage.queries.unit_people import people_of_unit
from storage.tables import Link


def told_in(turn: Turn, person_id: int) -> Sequence[Link]:
    """The chats a person is told in: where they want reminders, else wherever they are."""
    keys = keys_of(turn.session)
    reached = []
    for link in links_of(turn.session, person_id):
        try:
            keys.open(link.address)
        except ValueError:  # the secret was changed: nobody knows where this chat is
            continue
        if not link.unreachable:
            reached.append(link)
    return [link for link in reached if link.reminders] or reached


def tell(turn: Turn, person_id: int, message: Callable[[Speech], Reply]) -> bool:
    """Queue a message to a person; False if they cannot be reached anywhere."""
    chats = told_in(turn, person_id)
    for link in chats:
        send(turn.session, link, [message(speech_for(link, turn.policy))])
    return bool(chats)


def tell_secretaries(turn: Turn, unit: int, message: Callable[[Speech], Reply]) -> None:
    """Queue a message to every secretary of a unit but whoever did it."""
    for each in people_of_unit(turn.session, unit, "secretary"):
        if each.id != turn.official.person_id:
            tell(turn, each.id, message)
