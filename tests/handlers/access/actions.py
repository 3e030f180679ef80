"""Every action there could be: what each parameter of a route can stand for, rightly or forged."""

import itertools
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from handlers.references import ByCode, Mine
from handlers.reports.periods import read_period
from handlers.routing import Route, Router
from handlers.secretary.setting_kinds import KINDS as SETTINGS
from handlers.staff_link import staff_token
from handlers.weeks import Week
from storage.keys import Keys
from tests.handlers.access.organisation import PARENTS, TODAY, Organisation

# Which row an integer names: these are tried one by one, everything else is sampled.
ROWS = {
    "invite": "invite",
    "request": "join_request",
    "dispute": "disputed_day",
    "duty": "duty",
    "offer": "role_offer",
    "entry": "audit",
    "link": "link",
    "leave": "leave",
    "number": "improvement",
}
IDENTITIES = {"unit", "target", "person", "desk", *ROWS}
NUMBERS = {
    "page": [0, 1],
    "section": [0, 1, 99],
    "revision": [1, 2],
    "weekday": [0, 7],
    "hour": [8, 30],
    "on": [1, 0],
}
WORDS = {
    "side": ["high"],
    "code": ["cv1", "nd1"],
    "axis": ["cong_viec"],
    "outcome": ["done", "partly"],
    "what": ["pledge", "checkin", "sticker"],
    "at": ["0730"],
    "span": ["2200-0600"],
    "kind": ["leave", "trip"],
    "tag": ["AAAAAAAAAA"],
    "reason": ["insult", "other"],
    "to": ["en"],
    "name": [*SETTINGS, "unit_id"],
    "value": ["yes", "25"],
    "sheet": ["a4", "a6", "staff"],
    "language": ["vi", "both"],
    "check": ["AAAAAAAA"],
}
GARBAGE = 999


class Actions:
    """Builds actions of the routes, learning the words that only buttons show."""

    def __init__(self, router: Router, made: Organisation, keys: Keys) -> None:
        self._router, self._made = router, made
        self.learned: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.seen: set[str] = set()
        self.staff = {staff_token(keys, f"Q{unit}1"): unit for unit in PARENTS}

    def learn(self, actions: Iterable[str]) -> None:
        """Note what buttons showed: real tags, tokens, checks."""
        for action in actions:
            matched = self._router.match(action)
            if matched is None:
                continue
            self.seen.add(action)
            for name, kind in matched.route.pattern.parameters.items():
                if kind in {"word", "brief"}:
                    self.learned[matched.route.pattern.path, name].add(matched.parameters[name])

    def unknown(self) -> set[str]:
        """Parameters of which nobody told here what they stand for."""
        return {
            f"{{{name}:{kind}}} of {route.pattern.path}"
            for route in self._router.routes
            for name, kind in route.pattern.parameters.items()
            if not self._known(name, kind)
        }

    def _known(self, name: str, kind: str) -> bool:
        if kind == "int":
            return name in IDENTITIES | NUMBERS.keys()
        if kind in {"word", "brief"}:
            return name in WORDS or name == "token"
        return kind in {"of", "day", "level", "week", "period", "desk", "query"}

    def values(self, route: Route, name: str, kind: str) -> list[Any]:
        """What a parameter can be, the likeliest first."""
        made = self._made
        match kind, name:
            case "int", "unit" | "target":
                return [*made.units.values(), GARBAGE]
            case "int", "person":
                return [*made.people.values(), GARBAGE]
            case "int", _ if name in ROWS:
                return [*made.ids[ROWS[name]], GARBAGE]
            case "int", _:
                return list(NUMBERS[name])
            case "word", "token":
                staff = "desk" in route.pattern.parameters
                return [*(self.staff if staff else made.tokens), "x" * 22, "0" * 10]
            case "word" | "brief", _:
                return [*sorted(self.learned[route.pattern.path, name]), *WORDS[name]]
            case "desk", _:
                return [*(f"Q{unit}1" for unit in PARENTS), "ZZ9"]
            case "day", _:
                return [date(2026, 11, 20), TODAY, date(2026, 11, 22), date(2026, 11, 1)]
            case "week", _:
                return [Week(2026, 47), Week(2026, 46), Week(2026, 48)]
            case "period", _:
                return [read_period(text) for text in ("2026-10", "2026-09", "2026-Q3", "2026")]
            case "of", _:
                return [*(Mine(f"Q{unit}1", TODAY, 1) for unit in PARENTS), ByCode("1234567890")]
            case "level", _:
                return [5, 1]
        return ["", "le an"]

    def exhaustively(self, route: Route, most: int, chance: random.Random) -> Iterator[str]:
        """Every combination of the rows an action names, with the likeliest of the rest; `most`
        of them, drawn by chance, where there are more."""
        named = route.pattern.parameters.items()
        choices = [
            self._few(name, self.values(route, name, kind))
            if _is_identity(name, kind)
            else self.values(route, name, kind)[:1]
            for name, kind in named
        ]
        combinations = list(itertools.product(*choices))
        if len(combinations) > most:
            combinations = chance.sample(combinations, most)
        for values in combinations:
            yield self._build(route, dict(zip(route.pattern.parameters, values, strict=True)))

    def _few(self, name: str, values: list[Any]) -> list[Any]:
        """Of units and people, one of each sort: every pair of them would take minutes."""
        if name in {"unit", "target"}:
            return [*(self._made.units[code] for code in ("C1", "C2", "C3", "A")), GARBAGE]
        if name == "person":
            codes = ("C1M", "C2M", "C3M", "C1S", "AS", "TWO", "C4M")
            return [*(self._made.people[code] for code in codes), GARBAGE]
        return values

    def any_of(self, route: Route, chance: random.Random) -> str:
        """Some action of this route."""
        values = {
            name: chance.choice(self.values(route, name, kind))
            for name, kind in route.pattern.parameters.items()
        }
        return self._build(route, values)

    def _build(self, route: Route, values: dict[str, Any]) -> str:
        try:
            return route.pattern.build(**values)
        except ValueError:  # too long in this combination
            return "old"


def _is_identity(name: str, kind: str) -> bool:
    return name in IDENTITIES or kind in {"desk", "of"} or name == "token"
