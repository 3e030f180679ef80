"""The office of a secretary below, ended by the organiser; given back by the log's own entry."""

from collections.abc import Sequence

from handlers.messages import Choice, Choices, Reply, Text, Title, reply
from handlers.official.tell_person import tell
from handlers.organiser.appoint import congratulated, to_menu
from handlers.organiser.people_actions import (
    CANDIDATES,
    END_OFFICE,
    END_OFFICE_YES,
    ENDED,
    GIVE_BACK,
    UNIT_CARD,
)
from handlers.organiser.unit_card import back_to_unit, not_secretary, secretary_of, unit_card
from handlers.organiser.units_below import strictly_below
from handlers.permissions import organiser
from handlers.roster_changes import alone, is_closed_unit, note, noted, read_written, written
from handlers.routing import Route
from handlers.texts import Speech
from handlers.turn import Turn
from storage.queries.audit import newest_of
from storage.queries.ended_roles import end_role
from storage.queries.role_offers import withdraw_offers
from storage.queries.roles import EndedRole, give_back, role_held
from storage.queries.unit_people import person_by_code
from storage.queries.unit_roster import unit_roster
from storage.tables import Person


def ask_end(turn: Turn, unit: int, person: int) -> Sequence[Reply]:
    """What ending the office means."""
    found, say = secretary_of(turn, unit, person), turn.say
    if found is None:
        return not_secretary(turn, unit)
    unit_name = strictly_below(turn, unit).name
    title = say("End the office of {name} in {unit}?", name=found.full_name, unit=unit_name)
    stays = (
        say("They stay on the list as a member.")
        if "member" in found.roles
        else say("They are not a member of this unit, so they leave its list.")
    )
    alone_in_office = (
        sum("secretary" in each.roles for each in unit_roster(turn.session, unit)) == 1
    )
    last = say("The unit then has no secretary until you appoint one.")
    return [
        reply(
            Title(text=title),
            Text(text=stays),
            Text(text=last, tone="alert") if alone_in_office else None,
            Text(text=say("They are told in their chat. You can undo it right afterwards.")),
            Choices(
                label=title,
                choices=(
                    Choice(
                        label=say("Yes, end the office"),
                        action=END_OFFICE_YES.build(unit=unit, person=person),
                    ),
                    Choice(
                        label=say("No, keep"), action=UNIT_CARD.build(unit=unit), look="primary"
                    ),
                ),
            ),
        )
    ]


def end(turn: Turn, unit: int, person: int) -> Sequence[Reply]:
    """They are no secretary from today on; what an undo needs stands in the log."""
    alone(turn)
    found = secretary_of(turn, unit, person)
    held = role_held(turn.session, person, unit, "secretary")
    if found is None or held is None or held.id is None:
        return _ended_already(turn, unit, person)
    unit_name, since = strictly_below(turn, unit).name, written(held.since)
    end_role(turn.session, held.id, turn.today)
    withdraw_offers(turn.session, unit, person)
    entry = note(
        turn, "secretary.end", unit, person=found.code, since=since, on=written(turn.today)
    )
    told = tell(turn, person, lambda theirs: _thanked(theirs, unit_name))
    return [_ended(turn, unit, found.full_name, entry, told=told)]


def show_ended(turn: Turn, unit: int, person: int) -> Sequence[Reply]:
    """Where the end of an office led."""
    if secretary_of(turn, unit, person) is not None:
        return unit_card(turn, unit)
    return _ended_already(turn, unit, person)


def _ended_already(turn: Turn, unit: int, person: int) -> Sequence[Reply]:
    """A second tap: what stands now, with the same way to undo it."""
    named = turn.session.get(Person, person)
    if named is None:
        return not_secretary(turn, unit)
    entry = newest_of(turn.session, unit, "secretary.end", person=named.code)
    if entry is None:
        return not_secretary(turn, unit)
    return [_ended(turn, unit, named.full_name, entry.id, told=False)]


def _ended(turn: Turn, unit: int, name: str, entry: int, *, told: bool) -> Reply:
    say, unit_name = turn.say, strictly_below(turn, unit).name
    done = say("{name} is not secretary of {unit} any more.", name=name, unit=unit_name)
    undo = GIVE_BACK.build(unit=unit, entry=entry)
    another = CANDIDATES.build(unit=unit, page=0)
    return reply(
        Title(text=done),
        Text(text=say("They have been told in their chat.")) if told else None,
        Choices(
            label=say("What would you like to do?"),
            choices=(
                Choice(label=say("Undo"), action=undo),
                Choice(label=say("Appoint a secretary"), action=another),
                back_to_unit(say, unit),
            ),
        ),
    )


def _thanked(say: Speech, unit_name: str) -> Reply:
    text = say(
        "Your office as secretary of {unit} has ended today. Thank you for all you did in it! If that "
        "is a mistake, please speak with the unit above.",
        unit=unit_name,
    )
    return reply(Text(text=text), to_menu(say))


def undo_end(turn: Turn, unit: int, entry: int) -> Sequence[Reply]:
    """The office as it was, by the log's own entry."""
    alone(turn)
    unit_name = strictly_below(turn, unit).name
    details = noted(turn, entry, "secretary.end", unit)
    if details is None or is_closed_unit(turn, unit):
        return not_secretary(turn, unit)
    person = person_by_code(turn.session, details["person"])
    assert person.id is not None
    day = read_written(details["on"]) or turn.today
    ended = EndedRole(person.id, unit, "secretary", read_written(details["since"]), day)
    if give_back(turn.session, ended, turn.today):
        note(turn, "secretary.restore", unit, person=person.code)
        tell(turn, person.id, lambda theirs: congratulated(theirs, turn, unit_name))
    back = turn.say("{name} is secretary again.", name=person.full_name)
    return unit_card(turn, unit, Text(text=back, tone="strong"))


ROUTES = [
    Route(END_OFFICE, ask_end, may=organiser),
    Route(END_OFFICE_YES, end, may=organiser, again=ENDED),
    Route(ENDED, show_ended, may=organiser),
    Route(GIVE_BACK, undo_end, may=organiser, again=UNIT_CARD),
]
