"""Two branches under a city with an October behind them, and the people who write reports."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, select

from handlers.catalogue import ensure_catalogue
from handlers.messages import Document
from handlers.reports.opened import rows_of
from handlers.reports.periods import read_period
from storage.queries.audit import entries
from storage.queries.report import read_narrative
from storage.tables import Report, Unit
from tests.conftest import Clock
from tests.handlers.digest.branch import Branch
from tests.officials import furnish_officials, joined, with_url
from tests.people import Place, Talker

OCTOBER = "2026-10"


@dataclass
class Office:
    """C1 (led by Sáu) and C2 (Bảy) below TD (Tám). The clock stands on Monday 2 November 2026."""

    place: Place
    branch: Branch
    clock: Clock

    @classmethod
    def of(cls, place: Place, clock: Clock) -> "Office":
        """On a furnished place."""
        place.database.run_now(lambda session: _furnish(session, clock))
        branch = Branch(place.database, clock)
        branch.at(date(2026, 11, 2), 9)
        office = cls(with_url(place), branch, clock)
        for code, person, good, bad in (("C1", "P1", 8, 2), ("C2", "P3", 6, 1)):
            branch.rated(code, date(2026, 10, 6), *[5] * good, reasons="high/nd1")
            branch.rated(code, date(2026, 10, 8), *[2] * bad, reasons="low/cv4")
            branch.pledged(code, person, date(2026, 10, 7), "cv1", "nd1")
            branch.pledged(code, person, date(2026, 10, 8), "cv1", status="pledged")
        return office

    def unit(self, code: str) -> int:
        """A unit's id."""
        return self.run(lambda s: s.exec(select(Unit.id).where(Unit.code == code)).one() or 0)

    def run(self, work: Callable[[Session], Any]) -> Any:
        """Something in a transaction of its own."""
        return self.place.database.run_now(work)

    async def sau(self, channel: str = "telegram") -> Talker:
        """The secretary of C1."""
        return await joined(self.place, f"sau-{channel}", "C1", "secretary", "S1", channel)

    async def bay(self) -> Talker:
        """The secretary of C2."""
        return await joined(self.place, "bay", "C2", "secretary", "S2")

    async def tam(self) -> Talker:
        """The secretary of TD (and of C1)."""
        return await joined(self.place, "tam", "TD", "secretary", "S3")

    def rows(self, code: str, period: str = OCTOBER) -> list[Report]:
        """The revisions of a report, newest first."""
        unit = self.unit(code)
        found: list[Report] = self.run(lambda s: rows_of(s, unit, read_period(period)))
        return found

    def words(self, code: str, period: str = OCTOBER) -> dict[str, str]:
        """What was written in the newest revision, by section."""
        row = self.rows(code, period)[0]
        kept: dict[str, dict[str, str]] = self.run(lambda s: read_narrative(s, row))
        return kept.get("own", {})

    def audited(self) -> list[tuple[str, dict[str, Any] | None]]:
        """What of reports stands in the audit log."""
        found: list[tuple[str, dict[str, Any] | None]] = self.run(
            lambda s: [(e.action, e.details) for e in entries(s) if e.action.startswith("report.")]
        )
        return found

    async def approved(self, talker: Talker, code: str, period: str = OCTOBER) -> str:
        """The secretary approves a report."""
        await talker.opens(f"report/{self.unit(code)}/{period}")
        top = "Duyệt báo cáo"
        await talker.taps(top if top in talker.buttons() else "Duyệt và gửi cấp trên")
        return await talker.taps("Đồng ý duyệt")


def documents(talker: Talker) -> list[Document]:
    """The files in what was seen last."""
    return [part for answer in talker.seen for part in answer.parts if isinstance(part, Document)]


def _furnish(session: Session, clock: Clock) -> None:
    furnish_officials(session, clock())
    ensure_catalogue(session)
