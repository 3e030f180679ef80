"""Handing over the office: a secretary chooses a successor, who is asked in a chat of their own."""

from collections.abc import Sequence

from handlers.messages import Choice, Choices, Note, Part, Reply, Text, Title, reply
from handlers.official.actions import HOME_MENU
from handlers.official.office_offer import offer_card
from handlers.official.people_names import in_order
from handlers.official.tell_person import tell
from handlers.paging import page_of
from handlers.permissions import secretary
from handlers.roster_changes import alone, is_closed_unit, note
from handlers.routing import Route
from handlers.secretary.member_actions import (
    MISSING,
    OFFER,
    OFFER_YES,
    OFFICE,
    SUCCESSORS,
    WITHDRAW,
)
from handlers.secretary.members import back_to_overview
from handlers.secretary.own_unit import own_unit
from handlers.texts import Speech
from handlers.turn import Turn
from storage.queries.role_offers import OFFER_LIVES, offer_office, open_offer, withdraw_offers
from storage.queries.unit_roster import Listed, unit_roster
from storage.tables import Person, RoleOffer


def office(turn: Turn, unit: int, *parts_first: Part) -> Sequence[Reply]:
    """The open offer, or whom it may be made to."""
    own_unit(turn, unit)
    offer = open_offer(turn.session, unit, turn.official.person_id, turn.now)
    if offer is not None:
        return [_open(turn, unit, offer, parts_first)]
    return successors(turn, unit, 0, *parts_first)


def _open(turn: Turn, unit: int, offer: RoleOffer, parts_first: Sequence[Part]) -> Reply:
    say = turn.say
    name = turn.session.get_one(Person, offer.successor_id).full_name
    until = offer.expires.astimezone(turn.policy.timezone).strftime("%H:%M %d/%m/%Y")
    return reply(
        *parts_first,
        Title(text=say("You have offered the office to {name}.", name=name)),
        Text(
            text=say(
                "They were asked in their chat and can accept until {moment}. Until then you stay secretary.",
                moment=until,
            )
        ),
        Choices(
            label=say("What would you like to do?"),
            choices=(
                Choice(label=say("Withdraw the offer"), action=WITHDRAW.build(unit=unit)),
                back_to_overview(say, unit),
            ),
        ),
    )


def _possible(turn: Turn, unit: int) -> list[Listed]:
    """Members of the unit who are no secretaries of it, those who have not joined too."""
    people = in_order(unit_roster(turn.session, unit))
    return [each for each in people if each.roles == ("member",)]


def successors(turn: Turn, unit: int, page: int, *parts_first: Part) -> Sequence[Reply]:
    """Who may be asked; whoever has not joined needs an invitation first."""
    say, unit_name = turn.say, own_unit(turn, unit).unit_name
    possible = _possible(turn, unit)
    joined = [each for each in possible if each.linked]
    title = say("Hand over the office of secretary of {unit}", unit=unit_name)
    question = say("Who is to be the new secretary?")
    ways = [back_to_overview(say, unit)]
    if waiting := len(possible) - len(joined):
        label = say("Not joined yet, invite first: {n}", n=waiting)
        ways.insert(0, Choice(label=label, action=MISSING.build(unit=unit, page=0)))
    pages = page_of(
        joined,
        page,
        lambda each: Choice(label=each.full_name, action=OFFER.build(unit=unit, person=each.id)),
        lambda to: SUCCESSORS.build(unit=unit, page=to),
        say,
        question,
    )
    nobody = say("No member of the unit has joined yet who could be asked.")
    return [
        reply(
            *parts_first,
            Title(text=title),
            Text(text=question if joined else nobody),
            *pages,
            Choices(label=say("What would you like to do?"), choices=tuple(ways)),
        )
    ]


def _successor(turn: Turn, unit: int, person: int) -> Listed | None:
    own_unit(turn, unit)
    found = (each for each in _possible(turn, unit) if each.id == person and each.linked)
    return next(found, None)


