"""A one-time link for one person: who may hand it out, how it is shown, what the log keeps of it."""

from datetime import timedelta

from handlers.errors import Refused
from handlers.messages import Choice, Choices, Code, Reply, Text, Title, reply
from handlers.organiser.own_tree import oversees
from handlers.roster_changes import is_closed_unit, note
from handlers.turn import Turn
from storage.queries.joining import add_invite, open_invites, revoke
from storage.queries.unit_people import led_units
from storage.tables import Invite, Person


def invited_already(turn: Turn, unit: int, person: int) -> list[Invite]:
    """The invitations of one person to a unit that can still be used."""
    return [
        invite
        for invite, named in open_invites(turn.session, unit, turn.now)
        if named is not None and named.id == person
    ]


def make_link(turn: Turn, unit: int, person: int, role: str) -> str:
    """The token of a new link for one person; one they were sent before stops working."""
    refuse_if_closed(turn, unit)
    named = turn.session.get_one(Person, person)
    may_vouch(turn, person, named.full_name)
    earlier = invited_already(turn, unit, person)
    for each in earlier:
        revoke(turn.session, each)
    token = add_invite(
        turn.session,
        unit_id=unit,
        role=role,
        person_id=person,
        invited_by=turn.official.person_id,
        expires=turn.now + timedelta(days=turn.policy.invite_days),
    )
    action = "invite.resend" if earlier else "invite.create"
    note(turn, action, unit, person=named.code, role=role)
    return token


def refuse_if_closed(turn: Turn, unit: int) -> None:
    """Nobody is invited to a unit that has ended."""
    if is_closed_unit(turn, unit):
        raise Refused(turn.say("This unit is closed."), "an invitation to a unit that has ended")


def show_link(turn: Turn, person: int, token: str, *ways: Choice) -> Reply:
    """The link, shown this once."""
    say, name = turn.say, turn.session.get_one(Person, person).full_name
    return reply(
        Title(text=say("Invitation for {name}", name=name)),
        link_code(turn, token),
        Text(
            text=say(
                "Send it to {name} alone: it lets in whoever opens it first, once.",
                name=name,
            )
        ),
        Choices(label=say("What would you like to do?"), choices=ways),
    )


def link_code(turn: Turn, token: str) -> Code:
    """A link to copy, with the day on which it expires; it cannot be shown again."""
    until = (turn.now + timedelta(days=turn.policy.invite_days)).astimezone(turn.policy.timezone)
    return Code(
        label=turn.say(
            "Link, valid until {moment}; it is shown only now",
            moment=until.strftime("%H:%M %d/%m/%Y"),
        ),
        text=f"{turn.policy.public_url}/i/{token}",
    )


def leads_beyond(turn: Turn, person: int) -> list[str]:
    """The units somebody leads that whoever asks neither leads nor oversees, by name.

    Whoever holds a person's invitation gets everything that person may do: nobody hands out
    more than they have.
    """
    return [
        unit.name
        for unit in led_units(turn.session, person)
        if not turn.official.leads(unit.id or 0) and not oversees(turn, unit.id or 0)
    ]


def may_vouch(turn: Turn, person: int, name: str) -> None:
    """Refuse to let somebody in who leads a unit beyond those of whoever asks."""
    if beyond := leads_beyond(turn, person):
        raise Refused(
            turn.say(
                "{name} is also a secretary of {units}. Only the administration can let them in.",
                name=name,
                units=", ".join(beyond),
            ),
            "a secretary tried to let in somebody who leads another unit",
        )
