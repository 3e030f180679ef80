"""The office of a secretary, offered to a member: the question in their chat, and both answers."""

from collections.abc import Sequence

from handlers.errors import Refused
from handlers.messages import Choice, Choices, Note, Reply, Text, Title, reply
from handlers.official.actions import HOME_MENU
from handlers.official.home import home
from handlers.official.tell_person import tell
from handlers.official.welcome import what_comes
from handlers.permissions import official
from handlers.policy import Policy
from handlers.roster_changes import alone, is_closed_unit, note
from handlers.routing import Route
from handlers.secretary.member_actions import ACCEPT, OFFERED, REFUSE
from handlers.texts import Speech
from handlers.turn import Turn
from storage.queries.ended_roles import end_role
from storage.queries.role_offers import find_offer
from storage.queries.roles import give_role, role_held
from storage.tables import Membership, Person, RoleOffer, Unit


def offer_card(say: Speech, policy: Policy, made: RoleOffer, giver: str, unit_name: str) -> Reply:
    """The question, with what the office brings."""
    until = made.expires.astimezone(policy.timezone).strftime("%H:%M %d/%m/%Y")
    return reply(
        Title(
            text=say(
                "{giver} would like to hand over the office of secretary of {unit} to you.",
                giver=giver,
                unit=unit_name,
            )
        ),
        *what_comes(say, policy, {"secretary"}),
        Note(
            text=say(
                "You can answer until {moment}; without an answer nothing changes.", moment=until
            )
        ),
        Choices(
            label=say("Do you accept?"),
            choices=(
                Choice(
                    label=say("Accept the office"),
                    action=ACCEPT.build(offer=made.id),
                    look="primary",
                ),
                Choice(label=say("Decline"), action=REFUSE.build(offer=made.id)),
            ),
            columns=2,
        ),
    )


def offered(turn: Turn, offer: int) -> Sequence[Reply]:
    """The question once more, for whom it is."""
    made = _mine(turn, offer)
    if made is None:
        return _over(turn)
    giver = turn.session.get_one(Person, made.giver_id).full_name
    unit = turn.session.get_one(Unit, made.unit_id).name
    return [offer_card(turn.say, turn.policy, made, giver, unit)]


def _mine(turn: Turn, offer: int) -> RoleOffer | None:
    """An offer to this very person that still stands; somebody else's is refused."""
    made = find_offer(turn.session, offer)
    if made is None or made.expires <= turn.now:
        return None
    if made.successor_id != turn.official.person_id:
        raise Refused(turn.say("This is for somebody else."), "an offer of an office to another")
    return made


def _over(turn: Turn) -> Sequence[Reply]:
    over = turn.say("This offer has been answered or withdrawn, or it has ended.")
    return home(turn, Title(text=over))


def accept(turn: Turn, offer: int) -> Sequence[Reply]:
    """The office changes hands, whole: one becomes secretary, the other a member."""
    alone(turn)
    made = _mine(turn, offer)
    if made is None:
        return _over(turn)
    session, me, unit = turn.session, turn.official.person_id, made.unit_id
    office = role_held(session, made.giver_id, unit, "secretary")
    sound = (
        office is not None
        and role_held(session, me, unit, "member") is not None
        and not is_closed_unit(turn, unit)
    )
    session.delete(made)
    session.flush()
    if office is None or not sound:
        return _over(turn)
    giver = session.get_one(Person, made.giver_id)
    give_role(session, me, unit, "secretary", turn.today)
    _leave_office(turn, office)
    note(turn, "office.accept", unit, person=turn.official.code, giver=giver.code)
    return _welcome(turn, session.get_one(Unit, unit), made.giver_id)


def _leave_office(turn: Turn, office: Membership) -> None:
    """Their office ends; who was secretary alone becomes a member, as the offer said."""
    person_id, unit_id = office.person_id, office.unit_id
    assert office.id is not None
    end_role(turn.session, office.id, turn.today)
    give_role(turn.session, person_id, unit_id, "member", turn.today)


def _welcome(turn: Turn, unit: Unit, giver_id: int) -> Sequence[Reply]:
    turn.look_again()
    say, name = turn.say, turn.official.full_name
    tell(turn, giver_id, lambda theirs: _handed_over(theirs, name, unit.name))
    title = Title(text=say("You are secretary of {unit} now. Thank you!", unit=unit.name))
    parts = [title, *what_comes(say, turn.policy, {"secretary"})]
    return home(turn, *parts)


def _handed_over(say: Speech, name: str, unit_name: str) -> Reply:
    text = say(
        "{name} has accepted the office of secretary of {unit}. Thank you for all you did in it! You "
        "are on the list as a member.",
        name=name,
        unit=unit_name,
    )
    return _told(say, text)


def decline(turn: Turn, offer: int) -> Sequence[Reply]:
    """Nothing changes; whoever offered it is told politely."""
    alone(turn)
    made = _mine(turn, offer)
    if made is None:
        return _over(turn)
    unit_name = turn.session.get_one(Unit, made.unit_id).name
    giver = turn.session.get_one(Person, made.giver_id)
    turn.session.delete(made)
    turn.session.flush()
    note(turn, "office.decline", made.unit_id, person=turn.official.code, giver=giver.code)
    name = turn.official.full_name
    tell(turn, made.giver_id, lambda theirs: _declined(theirs, name, unit_name))
    done = turn.say("You have declined. {giver} has been told.", giver=giver.full_name)
    return home(turn, Title(text=done))


def _declined(say: Speech, name: str, unit_name: str) -> Reply:
    text = say(
        "{name} cannot take the office of secretary of {unit} at the moment. You stay secretary.",
        name=name,
        unit=unit_name,
    )
    return _told(say, text)


def _told(say: Speech, text: str) -> Reply:
    menu = Choice(label=say("To my menu"), action=HOME_MENU.build())
    label = say("What would you like to do?")
    return reply(Text(text=text), Choices(label=label, choices=(menu,)))


ROUTES = [
    Route(OFFERED, offered, may=official),
    Route(ACCEPT, accept, may=official, again=OFFERED),
    Route(REFUSE, decline, may=official, again=OFFERED),
]
