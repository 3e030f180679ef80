"""The desks one looks after: who is there, the sheets to print, what was improved."""

from collections.abc import Sequence
from typing import cast, get_args

from handlers.citizen.actions import START
from handlers.citizen.find_desk import LONGEST_QUERY, matching
from handlers.documents.posters import Language
from handlers.messages import Choice, Choices, Code, Field, Part, Reply, Text, Title, reply
from handlers.names import folded
from handlers.paging import PAGE, page_of
from handlers.permissions import secretary
from handlers.routing import Route
from handlers.secretary.desk_actions import (
    ALL_SHEETS,
    DESK,
    DESK_PAGE,
    DESKS,
    FIND_DESK,
    IMPROVEMENTS,
    PRINT_ALL,
    SHEET,
)
from handlers.secretary.desk_sheets import Sheet, sheet_file
from handlers.secretary.own_desk import own_desk, own_desks
from handlers.texts import mark
from handlers.turn import Turn
from storage.queries.desk import DeskWithUnit, on_duty

SHEETS: tuple[tuple[Sheet, Language, str], ...] = (
    ("a4", "vi", mark("Wall poster, A4")),
    ("a6", "vi", mark("Table tent, A6")),
    ("a4", "both", mark("Wall poster with English")),
    ("a6", "both", mark("Table tent with English")),
    ("a4", "en", mark("Wall poster, English only")),
    ("staff", "vi", mark("Staff sheet (begins a shift)")),
)
HOW = {
    "a4": mark(
        "Print it on A4 at 100 % and hang it where people wait, at the height of their eyes."
    ),
    "a6": mark(
        "Print it on A4 at 100 %, best on thick paper. Cut along the dashed line and fold along the "
        "dotted one: two tents that show the same on both sides."
    ),
    "staff": mark(
        "This code begins a shift: hang it behind the counter, never where citizens see it."
    ),
}


def desks(turn: Turn) -> Sequence[Reply]:
    """All of them."""
    return _listed(turn, 0, "")


def find(turn: Turn) -> Sequence[Reply]:
    """Those that what was typed means."""
    return _listed(turn, 0, folded(turn.text)[:LONGEST_QUERY].strip())


def page(turn: Turn, page: int, query: str) -> Sequence[Reply]:
    """Another page of them."""
    return _listed(turn, page, query)


def _listed(turn: Turn, page: int, query: str) -> Sequence[Reply]:
    say, every = turn.say, own_desks(turn)
    title = Title(text=say("Desks and posters"))
    if not every:
        none = say("Your unit has no open desk. The operator adds desks to the roster.")
        return [reply(title, Text(text=none), _way_home(turn))]
    found = matching(every, query)
    label = say("Which desk?")
    lists = page_of(
        found,
        page,
        lambda each: Choice(label=_line(turn, each), action=DESK.build(desk=each.code)),
        lambda to: DESK_PAGE.build(page=to, query=query),
        say,
        label,
    )
    shown = Text(text=label, tone="strong") if found else None
    return [
        reply(title, shown, *lists, _search(turn, every, found, query), _all(turn, found, query))
    ]


def _line(turn: Turn, desk: DeskWithUnit) -> str:
    return turn.say("{code} · {desk} – {unit}", code=desk.code, desk=desk.name, unit=desk.unit_name)


def _search(
    turn: Turn, every: Sequence[DeskWithUnit], found: Sequence[DeskWithUnit], query: str
) -> Field | None:
    if len(every) <= PAGE and found:
        return None
    say = turn.say
    return Field(
        action=FIND_DESK.build(),
        label=say("Name or code of the desk, or name of the unit"),
        send=say("Search"),
        value=turn.text or query,
        error="" if found else say("Nothing was found. Please try another word."),
        most=LONGEST_QUERY,
    )


def _all(turn: Turn, found: Sequence[DeskWithUnit], query: str) -> Choices:
    say, choices = turn.say, []
    if len(found) > 1:
        label = say("Print all {n}", n=len(found))
        choices.append(Choice(label=label, action=PRINT_ALL.build(query=query)))
    if not found:
        choices.append(Choice(label=say("Show all desks"), action=DESKS.build()))
    return _way_home(turn, *choices)


def _way_home(turn: Turn, *before: Choice) -> Choices:
    home = Choice(label=turn.say("To my menu"), action=START.build(), look="quiet")
    return Choices(label=turn.say("What would you like to do?"), choices=(*before, home))


def desk_card(turn: Turn, desk: str) -> Sequence[Reply]:
    """One desk: its link, who is there now, and what can be done."""
    found, say = own_desk(turn, desk), turn.say
    parts: list[Part] = [
        Title(text=found.name),
        Text(text=say("Desk {code} · {unit}", code=found.code, unit=found.unit_name)),
    ]
    if found.until is not None and found.is_closed(turn.today):
        last = found.until.strftime("%d/%m/%Y")
        closed = say("This desk is closed; its last day was {day}.", day=last)
        return [reply(*parts, Text(text=closed, tone="alert"), _back_to_all(turn))]
    link = Code(label=say("Link for citizens"), text=f"{turn.policy.public_url}/q/{found.code}")
    return [
        reply(
            *parts,
            Text(text=_duty_line(turn, found)),
            link,
            Text(text=say("To print"), tone="strong"),
            Choices(label=say("To print"), choices=_sheet_choices(turn, found), columns=2),
            _further(turn, found),
        )
    ]


def _duty_line(turn: Turn, desk: DeskWithUnit) -> str:
    say, people = turn.say, on_duty(turn.session, desk.id, turn.now, turn.now)
    if not people:
        return say("On duty now: nobody. Ratings count for the desk.")
    return say("On duty now: {names}.", names=", ".join(each.full_name for each in people))


def _sheet_choices(turn: Turn, desk: DeskWithUnit) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            label=turn.say(label),
            action=SHEET.build(desk=desk.code, sheet=sheet, language=language),
        )
        for sheet, language, label in SHEETS
    )


def _further(turn: Turn, desk: DeskWithUnit) -> Choices:
    say = turn.say
    return Choices(
        label=say("What would you like to do?"),
        choices=(
            Choice(label=say("You said – we did"), action=IMPROVEMENTS.build(desk=desk.code)),
            Choice(label=say("Back to the desks"), action=DESKS.build(), look="quiet"),
        ),
    )


def _back_to_all(turn: Turn) -> Choices:
    back = Choice(label=turn.say("Back to the desks"), action=DESKS.build(), look="quiet")
    return Choices(label=turn.say("What would you like to do?"), choices=(back,))


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
        return _listed(turn, 0, query)
    title = say.count("{n} desk in one file to print", "{n} desks in one file to print", len(found))
    choices = tuple(
        Choice(
            label=say(label),
            action=ALL_SHEETS.build(sheet=sheet, language=language, query=query),
        )
        for sheet, language, label in SHEETS
    )
    back = _back_to_all(turn)
    return [reply(Title(text=title), Choices(label=title, choices=choices, columns=2), back)]


def all_sheets(turn: Turn, sheet: str, language: str, query: str) -> Sequence[Reply]:
    """A sheet of each of them, in one file."""
    found = matching(own_desks(turn), query)
    if not found or not _is_sheet(sheet, language):
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
    Route(DESKS, desks, secretary),
    Route(FIND_DESK, find, secretary),
    Route(DESK_PAGE, page, secretary),
    Route(PRINT_ALL, print_all, secretary),
    Route(ALL_SHEETS, all_sheets, secretary),
    Route(DESK, desk_card, secretary),
    Route(SHEET, sheet, secretary),
]
