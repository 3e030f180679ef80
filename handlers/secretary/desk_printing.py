"""The sheets of one desk or of many, as a file in the chat."""

from collections.abc import Sequence
from typing import cast, get_args

from handlers.citizen.find_desk import matching
from handlers.documents.posters import Language
from handlers.messages import Choice, Choices, Reply, Text, Title, reply
from handlers.permissions import secretary
from handlers.routing import Route
from handlers.secretary.desk_actions import ALL_SHEETS, DESK, DESKS, PRINT_ALL, SHEET
from handlers.secretary.desk_sheets import HOW, SHEETS, Sheet, sheet_file
from handlers.secretary.desks import back_to_all, desk_card, desk_list, search_field
from handlers.secretary.own_desk import own_desk, own_desks
from handlers.turn import Turn
from storage.queries.desk import DeskWithUnit

MOST_AT_ONCE = 300  # what the download button of a page can carry; a province has about as many


def sheet(turn: Turn, desk: str, sheet: str, language: str) -> Sequence[Reply]:
    """A sheet of one desk, as a file."""
    found = own_desk(turn, desk)
    if found.is_closed(turn.today) or not _is_sheet(sheet, language):
        return desk_card(turn, desk)
    back = Choice(
        label=turn.say("Back to the desk"), action=DESK.build(desk=found.code), look="quiet"
    )
    return [_file(turn, [found], sheet, language, back)]


def print_all(turn: Turn, query: str) -> Sequence[Reply]:
    """Which sheet of all of them, or of those a search found."""
    say, found = turn.say, matching(own_desks(turn), query)
    if not found:
        return desk_list(turn, 0, query)
    if len(found) > MOST_AT_ONCE:
        return [_too_many(turn)]
    title = say.count("{n} desk in one file to print", "{n} desks in one file to print", len(found))
    choices = tuple(
        Choice(
            label=say(label),
            action=ALL_SHEETS.build(sheet=sheet, language=language, query=query),
        )
        for sheet, language, label in SHEETS
    )
    back = back_to_all(turn)
    return [reply(Title(text=title), Choices(label=title, choices=choices, columns=2), back)]


def _too_many(turn: Turn) -> Reply:
    say = turn.say
    alert = say(
        "More than {most} desks are too many for one file. Search a unit first.", most=MOST_AT_ONCE
    )
    return reply(Text(text=alert, tone="alert"), search_field(turn), back_to_all(turn))


def all_sheets(turn: Turn, sheet: str, language: str, query: str) -> Sequence[Reply]:
    """A sheet of each of them, in one file."""
    found = matching(own_desks(turn), query)
    if not 0 < len(found) <= MOST_AT_ONCE or not _is_sheet(sheet, language):
        return print_all(turn, query)
    back = Choice(label=turn.say("Back to the desks"), action=DESKS.build(), look="quiet")
    return [_file(turn, sorted(found, key=lambda each: each.code), sheet, language, back)]


def _is_sheet(sheet: str, language: str) -> bool:
    return sheet in HOW and language in get_args(Language)


def _file(
    turn: Turn, found: Sequence[DeskWithUnit], sheet: str, language: str, back: Choice
) -> Reply:
    how = Text(text=turn.say(HOW[sheet]), tone="alert" if sheet == "staff" else "plain")
    file = sheet_file(turn, found, cast("Sheet", sheet), cast("Language", language))
    label = turn.say("What would you like to do?")
    return reply(how, file, Choices(label=label, choices=(back,)), fresh=True)


ROUTES = [
    Route(PRINT_ALL, print_all, secretary),
    Route(ALL_SHEETS, all_sheets, secretary),
    Route(SHEET, sheet, secretary),
]
