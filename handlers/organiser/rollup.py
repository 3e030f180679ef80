"""What hangs on the roll-up: every unit below as a card, found by page or name; picture, file."""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.digest.build import build
from handlers.messages import Choice, Choices, Field, Part, Reply, Text, Title, reply
from handlers.names import folded
from handlers.official.people_names import meant
from handlers.organiser.rollup_actions import (
    CARD,
    FIND_UNIT,
    OWN,
    PICTURE,
    ROLLUP_SHEET,
    UNITS,
)
from handlers.organiser.rollup_card import card_parts
from handlers.organiser.rollup_reach import Reach, reach
from handlers.paging import PAGE, page_of
from handlers.permissions import secretary
from handlers.rollup.build import build_week
from handlers.rollup.figures import Node, RollUp
from handlers.rollup.files import card, sheet
from handlers.rollup.text import unit_called
from handlers.routing import Route
from handlers.secretary.actions import WEEK
from handlers.secretary.digest_message import digest_message
from handlers.secretary.own_unit import closed_week
from handlers.turn import Turn
from handlers.weeks import FIRST_WRITTEN, Week


@dataclass(frozen=True)
class _Called:
    """A unit, searched by name and code as people are by theirs."""

    full_name: str
    node: Node


def units(turn: Turn, unit: int, week: Week, page: int) -> Sequence[Reply]:
    """A page of everything below, each unit after the one above it."""
    at, found = _read(turn, unit, week)
    return [_list(turn, at, found, _in_tree_order(found), page)]


def find_unit(turn: Turn, unit: int, week: Week) -> Sequence[Reply]:
    """The units below that were meant by what was typed: a part of the name, or the code."""
    at, found = _read(turn, unit, week)
    typed = folded(turn.text)
    exact = [each for each in found.below if typed and folded(each.code) == typed]
    close = [
        each.node
        for each in meant([_Called(each.name, each) for each in found.below], turn.text)
        if each.node not in exact
    ]
    shown = [*exact, *close][:PAGE]
    if shown:
        return [_list(turn, at, found, shown, 0)]
    sorry = turn.say("No unit below {unit} is called that.", unit=unit_called(found.top))
    return [_list(turn, at, found, _in_tree_order(found), 0, error=sorry)]


def show_card(turn: Turn, unit: int, week: Week) -> Sequence[Reply]:
    """One unit with what lies below it."""
    at, found = _read(turn, unit, week)
    return [reply(*card_parts(found, turn.say), _ways(turn, at, found), fresh=True)]


def picture(turn: Turn, unit: int, week: Week) -> Sequence[Reply]:
    """The four sides, drawn."""
    at, found = _read(turn, unit, week)
    text = Text(text=turn.say("Week {week} – {unit}", week=week.number, unit=found.top.name))
    return [reply(text, card(found, turn.say), _only_back(turn, at, found), fresh=True)]


def spreadsheet(turn: Turn, unit: int, week: Week) -> Sequence[Reply]:
    """Every unit as a row of a file; no comments, no names."""
    at, found = _read(turn, unit, week)
    text = Text(text=turn.say("The figures of week {week} as a spreadsheet.", week=week.number))
    return [reply(text, sheet(found, turn.say), _only_back(turn, at, found), fresh=True)]


def own_digest(turn: Turn, unit: int, week: Week) -> Sequence[Reply]:
    """The unit's own digest, as any secretary's: its comments can be answered from there."""
    closed_week(turn, unit, week)
    return [digest_message(build(turn.session, unit, week, turn.policy), turn.say)]


def _read(turn: Turn, unit: int, week: Week) -> tuple[Reach, RollUp]:
    return reach(turn, unit, week), build_week(turn.session, unit, week, turn.policy)


def _in_tree_order(found: RollUp) -> list[Node]:
    """Everything below the top, each unit followed by what lies below it."""
    by_id = {each.id: each for each in found.nodes}
    order, waiting = [], list(reversed(found.top.children))
    while waiting:
        node = by_id[waiting.pop()]
        order.append(node)
        waiting.extend(reversed(node.children))
    return order


def _list(
    turn: Turn, at: Reach, found: RollUp, shown: Sequence[Node], page: int, error: str = ""
) -> Reply:
    say, of = turn.say, {"unit": found.top.id, "week": found.week}
    label = say("Below {unit}, week {week}", unit=unit_called(found.top), week=found.week.number)
    field = Field(
        action=FIND_UNIT.build(**of),
        label=say("Or type a unit's name or code"),
        send=say("Search"),
        value=turn.text if error else "",
        error=error,
        most=60,
    )
    return reply(
        Title(text=label),
        *page_of(
            shown,
            page,
            lambda each: Choice(
                label=unit_called(each), action=CARD.build(unit=each.id, week=found.week)
            ),
            lambda to: UNITS.build(page=to, **of),
            say,
            label,
        ),
        field,
        Choices(label=say("What would you like to do?"), choices=(_back(turn, at, found),)),
    )


def _ways(turn: Turn, at: Reach, found: RollUp) -> Part:
    say, top, week = turn.say, found.top, found.week
    ways = []
    if top.children:
        label = say("The units below ({n})", n=len(found.below))
        ways.append(Choice(label=label, action=UNITS.build(unit=top.id, week=week, page=0)))
        ways.append(Choice(label=say("As a picture"), action=PICTURE.build(unit=top.id, week=week)))
    if top.id != at.led and top.parent_id is not None:
        action = CARD.build(unit=top.parent_id, week=week)
        if top.parent_id != at.led:
            ways.append(Choice(label=say("The unit above it"), action=action))
    if found.earlier and week > FIRST_WRITTEN:
        action = CARD.build(unit=top.id, week=week.before())
        ways.append(Choice(label=say("Previous week"), action=action))
    others = UNITS.build(unit=at.led, week=week, page=0)
    ways.append(Choice(label=say("Another unit"), action=others))
    return Choices(label=say("What would you like to do?"), choices=(*ways, _back(turn, at, found)))


def _back(turn: Turn, at: Reach, found: RollUp) -> Choice:
    """To the roll-up of the unit this person leads."""
    action = WEEK.build(unit=at.led, week=found.week)
    return Choice(label=turn.say("Back to the digest"), action=action, look="quiet")


def _only_back(turn: Turn, at: Reach, found: RollUp) -> Choices:
    label = turn.say("What would you like to do?")
    return Choices(label=label, choices=(_back(turn, at, found),))


ROUTES = [
    Route(UNITS, units, secretary),
    Route(FIND_UNIT, find_unit, secretary),
    Route(CARD, show_card, secretary),
    Route(PICTURE, picture, secretary),
    Route(ROLLUP_SHEET, spreadsheet, secretary),
    Route(OWN, own_digest, secretary),
]
