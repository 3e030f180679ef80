"""One member of a unit as the secretary sees them: where they stand, whether they have joined."""

from collections.abc import Sequence

from handlers.messages import Choice, Choices, Part, Reply, Text, Title, reply
from handlers.official.channel_names import channel_name
from handlers.permissions import secretary
from handlers.routing import Route
from handlers.secretary.invite_actions import INVITE
from handlers.secretary.member_actions import CARD, MEMBERS, NAME, POSITION, REMOVE
from handlers.secretary.members import members
from handlers.secretary.own_unit import own_unit
from handlers.secretary.personal_link import invited_already
from handlers.texts import Speech, mark
from handlers.turn import Turn
from storage.queries.unit_roster import Listed, Reach, unit_roster

_REACH: dict[Reach, str] = {
    "on": mark("Reminders are on."),
    "off": mark("Reminders are off."),
    "unreachable": mark("Messages do not arrive: the chat is blocked or gone."),
}


def listed(turn: Turn, unit: int, person: int) -> Listed | None:
    """A person of this unit, led by whoever asks; nobody else's is found."""
    own_unit(turn, unit)
    people = unit_roster(turn.session, unit)
    return next((each for each in people if each.id == person), None)


def card(turn: Turn, unit: int, person: int, *parts_first: Part) -> Sequence[Reply]:
    """Everything a secretary needs of one member, and what they can do about it."""
    found = listed(turn, unit, person)
    if found is None:
        return not_listed(turn, unit)
    say = turn.say
    return [
        reply(
            *parts_first,
            Title(text=found.full_name),
            *(Text(text=each) for each in _facts(turn, found)),
            Choices(label=say("What would you like to do?"), choices=_ways(turn, unit, found)),
        )
    ]


def not_listed(turn: Turn, unit: int) -> Sequence[Reply]:
    """For a button about somebody who has left meanwhile: so it is said, the list follows."""
    gone = turn.say("This person is not on your list (any more). Here is who is:")
    return members(turn, unit, 0, Text(text=gone, tone="alert"))


def _facts(turn: Turn, person: Listed) -> list[str]:
    say = turn.say
    lines = [roles_line(say, person)]
    if person.position:
        lines.append(say("Position: {position}", position=person.position))
    lines.append(joined_line(say, person))
    if person.reach in _REACH:
        lines.append(say(_REACH[person.reach]))
    if "secretary" in person.roles and person.id != turn.official.person_id:
        lines.append(say("The office of a secretary is ended by the secretary of the unit above."))
    return lines


def roles_line(say: Speech, person: Listed) -> str:
    """What somebody is in the unit."""
    if len(person.roles) > 1:
        return say("Secretary and member")
    return say("Secretary") if person.roles == ("secretary",) else say("Member")


def joined_line(say: Speech, person: Listed) -> str:
    """By which messengers somebody has joined: their names, never an address."""
    if not person.linked:
        return say("Has not joined yet.")
    names = dict.fromkeys(channel_name(say, each) for each in person.channels)
    return say("Has joined, by {channels}.", channels=", ".join(names))


def _ways(turn: Turn, unit: int, person: Listed) -> tuple[Choice, ...]:
    say, ids = turn.say, {"unit": unit, "person": person.id}
    ways = []
    if not person.linked:
        again = invited_already(turn, unit, person.id)
        label = say("Send the invitation again") if again else say("Make an invitation")
        ways.append(Choice(label=label, action=INVITE.build(**ids), look="primary"))
    ways.append(Choice(label=say("Correct the name"), action=NAME.build(**ids)))
    ways.append(Choice(label=say("Change the position"), action=POSITION.build(**ids)))
    if "secretary" not in person.roles or person.id == turn.official.person_id:
        ways.append(Choice(label=say("Take off the list"), action=REMOVE.build(**ids)))
    ways.append(back_to_members(say, unit))
    return tuple(ways)


def back_to_members(say: Speech, unit: int) -> Choice:
    """The way back to the list."""
    return Choice(
        label=say("Back to the members"), action=MEMBERS.build(unit=unit, page=0), look="quiet"
    )


ROUTES = [Route(CARD, card, may=secretary)]
