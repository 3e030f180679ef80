"""Leaving: asked once, then a chat (or all of them) is forgotten and nothing is sent any more."""

from collections.abc import Sequence

from handlers.citizen.actions import FIND, START
from handlers.messages import Choice, Choices, Reply, Text, Title, reply
from handlers.official.actions import LEAVE, LEAVE_ALL, LEAVE_CHAT
from handlers.official.chat_states import chat_line
from handlers.official.chats import chats, own_link
from handlers.official.link_code import withdraw_earlier
from handlers.permissions import official
from handlers.roster_changes import note
from handlers.routing import Route
from handlers.turn import Turn
from storage.queries.link import chat_names, links_of, unlink
from storage.queries.moving import move_on
from storage.tables import Link


def leave(turn: Turn) -> Sequence[Reply]:
    """Ask once: stay, unlink one chat, or all. Somebody who never joined is told so."""
    say = turn.say
    if turn.who is None:
        return [_outside(turn, say("This chat is not linked to anybody. Nothing is sent to it."))]
    links = links_of(turn.session, turn.official.person_id)
    stay = Choice(label=say("Stay"), action=START.build(), look="primary")
    question = say("Leave the program?")
    return [
        reply(
            Title(text=question),
            Text(
                text=say(
                    "The chat is forgotten at once, and no reminder or digest is sent to it any more. "
                    "What you pledged stays in the records of your unit. With a new invitation you can "
                    "come back."
                )
            ),
            Choices(
                label=question,
                choices=(stay, *(_one(turn, link) for link in links), *_all(turn, links)),
            ),
        )
    ]


def _one(turn: Turn, link: Link) -> Choice:
    label = turn.say("Unlink: {chat}", chat=chat_line(turn, link))
    return Choice(label=label, action=LEAVE_CHAT.build(link=link.id))


def _all(turn: Turn, links: Sequence[Link]) -> list[Choice]:
    if len(links) < 2:
        return []
    return [Choice(label=turn.say("Unlink all my chats"), action=LEAVE_ALL.build())]


def leave_chat(turn: Turn, link: int) -> Sequence[Reply]:
    """Forget one chat; from another one the menu of chats follows."""
    here, chat = link == turn.official.link_id, own_link(turn, link)
    last = len(links_of(turn.session, turn.official.person_id)) == 1
    _note(turn, "person.leave" if last else "chat.unlink", channel=chat.channel)
    withdraw_earlier(turn)  # whoever has that chat may have made a code in it
    for name in chat_names(turn.session, chat):  # what is being sent right now is not sent again
        move_on(turn.session, chat.channel, name, turn.now, turn.policy.windows, anywhere=True)
    unlink(turn.session, chat)
    return _left(turn) if here else chats(turn)


def _note(turn: Turn, action: str, **details: str) -> None:
    """In the log of every unit they stand in, before the chat is nobody's."""
    who = turn.official
    units: set[int | None] = {each.unit_id for each in who.standings}
    for unit in units or {None}:
        note(turn, action, unit, person=who.code, **details)


def leave_all(turn: Turn) -> Sequence[Reply]:
    """Forget every chat of this person."""
    _note(turn, "person.leave")
    withdraw_earlier(turn)
    for link in links_of(turn.session, turn.official.person_id):
        unlink(turn.session, link)
    return _left(turn)


def _left(turn: Turn) -> Sequence[Reply]:
    turn.look_again()
    say = turn.say
    title = say("You have left. Thank you for taking part, and all the best!")
    stays = say(
        "This chat is forgotten and nothing is sent to it any more. What you pledged stays in the "
        "records of your unit; your secretary can tell you more."
    )
    return [_outside(turn, title, stays)]


def _outside(turn: Turn, title: str, *more: str) -> Reply:
    say = turn.say
    return reply(
        Title(text=title),
        *(Text(text=each) for each in more),
        Choices(
            label=say("What would you like to do?"),
            choices=(Choice(label=say("Rate a desk"), action=FIND.build()),),
        ),
    )


ROUTES = [
    Route(LEAVE, leave),
    Route(LEAVE_CHAT, leave_chat, may=official, again=LEAVE),
    Route(LEAVE_ALL, leave_all, may=official, again=LEAVE),
]
