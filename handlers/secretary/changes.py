"""What changed in roles and lists of a unit: who did what and when, from the audit log."""

from collections.abc import Collection, Sequence

from handlers.audit_actions import Known, sentence
from handlers.messages import Choice, Choices, Note, Reply, Text, Title, reply
from handlers.organiser.own_tree import unit_below
from handlers.organiser.people_actions import UNIT_CARD
from handlers.permissions import secretary
from handlers.routing import Pattern, Route
from handlers.secretary.member_actions import CHANGES, CHANGES_BELOW
from handlers.secretary.members import back_to_overview
from handlers.turn import Turn
from storage.queries.audit import Entry, newest_entries
from storage.queries.names_for_audit import people_named, units_named
from storage.queries.tree import ids_below

_ENTRIES = 8


def changes(turn: Turn, unit: int, page: int) -> Sequence[Reply]:
    """The last changes of one unit."""
    below = len(ids_below(turn.session, unit_below(turn, unit).id)) > 1
    ways = []
    if below:
        action = CHANGES_BELOW.build(unit=unit, page=0)
        ways.append(Choice(label=turn.say("With the units below"), action=action))
    return [_page(turn, unit, {unit}, page, CHANGES, ways)]


def changes_below(turn: Turn, unit: int, page: int) -> Sequence[Reply]:
    """The last changes of a unit and every unit below it."""
    units = ids_below(turn.session, unit_below(turn, unit).id)
    action = CHANGES.build(unit=unit, page=0)
    ways = [Choice(label=turn.say("This unit alone"), action=action)]
    return [_page(turn, unit, units, page, CHANGES_BELOW, ways)]


def _page(
    turn: Turn,
    unit: int,
    units: Collection[int],
    page: int,
    here: Pattern,
    ways: Sequence[Choice],
) -> Reply:
    say, name = turn.say, unit_below(turn, unit).name
    found = newest_entries(turn.session, units, page * _ENTRIES, _ENTRIES + 1)
    turns = []
    if page > 0:
        action = here.build(unit=unit, page=page - 1)
        turns.append(Choice(label=say("‹ Newer"), action=action, look="quiet"))
    if len(found) > _ENTRIES:
        action = here.build(unit=unit, page=page + 1)
        turns.append(Choice(label=say("Older ›"), action=action, look="quiet"))
    lines = _lines(turn, found[:_ENTRIES], several=len(units) > 1)
    return reply(
        Title(text=say("Changes in {unit}", unit=name)),
        *(Text(text=each) for each in lines or [say("Nothing has changed yet.")]),
        Note(text=say("Nobody can change or delete what stands here.")),
        Choices(label=say("Pages"), choices=tuple(turns), columns=2) if turns else None,
        Choices(label=say("What would you like to do?"), choices=(*ways, _back(turn, unit))),
    )


def _lines(turn: Turn, found: Sequence[Entry], *, several: bool) -> list[str]:
    say, session = turn.say, turn.session
    by_id, by_code = people_named(session, found)
    units, unit_names = units_named(session, found)
    known = Known(by_id, by_code, units)
    lines = []
    for entry in found:
        when = entry.at.astimezone(turn.policy.timezone).strftime("%H:%M %d/%m/%Y")
        what = sentence(say, entry, known)
        if several and entry.unit_id in unit_names:
            where = unit_names[entry.unit_id]
            lines.append(say("{when} · {unit}: {what}", when=when, unit=where, what=what))
        else:
            lines.append(say("{when} · {what}", when=when, what=what))
    return lines


def _back(turn: Turn, unit: int) -> Choice:
    if turn.official.leads(unit):
        return back_to_overview(turn.say, unit)
    action = UNIT_CARD.build(unit=unit)
    return Choice(label=turn.say("Back to the unit"), action=action, look="quiet")


ROUTES = [
    Route(CHANGES, changes, may=secretary),
    Route(CHANGES_BELOW, changes_below, may=secretary),
]
