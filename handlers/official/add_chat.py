"""One more messenger of one's own: a code to type there, a link for a browser."""

from collections.abc import Sequence
from datetime import timedelta

from handlers.citizen.shown import group_digits
from handlers.messages import Choice, Choices, Code, Reply, Text, Title, reply
from handlers.official.actions import CHAT_ADD, CHATS
from handlers.official.chats import chats
from handlers.official.link_code import LINK_CODE_LIVES, make_link_code, withdraw_earlier
from handlers.permissions import official
from handlers.roster_changes import note
from handlers.routing import Route
from handlers.turn import Turn
from storage.queries.joining import add_invite
from storage.queries.link import Standing

OWN_INVITE_LIVES = timedelta(days=1)


def add_chat(turn: Turn) -> Sequence[Reply]:
    """Make both anew; what was made before and not used leads nowhere any more."""
    say, who = turn.say, turn.official
    if not who.standings:
        return chats(turn)
    standing = who.standings[0]
    withdraw_earlier(turn)
    code, token = make_link_code(turn, standing), _token(turn, standing)
    note(turn, "chat.invite", standing.unit_id, person=who.code)
    return [
        reply(
            Title(text=say("Link another messenger")),
            Text(
                text=say("For yourself only: whoever uses the code or the link becomes you here.")
            ),
            Code(
                label=say(
                    "Code to type into the bot in your other messenger, within {minutes} minutes",
                    minutes=int(LINK_CODE_LIVES.total_seconds() // 60),
                ),
                text=group_digits(code),
            ),
            _where(turn),
            Code(
                label=say("Or the link for a browser; it works once, until this time tomorrow"),
                text=f"{turn.policy.public_url}/i/{token}",
            ),
            Choices(
                label=say("What would you like to do?"),
                choices=(
                    Choice(label=say("Back to my chats"), action=CHATS.build()),
                    Choice(label=say("Make a new code"), action=CHAT_ADD.build(), look="quiet"),
                ),
            ),
        )
    ]


def _token(turn: Turn, standing: Standing) -> str:
    person = turn.official.person_id
    return add_invite(
        turn.session,
        unit_id=standing.unit_id,
        role=standing.role,
        person_id=person,
        invited_by=person,
        expires=turn.now + OWN_INVITE_LIVES,
    )


def _where(turn: Turn) -> Text | None:
    """Where the office is found on Zalo, for whoever is not there yet."""
    address = turn.policy.zalo_url
    if not address or turn.incoming.channel.startswith("zalo"):
        return None
    return Text(text=turn.say("The bot on Zalo: {address}", address=address))


ROUTES = [Route(CHAT_ADD, add_chat, may=official, again=CHATS)]
