"""What a secretary has handed out: open invitations and the chat group's link."""

from collections.abc import Sequence
from datetime import timedelta

from handlers.messages import Choice, Choices, Reply, Text, Title, reply
from handlers.paging import page_of
from handlers.permissions import secretary
from handlers.roster_changes import note
from handlers.routing import Route
from handlers.secretary.invite_actions import (
    GROUP_LINK,
    NEW_GROUP_LINK,
    OPEN_INVITES,
    REVOKE,
    STOP_GROUP_LINK,
    UNIT_INVITES,
)
from handlers.secretary.invites import back_to_unit
from handlers.secretary.own_unit import own_unit
from handlers.secretary.personal_link import link_code, refuse_if_closed
from handlers.turn import Turn
from storage.queries.joining import (
    add_group_invite,
    group_invites,
    open_invites,
    revoke,
    state_of,
)
from storage.tables import Invite, Person


def given(turn: Turn, unit: int, page: int) -> Sequence[Reply]:
    """The invitations that can still be used; a tap withdraws one."""
    own_unit(turn, unit)
    say, back = turn.say, Choices(choices=(back_to_unit(turn, unit),))
    found = open_invites(turn.session, unit, turn.now)
    if not found:
        return [reply(Title(text=say("No invitation is open.")), back)]
    label = say("Choose an invitation to withdraw it:")
    pages = page_of(
        found,
        page,
        lambda pair: _withdrawable(turn, unit, *pair),
        lambda to: OPEN_INVITES.build(unit=unit, page=to),
        say,
        label,
    )
    return [
        reply(
            Title(text=say("Open invitations: {n}", n=len(found))), Text(text=label), *pages, back
        )
    ]


def _withdrawable(turn: Turn, unit: int, invite: Invite, person: Person | None) -> Choice:
    say = turn.say
    day = invite.expires.astimezone(turn.policy.timezone).strftime("%d/%m")
    if person is not None:
        label = say("{name}, until {day}", name=person.full_name, day=day)
    elif invite.role == "secretary":
        label = say("Any secretary of the list, until {day}", day=day)
    else:
        label = say("Any member of the list, until {day}", day=day)
    return Choice(label=label, icon="✕", action=REVOKE.build(unit=unit, invite=invite.id))


def withdraw(turn: Turn, unit: int, invite: int) -> Sequence[Reply]:
    """The link leads nowhere from now on; one of another unit is left alone."""
    own_unit(turn, unit)
    found = turn.session.get(Invite, invite)
    if found is not None and found.unit_id == unit and state_of(found, turn.now) == "open":
        revoke(turn.session, found)
        _note_revoked(turn, found)
    return given(turn, unit, 0)


def _note_revoked(turn: Turn, invite: Invite) -> None:
    if invite.kind == "group":
        note(turn, "group_link.stop", invite.unit_id)
        return
    named = None if invite.person_id is None else turn.session.get_one(Person, invite.person_id)
    code = None if named is None else named.code
    note(turn, "invite.revoke", invite.unit_id, person=code, role=invite.role)


def group_link(turn: Turn, unit: int) -> Sequence[Reply]:
    """What the chat group's link does, and whether there is one."""
    standing, say = own_unit(turn, unit), turn.say
    there = group_invites(turn.session, unit, turn.now)
    new = Choice(
        label=say("Make a new link") if there else say("Make a link"),
        action=NEW_GROUP_LINK.build(unit=unit),
        look="primary",
    )
    stop = Choice(label=say("Stop the link"), action=STOP_GROUP_LINK.build(unit=unit))
    return [
        reply(
            Title(text=say("Link for the chat group of {unit}", unit=standing.unit_name)),
            Text(
                text=say(
                    "One link for everybody: people pick their name, and you agree to each one before "
                    "they are in."
                )
            ),
            Text(text=_group_state(turn, there)),
            Choices(
                label=say("What would you like to do?"),
                choices=(new, *([stop] if there else []), back_to_unit(turn, unit)),
            ),
        )
    ]


def _group_state(turn: Turn, there: Sequence[Invite]) -> str:
    if not there:
        return turn.say("There is no such link at the moment.")
    day = max(each.expires for each in there).astimezone(turn.policy.timezone)
    return turn.say(
        "A link works until {day}. It cannot be shown again; a new one replaces it.",
        day=day.strftime("%d/%m/%Y"),
    )


def new_group_link(turn: Turn, unit: int) -> Sequence[Reply]:
    """The link, shown this once; an earlier one stops working."""
    standing, say = own_unit(turn, unit), turn.say
    refuse_if_closed(turn, unit)
    token = add_group_invite(
        turn.session,
        unit_id=unit,
        expires=turn.now + timedelta(days=turn.policy.invite_days),
        now=turn.now,
        invited_by=turn.official.person_id,
    )
    note(turn, "group_link.create", unit)
    return [
        reply(
            Title(text=say("Link for the chat group of {unit}", unit=standing.unit_name)),
            link_code(turn, token),
            Text(
                text=say(
                    "Post it in your own chat group only. For each request you get a message here with "
                    "a number: ask the person for theirs."
                )
            ),
            Choices(choices=(back_to_unit(turn, unit),)),
        )
    ]


def stop_group_link(turn: Turn, unit: int) -> Sequence[Reply]:
    """Nobody can ask by the group's link any more."""
    own_unit(turn, unit)
    for each in group_invites(turn.session, unit, turn.now):
        revoke(turn.session, each)
        _note_revoked(turn, each)
    return group_link(turn, unit)


ROUTES = [
    Route(OPEN_INVITES, given, may=secretary),
    Route(REVOKE, withdraw, may=secretary, again=UNIT_INVITES),
    Route(GROUP_LINK, group_link, may=secretary),
    Route(NEW_GROUP_LINK, new_group_link, may=secretary, again=GROUP_LINK),
    Route(STOP_GROUP_LINK, stop_group_link, may=secretary, again=GROUP_LINK),
]
