"""An invitation as the person holding its link meets it: good for them, or politely not."""

from dataclasses import dataclass

from handlers.citizen.actions import FIND, START
from handlers.messages import Choice, Choices, Reply, Text, Title, reply
from handlers.official.link_code import (
    code_of_somebody_else,
    linked_here_already,
    looks_like_link_code,
    no_such_code,
    open_by_link_code,
)
from handlers.texts import mark
from handlers.turn import Turn
from storage.queries.joining import State, find_invite, request_of_chat, state_of
from storage.queries.unit_people import UnitPerson, led_units, people_of_unit
from storage.tables import Invite, JoinRequest, Person, Unit

_OVER: dict[State, str] = {
    "used": mark("This invitation has been used already. A link lets one person in, once."),
    "revoked": mark("This invitation was withdrawn by whoever made it."),
    "expired": mark("This invitation has expired."),
}
_UNKNOWN = mark("We do not know this invitation. Please check that the link is complete.")
_FOR_OTHERS = mark("This invitation is for somebody else.")


@dataclass(frozen=True)
class Invitation:
    """An open invitation with everything its answer says. `names` are whom it may let in."""

    token: str
    invite: Invite
    unit: Unit
    names: tuple[UnitPerson, ...]
    inviter: str | None

    @property
    def only(self) -> UnitPerson | None:
        """The one person this can be for, if there is nothing to pick."""
        return self.names[0] if len(self.names) == 1 else None

    def name(self, person: int) -> UnitPerson | None:
        """Whom a picked number means, if this invitation may let them in."""
        return next((each for each in self.names if each.id == person), None)


@dataclass(frozen=True)
class Joined:
    """This chat is in already, as the person it is linked to."""

    unit: Unit


@dataclass(frozen=True)
class Waiting:
    """This chat picked a name and waits for the secretary."""

    request: JoinRequest
    name: str
    unit: Unit
    token: str


def read(turn: Turn, token: str) -> Invitation | Joined | Waiting | Reply:
    """What a token means for this chat; a Reply says politely why it leads nowhere."""
    if looks_like_link_code(token) is not None:
        return _by_code(turn, token)
    invite = find_invite(turn.session, token)
    if invite is None:
        return leads_nowhere(turn, turn.say(_UNKNOWN))
    unit = turn.session.get_one(Unit, invite.unit_id)
    state = state_of(invite, turn.now)
    return (
        _waiting(turn, unit, token)
        or (_over(turn, invite, unit, state) if state != "open" else _foreign(turn, invite))
        or (Joined(unit) if turn.who is not None else _open(turn, invite, unit, token))
    )


def _by_code(turn: Turn, code: str) -> Invitation | Joined | Reply:
    """The same for a code of one's own that was typed, or forged into a button."""
    invite = open_by_link_code(turn, code)
    if invite is None:
        return no_such_code(turn)
    unit = turn.session.get_one(Unit, invite.unit_id)
    if turn.who is None:
        return _open(turn, invite, unit, code)
    if invite.used_by == turn.who.person_id:
        return Joined(unit)
    if invite.person_id == turn.who.person_id:
        return linked_here_already(turn)
    return code_of_somebody_else(turn)


def _over(turn: Turn, invite: Invite, unit: Unit, state: State) -> Joined | Reply:
    """A link that lets nobody in any more; to whom it let in it says so."""
    if state == "used" and turn.who is not None and invite.used_by == turn.who.person_id:
        return Joined(unit)
    return leads_nowhere(turn, turn.say(_OVER[state]))


def _open(turn: Turn, invite: Invite, unit: Unit, token: str) -> Invitation | Reply:
    names = people_of_unit(turn.session, invite.unit_id, invite.role)
    if invite.person_id is not None:
        names = [each for each in names if each.id == invite.person_id]
    if not names:
        sorry = turn.say(
            "The list of {unit} does not have anybody this invitation could be for any more.",
            unit=unit.name,
        )
        return leads_nowhere(turn, sorry)
    inviter = None
    if invite.invited_by is not None:
        inviter = turn.session.get_one(Person, invite.invited_by).full_name
    return Invitation(token, invite, unit, tuple(names), inviter)


def _waiting(turn: Turn, unit: Unit, token: str) -> Waiting | None:
    incoming = turn.incoming
    request = request_of_chat(turn.session, incoming.channel, incoming.chat, unit.id or 0, turn.now)
    if request is None or turn.who is not None:
        return None
    name = turn.session.get_one(Person, request.person_id).full_name
    return Waiting(request, name, unit, token)


def _foreign(turn: Turn, invite: Invite) -> Reply | None:
    """A chat that is somebody's already cannot become somebody else's."""
    who, say = turn.who, turn.say
    if who is None:
        return None
    if invite.person_id is not None:
        theirs = invite.person_id == who.person_id
    else:
        theirs = any(
            each.unit_id == invite.unit_id and each.role == invite.role for each in who.standings
        )
    if theirs:
        return None
    linked = say(
        "This chat is linked to {name}. Whoever the invitation is for opens it in a chat of their own.",
        name=who.full_name,
    )
    return leads_nowhere(turn, say(_FOR_OTHERS), linked)


def leads_nowhere(turn: Turn, why: str, *more: str) -> Reply:
    """Why a link does not let this person in, and the ways on."""
    say = turn.say
    ask = say(
        "If you think you should be in, please ask the secretary of your unit for a new link."
    )
    where = START if turn.who is not None else FIND
    label = say("To my menu") if turn.who is not None else say("Rate a desk")
    return reply(
        Title(text=why),
        *(Text(text=each) for each in more),
        Text(text=ask),
        Choices(
            label=say("What would you like to do?"),
            choices=(Choice(label=label, action=where.build()),),
        ),
    )


def needs_secretary(turn: Turn, invitation: Invitation, person: UnitPerson) -> bool:
    """Whether a secretary must agree: a group's link, a name that is in already, a name that
    carries more than the invitation gives. An invitation that names its person needs nobody.
    """
    if invitation.invite.kind == "group":
        return True
    if invitation.invite.person_id is not None:
        return False
    given = {invitation.unit.id} if invitation.invite.role == "secretary" else set()
    led = {unit.id for unit in led_units(turn.session, person.id)}
    return person.linked or not led <= given
