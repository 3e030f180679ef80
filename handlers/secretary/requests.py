"""Requests to join: a secretary agrees or declines, and the person hears of it."""

from collections.abc import Sequence
from typing import NamedTuple

from handlers.citizen.actions import FIND
from handlers.errors import Refused
from handlers.messages import Choice, Choices, Reply, Text, Title, reply
from handlers.official.actions import HOME_MENU
from handlers.official.linking import link_chat
from handlers.official.welcome import what_comes
from handlers.permissions import secretary
from handlers.proactive import send, send_to, speech_for
from handlers.roster_changes import note
from handlers.routing import Route
from handlers.secretary.invite_actions import APPROVE, DECLINE, REQUESTS
from handlers.secretary.invites import back_to_unit
from handlers.secretary.own_unit import own_unit
from handlers.secretary.personal_link import may_vouch
from handlers.secretary.request_card import request_card
from handlers.texts import DEFAULT, Speaker
from handlers.turn import Turn
from storage.database import keys_of
from storage.queries.joining import REQUEST_LIVES, open_requests
from storage.queries.link import link_of_chat, standings_of
from storage.queries.unit_people import stands
from storage.tables import JoinRequest, Person

_SHOWN = 5  # at once: each has a number to compare and two buttons


class _Open(NamedTuple):
    request: JoinRequest
    person: Person
    unit_name: str


def requests(turn: Turn, unit: int) -> Sequence[Reply]:
    """Everybody who waits for this unit's secretary."""
    standing, say = own_unit(turn, unit), turn.say
    found = open_requests(turn.session, unit, turn.now)
    back = Choices(choices=(back_to_unit(turn, unit),))
    if not found:
        return [reply(Title(text=say("Nobody is waiting to be let in.")), back)]
    cards = [
        request_card(turn.session, say, request, person.full_name, standing.unit_name)
        for request, person in found[:_SHOWN]
    ]
    parts = [part for card in cards for part in card.parts]
    more = len(found) - _SHOWN
    rest = Text(text=say("And {n} more.", n=more)) if more > 0 else None
    return [reply(*parts, rest, back)]


def _open_request(turn: Turn, unit: int, request: int) -> _Open | None:
    """A request of this very unit that still waits."""
    standing = own_unit(turn, unit)
    found = turn.session.get(JoinRequest, request, with_for_update=True)
    if found is None or found.unit_id != unit or found.expires <= turn.now:
        return None
    person = turn.session.get_one(Person, found.person_id)
    return _Open(found, person, standing.unit_name)


def approve(turn: Turn, unit: int, request: int) -> Sequence[Reply]:
    """Link the chat that asked, and welcome the person there."""
    opened = _open_request(turn, unit, request)
    if opened is None:
        return _decided_already(turn, unit)
    asked, person, unit_name = opened
    may_vouch(turn, asked.person_id, person.full_name)
    if not stands(turn.session, asked.person_id, unit, asked.role):
        raise Refused(
            turn.say("{name} is not on the list of your unit any more.", name=person.full_name),
            "a request named somebody who has left the roster",
        )
    address = keys_of(turn.session).open(asked.address)
    turn.session.delete(asked)
    turn.session.flush()
    heard = asked.expires - REQUEST_LIVES  # they wrote when they asked
    if not link_chat(turn, asked.person_id, asked.channel, address, asked.language, heard=heard):
        return _decided_already(turn, unit)
    _note(turn, "request.approve", asked, person)
    _welcome(turn, asked, address, person, unit_name)
    done = turn.say("{name} is in and has been told.", name=person.full_name)
    return [_after(turn, unit, done)]


def _note(turn: Turn, action: str, asked: JoinRequest, person: Person) -> None:
    """Who decided about whom, and by which messenger they came; never where they are."""
    note(
        turn,
        action,
        asked.unit_id,
        person=person.code,
        role=asked.role,
        channel=asked.channel,
    )


def _welcome(turn: Turn, asked: JoinRequest, address: str, person: Person, unit_name: str) -> None:
    link = link_of_chat(turn.session, asked.channel, address)
    assert link is not None
    say = speech_for(link, turn.policy)
    roles = {each.role for each in standings_of(turn.session, asked.person_id)}
    title = say(
        "Welcome, {name}! The secretary of {unit} has let you in.",
        name=person.full_name.split()[-1],
        unit=unit_name,
    )
    menu = Choice(label=say("To my menu"), action=HOME_MENU.build(), look="primary")
    answer = reply(
        Title(text=title),
        *what_comes(say, turn.policy, roles),
        Choices(label=say("What would you like to do?"), choices=(menu,)),
    )
    send(turn.session, link, [answer])


def decline(turn: Turn, unit: int, request: int) -> Sequence[Reply]:
    """Forget the request and say so politely where it came from."""
    opened = _open_request(turn, unit, request)
    if opened is None:
        return _decided_already(turn, unit)
    asked, person, unit_name = opened
    address = keys_of(turn.session).open(asked.address)
    turn.session.delete(asked)
    turn.session.flush()
    _note(turn, "request.decline", asked, person)
    if asked.channel != "web":  # a browser that is nobody's cannot be sent to; its page says it
        say = Speaker(asked.language or DEFAULT, citizen=turn.policy.citizen)
        send_to(turn.session, asked.channel, address, [_declined(say, unit_name)])
    done = turn.say("The request as {name} was declined.", name=person.full_name)
    return [_after(turn, unit, done)]


def _declined(say: Speaker, unit_name: str) -> Reply:
    text = say(
        "The secretary of {unit} could not agree to your request to join. If you think that is a "
        "mistake, please speak with them.",
        unit=unit_name,
    )
    find = Choice(label=say("Rate a desk"), action=FIND.build())
    return reply(Text(text=text), Choices(label=say("What would you like to do?"), choices=(find,)))


def _decided_already(turn: Turn, unit: int) -> Sequence[Reply]:
    return [_after(turn, unit, turn.say("This request has been decided, taken back or has ended."))]


def _after(turn: Turn, unit: int, title: str) -> Reply:
    say, choices = turn.say, [back_to_unit(turn, unit)]
    waiting = len(open_requests(turn.session, unit, turn.now))
    if waiting:
        label = say("Requests waiting: {n}", n=waiting)
        choices.insert(0, Choice(label=label, action=REQUESTS.build(unit=unit), look="primary"))
    return reply(Title(text=title), Choices(choices=tuple(choices)))


ROUTES = [
    Route(REQUESTS, requests, may=secretary),
    Route(APPROVE, approve, may=secretary, again=REQUESTS),
    Route(DECLINE, decline, may=secretary, again=REQUESTS),
]