def _not_possible(turn: Turn, unit: int) -> Sequence[Reply]:
    """For a button about somebody who has left, or is a secretary by now."""
    sorry = turn.say(
        "They cannot take the office: no member who has joined, or a secretary already."
    )
    return office(turn, unit, Text(text=sorry, tone="alert"))


def ask_offer(turn: Turn, unit: int, person: int) -> Sequence[Reply]:
    """What handing over means, before the successor is asked."""
    found, say = _successor(turn, unit, person), turn.say
    if found is None:
        return _not_possible(turn, unit)
    title = say("Offer the office to {name}?", name=found.full_name)
    return [
        reply(
            Title(text=title),
            Text(
                text=say(
                    "{name} is asked in their chat. When they accept, they are secretary at once, with the "
                    "digest and the requests to join; your office ends and you stay on the list as a "
                    "member.",
                    name=found.full_name,
                )
            ),
            Note(
                text=say(
                    "The offer ends after {days} days; you can withdraw it before.",
                    days=OFFER_LIVES.days,
                )
            ),
            Choices(
                label=title,
                choices=(
                    Choice(
                        label=say("Yes, ask {name}", name=found.full_name),
                        action=OFFER_YES.build(unit=unit, person=person),
                        look="primary",
                    ),
                    Choice(label=say("No, somebody else"), action=OFFICE.build(unit=unit)),
                ),
            ),
        )
    ]


def offer(turn: Turn, unit: int, person: int) -> Sequence[Reply]:
    """Keep the offer and put it to the successor."""
    alone(turn)
    found, say = _successor(turn, unit, person), turn.say
    standing = own_unit(turn, unit)
    if found is None:
        return _not_possible(turn, unit)
    if is_closed_unit(turn, unit):
        closed = say("This unit is closed: its office cannot be handed over any more.")
        return [reply(Title(text=closed), Choices(choices=(back_to_overview(say, unit),)))]
    who = turn.official
    there = open_offer(turn.session, unit, who.person_id, turn.now)
    if there is not None and there.successor_id == person:
        return office(turn, unit)
    if there is not None:
        _tell_withdrawn(turn, there, standing.unit_name)
    made = offer_office(turn.session, unit, who.person_id, person, turn.now)
    note(turn, "office.offer", unit, person=found.code)
    unit_name, giver = standing.unit_name, who.full_name
    tell(turn, person, lambda theirs: offer_card(theirs, turn.policy, made, giver, unit_name))
    return office(turn, unit)


def withdraw(turn: Turn, unit: int) -> Sequence[Reply]:
    """Take the offer back before it is accepted; the successor hears of it."""
    alone(turn)
    standing, say = own_unit(turn, unit), turn.say
    made = open_offer(turn.session, unit, turn.official.person_id, turn.now)
    if made is None:
        none = say("There is no open offer.")
        return office(turn, unit, Text(text=none, tone="alert"))
    _tell_withdrawn(turn, made, standing.unit_name)
    withdraw_offers(turn.session, unit, turn.official.person_id)
    done = say("The offer is withdrawn. You stay secretary.")
    return office(turn, unit, Text(text=done, tone="strong"))


def _tell_withdrawn(turn: Turn, made: RoleOffer, unit_name: str) -> None:
    successor = turn.session.get_one(Person, made.successor_id)
    note(turn, "office.withdraw", made.unit_id, person=successor.code)
    giver = turn.official.full_name
    tell(turn, made.successor_id, lambda say: _withdrawn(say, giver, unit_name))


def _withdrawn(say: Speech, giver: str, unit_name: str) -> Reply:
    text = say(
        "{giver} has withdrawn the offer of the office of secretary of {unit}.",
        giver=giver,
        unit=unit_name,
    )
    menu = Choice(label=say("To my menu"), action=HOME_MENU.build())
    label = say("What would you like to do?")
    return reply(Text(text=text), Choices(label=label, choices=(menu,)))


ROUTES = [
    Route(OFFICE, office, may=secretary),
    Route(SUCCESSORS, successors, may=secretary),
    Route(OFFER, ask_offer, may=secretary),
    Route(OFFER_YES, offer, may=secretary, again=OFFICE),
    Route(WITHDRAW, withdraw, may=secretary, again=OFFICE),
]
