"""Opening an invitation: who invites to what, what is stored, one tap to confirm."""

from collections.abc import Sequence

from handlers.messages import Choice, Choices, Part, Reply, Text, Title, reply
from handlers.official.actions import (
    JOIN,
    JOIN_AS,
    JOIN_ME,
    JOIN_NAMES,
    JOIN_NOT_ME,
    JOIN_YES,
)
from handlers.official.ask_secretary import ask_secretary, has_secretary, show_waiting
from handlers.official.invitation import (
    Invitation,
    Joined,
    Waiting,
    leads_nowhere,
    needs_secretary,
    read,
)
from handlers.official.linking import link_here
from handlers.official.notice import member_notice
from handlers.official.welcome import already_in, welcome
from handlers.roster_changes import note
from handlers.routing import Route
from handlers.texts import mark
from handlers.turn import Turn
from storage.queries.joining import take
from storage.queries.unit_people import UnitPerson


def join(turn: Turn, token: str) -> Sequence[Reply]:
    """What the link opens: the invitation, its first button confirms; or why it does not."""
    found = read(turn, token)
    if not isinstance(found, Invitation):
        return _not_open(turn, found)
    if found.invite.kind == "group" and not has_secretary(turn, found):
        return [_no_secretary(turn, found)]
    if found.only is not None:
        return [_ask_to_confirm(turn, found, found.only)]
    pick = Choice(
        label=turn.say("Join: pick my name"),
        action=JOIN_NAMES.build(token=token, page=0),
        look="primary",
    )
    return [reply(*_invited(turn, found), member_notice(turn), _ways(turn, token, pick))]


def _not_open(turn: Turn, found: Joined | Waiting | Reply) -> Sequence[Reply]:
    if isinstance(found, Joined):
        return already_in(turn)
    return [show_waiting(turn, found)] if isinstance(found, Waiting) else [found]


def _invited(turn: Turn, found: Invitation) -> list[Part]:
    """Who invites, to which unit, as what, and whom."""
    say = turn.say
    asked = (
        mark("{who} invites you to join as a secretary of {unit}.")
        if found.invite.role == "secretary"
        else mark("{who} invites you to join as a member of {unit}.")
    )
    own = found.invite.invited_by is not None and found.invite.invited_by == found.invite.person_id
    who = found.inviter or say(
        "The administration of {controller}", controller=turn.policy.controller
    )
    title = (
        say("Link this chat to your name in {unit}?", unit=found.unit.name)
        if own
        else say(asked, who=who, unit=found.unit.name)
    )
    parts: list[Part] = [Title(text=title)]
    if found.only is not None:
        parts.append(Text(text=say("This invitation is for {name}.", name=found.only.full_name)))
    return parts


def _ask_to_confirm(turn: Turn, found: Invitation, person: UnitPerson) -> Reply:
    """The question with the notice; its first button confirms as this person."""
    say = turn.say
    action = (
        JOIN_YES.build(token=found.token)
        if found.only is not None
        else JOIN_AS.build(token=found.token, person=person.id)
    )
    if needs_secretary(turn, found, person):
        label = say("Ask the secretary to let me in as {name}", name=person.full_name)
    else:
        label = say("I am {name}: join", name=person.full_name)
    yes = Choice(label=label, action=action, look="primary")
    return reply(
        *_invited(turn, found),
        _why_secretary(turn, found, person),
        member_notice(turn),
        _ways(turn, found.token, yes, other=found.only is None),
    )


def _why_secretary(turn: Turn, found: Invitation, person: UnitPerson) -> Text | None:
    say = turn.say
    if not needs_secretary(turn, found, person):
        return None
    if person.linked:
        text = say(
            "{name} has joined already. The secretary must agree to one more chat for this name.",
            name=person.full_name,
        )
    else:
        text = say("The secretary of {unit} looks at each request.", unit=found.unit.name)
    return Text(text=text)


def _ways(turn: Turn, token: str, yes: Choice, *, other: bool = False) -> Choices:
    say = turn.say
    no = (
        Choice(
            label=say("Pick another name"),
            action=JOIN_NAMES.build(token=token, page=0),
            look="quiet",
        )
        if other
        else Choice(
            label=say("This is not for me"), action=JOIN_NOT_ME.build(token=token), look="quiet"
        )
    )
    return Choices(label=say("Would you like to join?"), choices=(yes, no))


def picked(turn: Turn, token: str, person: int) -> Sequence[Reply]:
    """A name was picked: ask once more before it counts."""
    found = read(turn, token)
    if not isinstance(found, Invitation):
        return _not_open(turn, found)
    named = found.name(person)
    if named is None:
        return join(turn, token)
    return [_ask_to_confirm(turn, found, named)]


def confirm(turn: Turn, token: str, person: int | None = None) -> Sequence[Reply]:
    """The confirming tap: this chat is linked from here on, or the secretary is asked."""
    found = read(turn, token)
    if not isinstance(found, Invitation):
        return _not_open(turn, found)
    named = found.only if person is None else found.name(person)
    if named is None:
        return join(turn, token)
    if not needs_secretary(turn, found, named):
        if not take(turn.session, found.invite, named.id, turn.now):
            return join(turn, token)  # somebody was quicker: it says so
        link_here(turn, named.id)
        note(
            turn,
            "invite.use",
            found.invite.unit_id,
            person=named.code,
            role=found.invite.role,
            channel=turn.incoming.channel,
        )
        return welcome(turn)
    return _request(turn, found, named)


def _request(turn: Turn, found: Invitation, named: UnitPerson) -> Sequence[Reply]:
    if not has_secretary(turn, found):
        return [_no_secretary(turn, found)]
    single = found.invite.kind == "single"
    if single and not take(turn.session, found.invite, named.id, turn.now):
        return join(turn, found.token)
    return [ask_secretary(turn, found, named)]


def _no_secretary(turn: Turn, found: Invitation) -> Reply:
    say = turn.say
    return leads_nowhere(
        turn,
        say("{unit} has no secretary here yet who could let you in.", unit=found.unit.name),
        say("Please tell your secretary to join first; then open this link again."),
    )


ROUTES = [
    Route(JOIN, join),
    Route(JOIN_YES, confirm, again=JOIN),
    Route(JOIN_AS, confirm, again=JOIN),
    Route(JOIN_ME, picked),
]
