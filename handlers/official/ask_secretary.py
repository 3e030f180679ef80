"""Requests to join: kept for a week, put to every secretary of the unit, taken back at will."""

from collections.abc import Sequence

from handlers.doors import doors_now
from handlers.errors import Refused
from handlers.messages import Choice, Choices, Code, Reply, Text, Title, reply
from handlers.official.actions import JOIN, JOIN_TAKE_BACK
from handlers.official.invitation import Invitation, Waiting, read
from handlers.proactive import send, speech_for
from handlers.routing import Route
from handlers.secretary.request_card import check_number, request_card
from handlers.turn import Turn
from storage.database import keys_of
from storage.queries.attempts import attempts, count_attempt
from storage.queries.joining import REQUEST_LIVES, add_request
from storage.queries.link import links_of
from storage.queries.traffic import chat_name
from storage.queries.unit_people import UnitPerson, people_of_unit
from storage.tables import JoinRequest, Link

MOST_REQUESTS = 5  # per chat and hour: each one rings at the secretaries


def has_secretary(turn: Turn, found: Invitation) -> bool:
    """Whether somebody is there to decide."""
    return any(
        each.linked for each in people_of_unit(turn.session, found.unit.id or 0, "secretary")
    )


def ask_secretary(turn: Turn, found: Invitation, person: UnitPerson) -> Reply:
    """Keep the request and put it to the secretaries; the answer says what happens now."""
    session, incoming, keys = turn.session, turn.incoming, keys_of(turn.session)
    chat = chat_name(keys, incoming.channel, incoming.chat)
    if attempts(session, f"join/{chat}", turn.now) >= MOST_REQUESTS:
        raise Refused(
            turn.say("You have asked several times. Please try again in an hour."),
            "too many requests to join from one chat",
        )
    count_attempt(session, f"join/{chat}", turn.now, turn.today)
    request = JoinRequest(
        unit_id=found.unit.id or 0,
        person_id=person.id,
        role=found.invite.role,
        channel=incoming.channel,
        chat=chat,
        address=keys.seal(incoming.chat),
        language=turn.say.language,
        expires=turn.now + REQUEST_LIVES,
    )
    add_request(session, request)
    for link in _deciding(turn, found.unit.id or 0):
        say = speech_for(link, turn.policy)
        send(
            session, link, [request_card(session, say, request, person.full_name, found.unit.name)]
        )
    return show_waiting(turn, Waiting(request, person.full_name, found.unit, found.token))


def _deciding(turn: Turn, unit_id: int) -> list[Link]:
    """Where a unit's secretaries are told, one chat each."""
    doors = doors_now(turn.session, turn.now, turn.policy)
    secretaries = people_of_unit(turn.session, unit_id, "secretary")
    chats = [doors.told_in(links_of(turn.session, each.id)) for each in secretaries]
    return [link for link in chats if link is not None]


def show_waiting(turn: Turn, waiting: Waiting) -> Reply:
    """What a person sees until the secretary has decided."""
    say = turn.say
    days = REQUEST_LIVES.days
    return reply(
        Title(
            text=say("Your request was sent to the secretary of {unit}.", unit=waiting.unit.name)
        ),
        Text(
            text=say(
                "You asked to be let in as {name}. You will hear from us here; without an answer the "
                "request ends after {days} days.",
                name=waiting.name,
                days=days,
            )
        ),
        Code(
            label=say("Tell the secretary this number, so that they know it is you"),
            text=check_number(turn.session, waiting.request),
        ),
        Choices(
            label=say("What would you like to do?"),
            choices=(
                Choice(label=say("Has it been decided?"), action=JOIN.build(token=waiting.token)),
                Choice(
                    label=say("Take the request back"),
                    action=JOIN_TAKE_BACK.build(token=waiting.token),
                    look="quiet",
                ),
            ),
        ),
    )


def take_back(turn: Turn, token: str) -> Sequence[Reply]:
    """Nothing waits for the secretary any more; a group's link can be opened again."""
    found, say = read(turn, token), turn.say
    if isinstance(found, Waiting):
        turn.session.delete(found.request)
        turn.session.flush()
    return [
        reply(
            Title(text=say("Your request is taken back.")),
            Choices(
                label=say("What would you like to do?"),
                choices=(
                    Choice(label=say("Back to the invitation"), action=JOIN.build(token=token)),
                ),
            ),
        )
    ]


ROUTES = [Route(JOIN_TAKE_BACK, take_back)]
