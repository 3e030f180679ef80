"""The desks one looks after: listed, searched, and each with who is there and what can be done."""

from collections.abc import Sequence

from handlers.citizen.actions import START
from handlers.citizen.find_desk import LONGEST_QUERY, matching
from handlers.messages import Choice, Choices, Code, Field, Part, Reply, Text, Title, reply
from handlers.names import folded
from handlers.paging import PAGE, page_of
from handlers.permissions import secretary
from handlers.routing import Route
from handlers.secretary.desk_actions import (
    DESK,
    DESK_PAGE,
    DESKS,
    FIND_DESK,
    IMPROVEMENTS,
    PRINT_ALL,
    SHEET,
)
from handlers.secretary.desk_sheets import SHEETS
from handlers.secretary.own_desk import own_desk, own_desks
from handlers.turn import Turn
from storage.queries.desk import DeskWithUnit, on_duty


def desks(turn: Turn) -> Sequence[Reply]:
    """All of them."""
    return desk_list(turn, 0, "")


def find(turn: Turn) -> Sequence[Reply]:
    """Those that what was typed means."""
    return desk_list(turn, 0, folded(turn.text)[:LONGEST_QUERY].strip())


def page(turn: Turn, page: int, query: str) -> Sequence[Reply]:
    """Another page of them."""
    return desk_list(turn, page, query)


def desk_list(turn: Turn, page: int, query: str) -> Sequence[Reply]:
    """A page of the desks a query (already folded) means."""
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
    sorry = "" if found else turn.say("Nothing was found. Please try another word.")
    return search_field(turn, turn.text or query, sorry)


def search_field(turn: Turn, value: str = "", error: str = "") -> Field:
    """Where a desk or a unit is searched."""
    say = turn.say
    return Field(
        action=FIND_DESK.build(),
        label=say("Name or code of the desk, or name of the unit"),
        send=say("Search"),
        value=value,
        error=error,
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
        return [reply(*parts, Text(text=closed, tone="alert"), back_to_all(turn))]
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


def back_to_all(turn: Turn) -> Choices:
    """The only way on where nothing else is left to do."""
    back = Choice(label=turn.say("Back to the desks"), action=DESKS.build(), look="quiet")
    return Choices(label=turn.say("What would you like to do?"), choices=(back,))


ROUTES = [
    Route(DESKS, desks, secretary),
    Route(FIND_DESK, find, secretary),
    Route(DESK_PAGE, page, secretary),
    Route(DESK, desk_card, secretary),
]
