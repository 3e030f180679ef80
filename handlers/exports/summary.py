"""The sheet behind an export's rows: how many of what there are in each unit, and a chart of it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from handlers.documents.spreadsheets import Chart, Column, Table, Value
from handlers.texts import Speech
from storage.queries.export import unit_names


@dataclass
class Summary:
    """Counts by unit, noted while the rows go by. `kinds` are what is counted, `good` those of
    them that make the share; figures stand from `fewest` on, else only how many there were.
    `aside` is what is kept but not counted, told in a last column where there is any."""

    kinds: Sequence[str | int]
    good: frozenset[str | int]
    fewest: int = 1
    counts: dict[str, Counter[str | int]] = field(default_factory=dict)
    aside: Counter[str] = field(default_factory=Counter)

    def note(self, unit: str, kind: str | int) -> None:
        """Count one row."""
        self.counts.setdefault(unit, Counter())[kind] += 1

    def leave_out(self, unit: str) -> None:
        """Count one row that no figure counts."""
        self.counts.setdefault(unit, Counter())
        self.aside[unit] += 1

    def table(
        self, session: Session, say: Speech, names: Sequence[str], all_: str, share: str, title: str
    ) -> Table:
        """A row for each unit. `names` of the kinds, `all_` and `share` head the columns."""
        columns = [
            Column(say("Unit code"), 14),
            Column(say("Unit"), 50),
            Column(all_, 14),
            *(Column(name, max(14, len(name) + 2)) for name in names),
            Column(share, 16, "percent"),
        ]
        if self.aside:
            columns.append(Column(say("Ratings not counted"), 22))
        kinds = range(3, 3 + len(names))
        chart = Chart(title, names=0, series=tuple(kinds))
        return Table(say("Summary"), columns, self._rows(unit_names(session)), chart)

    def _rows(self, units: dict[str, str]) -> Iterator[Sequence[Value]]:
        for code, counts in sorted(self.counts.items()):
            total = counts.total()
            aside = (self.aside[code],) if self.aside else ()
            if total < self.fewest:
                empty = (None,) * (len(self.kinds) + 1) if aside else ()
                yield code, units.get(code, ""), total, *empty, *aside
                continue
            good = sum(counts[kind] for kind in self.good)
            by_kind = (counts[kind] for kind in self.kinds)
            yield code, units.get(code, ""), total, *by_kind, good / total, *aside
