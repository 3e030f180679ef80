"""The units below an organiser's: the children first, any found by name, drilled down into."""

from collections.abc import Collection, Sequence

from handlers.citizen.actions import START
from handlers.errors import Refused
from handlers.messages import Choice, Choices, Field, Part, Reply, Text, Title, reply
from handlers.official.people_names import meant
from handlers.organiser.own_tree import unit_below
from handlers.organiser.people_actions import BELOW, FIND_UNIT, UNIT_CARD, UNITS
from handlers.paging import PAGE, page_of
from handlers.permissions import organiser
from handlers.routing import Route
from handlers.texts import Speech
from handlers.turn import Turn
from storage.queries.digest import UnitName
from storage.queries.link import Standing
from storage.queries.tree import ancestors, has_units_below, ids_below
from storage.queries.unit_roster import UnitBrief, briefs, children


def below(turn: Turn) -> Sequence[Reply]:
    """Straight to the list, or the choice among several units one leads."""
    led = tops(turn)
    if len(led) == 1:
        return units(turn, led[0].unit_id, 0)
    label = turn.say("Below which unit?")
    choices = tuple(
        Choice(label=each.unit_name, action=UNITS.build(unit=each.unit_id, page=0)) for each in led
    )
    return [reply(Title(text=label), Choices(label=label, choices=choices))]


def tops(turn: Turn) -> list[Standing]:
    """The units somebody leads that have units below them."""
    led = turn.official.units("secretary")
    return [each for each in led if has_units_below(turn.session, [each.unit_id])]


def strictly_below(turn: Turn, unit: int) -> UnitName:
    """A unit under one that whoever asks leads; their own is refused as any other is."""
    led = {each.unit_id for each in turn.official.units("secretary")}
    if led.isdisjoint(ancestors(turn.session, unit)[1:]):
        raise Refused(
            turn.say("This is for the secretary of a unit above that one."),
            f"an organiser's action named unit {unit}, which is not below theirs",
        )
    return unit_below(turn, unit)


def units(turn: Turn, unit: int, page: int, *parts_first: Part) -> Sequence[Reply]:
    """The units right below one."""
    unit_below(turn, unit)
    found = briefs(turn.session, children(turn.session, unit))
    return [_list(turn, unit, found, page, parts_first)]


def find_unit(turn: Turn, unit: int) -> Sequence[Reply]:
    """Any unit below by what was typed of its name, accents or not, or by its code."""
    unit_below(turn, unit)
    everything = briefs(turn.session, ids_below(turn.session, unit) - {unit})
    close = found_units(everything, turn.text)
    if close:
        return [_list(turn, unit, close, 0, ())]
    sorry = turn.say("No unit below is called that.")
    right_below = briefs(turn.session, children(turn.session, unit))
    return [_list(turn, unit, right_below, 0, (), error=sorry)]


def found_units(among: Collection[UnitBrief], typed: str) -> list[UnitBrief]:
    """Which units a typed name or code means, best first, as many as stand on a page."""
    by_code = [each for each in among if each.code.casefold() == typed.casefold()]
    return by_code or meant(list(among), typed)[:PAGE]


def _list(
    turn: Turn,
    unit: int,
    shown: Sequence[UnitBrief],
    page: int,
    parts_first: Sequence[Part],
    error: str = "",
) -> Reply:
    say, title = turn.say, turn.say("Units below {unit}", unit=unit_below(turn, unit).name)
    field = Field(
        action=FIND_UNIT.build(unit=unit),
        label=say("Or type the name of a unit"),
        send=say("Search"),
        value=turn.text if error else "",
        error=error,
        most=60,
    )
    pages = page_of(
        shown,
        page,
        lambda each: Choice(label=line(say, each), action=UNIT_CARD.build(unit=each.id)),
        lambda to: UNITS.build(unit=unit, page=to),
        say,
        title,
    )
    without = sum(not each.joined for each in shown)
    return reply(
        *parts_first,
        Title(text=title),
        None if shown else Text(text=say("There is no unit below.")),
        Text(text=say("✓ marks where a secretary has joined.")) if len(shown) > without else None,
        *pages,
        field,
        Choices(label=say("What would you like to do?"), choices=_ways(turn, unit)),
    )


def _ways(turn: Turn, unit: int) -> tuple[Choice, ...]:
    menu = Choice(label=turn.say("To my menu"), action=START.build(), look="quiet")
    led = {each.unit_id for each in turn.official.units("secretary")}
    if unit in led:
        return (menu,)
    action = UNIT_CARD.build(unit=unit)
    return (Choice(label=turn.say("Back to the unit"), action=action, look="quiet"), menu)


def line(say: Speech, unit: UnitBrief) -> str:
    """A unit on a button, with how it stands with its secretaries."""
    if unit.joined:
        return say("{name} ✓", name=unit.full_name)
    if unit.secretaries:
        return say("{name} (secretary not joined)", name=unit.full_name)
    return say("{name} (no secretary)", name=unit.full_name)


ROUTES = [
    Route(BELOW, below, may=organiser),
    Route(UNITS, units, may=organiser),
    Route(FIND_UNIT, find_unit, may=organiser),
]
