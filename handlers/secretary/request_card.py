"""A request to join, as the secretary who decides it sees it."""

from sqlmodel import Session

from handlers.messages import Choice, Choices, Reply, Text, Title, reply
from handlers.official.channel_names import channel_name
from handlers.secretary.invite_actions import APPROVE, DECLINE
from handlers.texts import Speech
from storage.database import keys_of
from storage.queries.link import links_of
from storage.tables import JoinRequest


def check_number(session: Session, request: JoinRequest) -> str:
    """Four digits that both sides see: the secretary asks the person for theirs."""
    name = keys_of(session).pseudonym(
        "request", request.channel, request.chat, request.unit_id, request.person_id
    )
    return f"{int.from_bytes(name.encode()[:6], 'big') % 10_000:04d}"


def request_card(
    session: Session, say: Speech, request: JoinRequest, name: str, unit_name: str
) -> Reply:
    """Who asks, how to make sure it is them, and the two answers."""
    asks = say(
        "{name} asks to join {unit}, on {channel}.",
        name=name,
        unit=unit_name,
        channel=channel_name(say, request.channel),
    )
    check = say(
        "Ask {name} for the number on their screen: it must be {number}.",
        name=name,
        number=check_number(session, request),
    )
    again = say("Mind: {name} has joined already; this would be one more chat.", name=name)
    known = bool(links_of(session, request.person_id))
    ids = {"unit": request.unit_id, "request": request.id}
    return reply(
        Title(text=asks),
        Text(text=check),
        Text(text=again, tone="alert") if known else None,
        Choices(
            label=say("Let {name} in?", name=name),
            choices=(
                Choice(label=say("Agree"), action=APPROVE.build(**ids), look="primary"),
                Choice(label=say("Decline"), action=DECLINE.build(**ids)),
            ),
            columns=2,
        ),
    )
