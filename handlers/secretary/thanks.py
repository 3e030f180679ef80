"""A card of thanks to a member, or a kind question: once per member and week, from a real person."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from handlers.digest.figures import Asked, Thanked
from handlers.doors import doors_now
from handlers.errors import Refused
from handlers.messages import Choice, Choices, Field, Note, Reply, Text, Title, reply
from handlers.permissions import secretary
from handlers.proactive import send, speech_for
from handlers.routing import Route
from handlers.secretary.actions import CARE, SEND_CARE, THANK
from handlers.secretary.digest import digest_of
from handlers.secretary.own_unit import own_unit
from handlers.secretary.ways_back import only_to_digest
from handlers.texts import Speech
from handlers.turn import Turn
from handlers.weeks import Week
from storage.queries.claims import claim, claim_key
from storage.queries.link import links_of
from storage.tables import Link

Words = Callable[[Speech], str]

LONGEST = 500
_FRESH = timedelta(days=35)  # claims are kept longer, so nothing older can be repeated


def _recent(turn: Turn, week: Week) -> None:
    if week.last < turn.today - _FRESH:
        raise Refused(
            turn.say("This week is too long ago for that."), "a card about a week long ago"
        )


def _thanked(turn: Turn, unit: int, week: Week, person: int) -> Thanked:
    _recent(turn, week)
    for each in digest_of(turn, unit, week).to_thank:
        if each.person_id == person:
            return each
    raise _not_named(turn)


def _asked(turn: Turn, unit: int, week: Week, person: int) -> Asked:
    _recent(turn, week)
    for each in digest_of(turn, unit, week).to_ask:
        if each.person_id == person:
            return each
    raise _not_named(turn)


def _not_named(turn: Turn) -> Refused:
    return Refused(
        turn.say("The digest of that week does not name this person (any more)."),
        "a card to somebody whom the digest does not name",
    )


def thank(turn: Turn, unit: int, week: Week, person: int) -> Sequence[Reply]:
    """Send the card."""
    named = _thanked(turn, unit, week, person)

    def words(say: Speech) -> str:
        if named.because == "praise":
            return say("Thank you! Citizens praise how you serve them.")
        return say("Thank you for keeping at it, day after day, in week {week}!", week=week.number)

    return _give(turn, unit, week, named, "thanks", words)


def ask(turn: Turn, unit: int, week: Week, person: int) -> Sequence[Reply]:
    """A kind message, ready to send; or the secretary's own words."""
    named, say = _asked(turn, unit, week, person), turn.say
    action = SEND_CARE.build(unit=unit, week=week, person=person)
    return [
        reply(
            Title(text=say("Ask {name} how they are", name=named.full_name)),
            Text(text=_kind_words(say, named.full_name)),
            Choices(
                label=say("Ask {name} how they are", name=named.full_name),
                choices=(Choice(label=say("Send these words"), action=action, look="primary"),),
            ),
            Field(
                action=action,
                label=say("Or send your own words:"),
                send=say("Send"),
                most=LONGEST,
                lines=3,
            ),
            fresh=True,
        )
    ]


def _kind_words(say: Speech, full_name: str) -> str:
    return say(
        "{name}, how are you these days? If there is much to do, or anything I can help with, "
        "just tell me.",
        name=full_name.rsplit(maxsplit=1)[-1],
    )


def send_care(turn: Turn, unit: int, week: Week, person: int) -> Sequence[Reply]:
    """Send what was typed, or the kind words that were shown."""
    named = _asked(turn, unit, week, person)
    own = turn.text[:LONGEST]
    return _give(
        turn, unit, week, named, "care", lambda say: own or _kind_words(say, named.full_name)
    )


def _give(
    turn: Turn, unit: int, week: Week, named: Thanked | Asked, what: str, words: Words
) -> Sequence[Reply]:
    """Send a card to a member; once per member and week, whoever of the secretaries does it."""
    say, standing = turn.say, own_unit(turn, unit)
    doors = doors_now(turn.session, turn.now, turn.policy)
    link = doors.of(links_of(turn.session, named.person_id))
    if link is None:
        text = say(
            "{name} cannot be reached here yet. A word in person is worth even more!",
            name=named.full_name,
        )
    elif claim(turn.session, claim_key(what, week, standing.unit_code, named.code), turn.today):
        send(turn.session, link, [_card(turn, link, words, standing.unit_name)])
        text = say("Sent to {name}.", name=named.full_name)
    else:
        text = say("{name} has already got a message about this week.", name=named.full_name)
    return [reply(Text(text=text), only_to_digest(say, unit, week), fresh=True)]


def _card(turn: Turn, link: Link, words: Words, unit_name: str) -> Reply:
    speech = speech_for(link, turn.policy)
    sender = speech(
        "From {name}, secretary of {unit}", name=turn.official.full_name, unit=unit_name
    )
    return reply(Text(text=words(speech), tone="strong"), Note(text=sender))


ROUTES = [
    Route(THANK, thank, secretary),
    Route(CARE, ask, secretary),
    Route(SEND_CARE, send_care, secretary),
]
