"""Without a code: an office or desk found by name or number, without accents, with mistakes."""

from collections.abc import Sequence

from rapidfuzz import fuzz

from handlers.citizen.actions import FIND, FOUND, OPEN, SEARCH
from handlers.messages import Choice, Choices, Field, Reply, Title, reply
from handlers.names import folded
from handlers.routing import Route
from handlers.texts import Speech
from handlers.turn import Turn
from storage.queries.desk import DeskWithUnit, open_desks

PAGE = 6
LONGEST_QUERY = 40  # what fits into the button that turns the page
_CLOSE_ENOUGH = 78


def search_field(turn: Turn, value: str = "", error: str = "") -> Field:
    """Where a desk is searched."""
    say = turn.say
    return Field(
        action=SEARCH.build(),
        label=say("Name of the office or desk, or the code under the QR"),
        hint=say("Accents are not needed, such as: so noi vu quay 2"),
        send=say("Search"),
        value=value,
        error=error,
        most=100,
    )


def find(turn: Turn) -> Sequence[Reply]:
    """Ask what to search for; the first desks stand below to choose from."""
    desks = open_desks(turn.session, turn.today)
    title = Title(text=turn.say("Which desk would you like to rate?"))
    return [reply(title, search_field(turn), *_listed(turn, desks, 0, ""))]


def search(turn: Turn) -> Sequence[Reply]:
    """Results for what was typed."""
    return _results(turn, 0, folded(turn.text)[:LONGEST_QUERY].strip())


def found(turn: Turn, page: int, query: str) -> Sequence[Reply]:
    """Another page of the results for a query (already folded)."""
    return _results(turn, page, query.strip())


def _results(turn: Turn, page: int, query: str) -> Sequence[Reply]:
    desks = matching(open_desks(turn.session, turn.today), query)
    say = turn.say
    if not desks:
        sorry = say("Nothing was found. Please try another word, or the code printed under the QR.")
        return [reply(search_field(turn, turn.text or query, sorry), _all_desks(turn))]
    title = Title(text=say("Which desk would you like to rate?"))
    return [reply(title, *_listed(turn, desks, page, query), search_field(turn, turn.text))]


def _all_desks(turn: Turn) -> Choices:
    choice = Choice(label=turn.say("Show all desks"), action=FOUND.build(page=0, query=""))
    return Choices(label=turn.say("Which desk would you like to rate?"), choices=(choice,))


def matching(desks: Sequence[DeskWithUnit], query: str) -> list[DeskWithUnit]:
    """The desks a folded query means, best first; all of them for an empty one."""
    if not query:
        return list(desks)
    if named := [desk for desk in desks if desk.code.casefold() in query.split()]:
        return named  # "toi muon danh gia q1"
    scored = [(_score(query, desk), desk) for desk in desks]
    close = [(score, desk) for score, desk in scored if score >= _CLOSE_ENOUGH]
    return [desk for _, desk in sorted(close, key=lambda pair: -pair[0])]


def _score(query: str, desk: DeskWithUnit) -> float:
    """0–100. Each word finds its closest word; a number must be there as it is."""
    words = desk.folded.split()
    scores = []
    for word in query.split():
        if word.isdigit():
            scores.append(100.0 if word in words or word == _digits(desk.code) else 0.0)
        else:
            scores.append(max(_closeness(word, other) for other in words))
    return sum(scores) / len(scores)


def _digits(code: str) -> str:
    return "".join(c for c in code if c.isdigit())


def _closeness(word: str, other: str) -> float:
    if len(word) >= 3 and other.startswith(word):
        return 95.0 if other != word else 100.0
    return float(fuzz.ratio(word, other))


def desk_choice(say: Speech, desk: DeskWithUnit) -> Choice:
    """The button that opens a desk."""
    label = say("{desk} – {unit}", desk=desk.name, unit=desk.unit_name)
    return Choice(label=label, action=OPEN.build(desk=desk.code))


def _listed(turn: Turn, desks: Sequence[DeskWithUnit], page: int, query: str) -> list[Choices]:
    say = turn.say
    pages = max(1, -(-len(desks) // PAGE))
    page = min(page, pages - 1)
    shown = desks[page * PAGE : (page + 1) * PAGE]
    lists = [
        Choices(
            label=say("Which desk would you like to rate?"),
            choices=tuple(desk_choice(say, desk) for desk in shown),
        )
    ]
    turns = []
    if page > 0:
        turns.append(
            Choice(
                label=say("‹ Back"), action=FOUND.build(page=page - 1, query=query), look="quiet"
            )
        )
    if page + 1 < pages:
        turns.append(
            Choice(
                label=say("More ›"), action=FOUND.build(page=page + 1, query=query), look="quiet"
            )
        )
    if turns:
        lists.append(Choices(label=say("Pages"), choices=tuple(turns), columns=2))
    return lists if shown else []


ROUTES = [Route(FIND, find), Route(SEARCH, search), Route(FOUND, found)]
