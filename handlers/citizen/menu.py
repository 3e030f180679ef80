"""Where everything starts, and the polite answers to what is not understood."""

from collections.abc import Sequence

from handlers.citizen.actions import (
    CANCEL,
    FIND,
    HELP,
    LANGUAGE,
    LANGUAGES,
    OLD,
    OTHER,
    PRIVACY,
    RECEIPT,
    STALE,
    START,
)
from handlers.citizen.find_desk import search_field
from handlers.citizen.notice import long_notice, short_notice
from handlers.messages import Choice, Choices, Reply, Text, Title, reply
from handlers.official.help import commands
from handlers.official.home import home, home_choices, language_choices
from handlers.routing import Route
from handlers.texts import LANGUAGES as SPOKEN
from handlers.texts import Speaker
from handlers.turn import Turn
from storage.queries.link import remember_language


def menu_choices(turn: Turn) -> Choices:
    """The ways on from anywhere; an official's own."""
    if turn.who is not None:
        return home_choices(turn)
    say = turn.say
    return Choices(
        label=say("What would you like to do?"),
        choices=(
            Choice(label=say("Rate a desk"), action=FIND.build(), look="primary"),
            Choice(label=say("See, change or withdraw by receipt code"), action=RECEIPT.build()),
            Choice(label=say("How privacy is protected"), action=PRIVACY.build(), look="quiet"),
            *language_choices(turn),
        ),
    )


def start(turn: Turn) -> Sequence[Reply]:
    """The greeting: what this is, and the ways on. What is typed next is searched.

    An official is shown their own menu instead.
    """
    if turn.who is not None:
        return home(turn)
    return [
        reply(
            *_greeting(turn),
            menu_choices(turn),
            awaits=search_field(turn).action,
            digits=False,
        )
    ]


def _greeting(turn: Turn) -> tuple[Title, Text]:
    say = turn.say
    if turn.buttons:
        return (
            Title(text=say("Welcome! Here you rate, in two taps, how you were served.")),
            Text(text=say("Scan the QR at the desk, or find the desk here.")),
        )
    code = say("Send the code under the QR at the desk, such as Q1, or the name of the office.")
    return (
        Title(text=say("Welcome! Here you rate, in two short messages, how you were served.")),
        Text(text=code),
    )


def help_(turn: Turn) -> Sequence[Reply]:
    """How it works, in a few lines; an official is told their commands."""
    if turn.who is not None:
        return commands(turn)
    say = turn.say
    return [
        reply(
            Title(text=say("How it works")),
            Text(
                text=say("1. Scan the QR at the desk, or type its code or the name of the office.")
            ),
            Text(text=say("2. Choose one of five levels: that is all that is needed.")),
            Text(text=say("3. If you like, add reasons or a comment. No name is kept.")),
            Text(text=say("With the receipt code you can see, change or withdraw your rating.")),
            menu_choices(turn),
        )
    ]


def privacy(turn: Turn) -> Sequence[Reply]:
    """The whole privacy notice."""
    paragraphs = (Text(text=each) for each in long_notice(turn).split("\n\n"))
    going_on = turn.say("To go on, send a number of the list before this, or 0 for the menu.")
    return [
        reply(
            Title(text=turn.say("How privacy is protected")),
            Text(text=short_notice(turn), tone="strong"),
            *paragraphs,
            # Typed numbers still mean what was shown before: the question stays open.
            menu_choices(turn) if turn.buttons else Text(text=going_on, tone="strong"),
        )
    ]


def languages(turn: Turn) -> Sequence[Reply]:
    """Choose a language."""
    choices = tuple(
        Choice(label=name, action=LANGUAGE.build(to=code)) for code, name in SPOKEN.items()
    )
    title = turn.say("Which language do you prefer?")
    return [reply(Title(text=title), Choices(label=title, choices=choices))]


def switch_language(turn: Turn, to: str) -> Sequence[Reply]:
    """Speak another language from now on (24 hours at most: nothing about a citizen lives longer).

    An official's chat keeps it: what comes unasked comes in that language.
    """
    if to not in SPOKEN:
        return languages(turn)
    turn.switch_language = to
    if turn.who is not None:
        remember_language(turn.session, turn.who.link_id, to)
    turn.say = Speaker(to, citizen=turn.policy.citizen)
    return start(turn)


def other(turn: Turn, what: str) -> Sequence[Reply]:
    """A sticker, a photo, a voice message, an edited one, a group: what was waited for stays so."""
    say = turn.say
    if what == "group":
        text = say("To protect your privacy, please write to me in a private chat, not in a group.")
    elif what == "edited":
        text = say(
            "Sorry, a message edited later is not read again. Please send it as a new message."
        )
    elif not turn.buttons:
        text = say("Sorry, only text can be read here. Please type a few words, or 0 for the menu.")
    else:
        text = say(
            "Sorry, we can only read text and buttons. Please type a few words, "
            "or send /start to see what is possible."
        )
    return [reply(Text(text=text))]


def old(turn: Turn) -> Sequence[Reply]:
    """A button or link that means nothing (any more)."""
    text = turn.say("This button or link does not work any more. Please choose again:")
    return [reply(Text(text=text), menu_choices(turn), fresh=True)]


def stale(turn: Turn) -> Sequence[Reply]:
    """A number without the list it was in: never a guess."""
    text = turn.say(
        "The list that number belongs to is no longer valid, so nothing was changed. "
        "Please choose again:"
    )
    if turn.who is not None:  # with what waits for their answer: it may have been in that list
        return home(turn, Text(text=text))
    return [reply(Text(text=text), menu_choices(turn), fresh=True)]


def cancel(turn: Turn) -> Sequence[Reply]:
    """Whatever was asked is asked no more."""
    text = turn.say("Stopped: nothing more was changed. What would you like to do?")
    return [reply(Text(text=text), menu_choices(turn), fresh=True)]


ROUTES = [
    Route(START, start),
    Route(HELP, help_),
    Route(PRIVACY, privacy),
    Route(LANGUAGES, languages),
    Route(LANGUAGE, switch_language),
    Route(OTHER, other),
    Route(OLD, old),
    Route(STALE, stale),
    Route(CANCEL, cancel),
]
