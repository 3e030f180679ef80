"""An organisation with units below units, and a history to add up."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, select

from handlers.rollup.build import build_week
from handlers.rollup.figures import RollUp
from handlers.weeks import Week
from storage.queries.past import change_unit
from storage.tables import Rating, Unit
from tests.handlers.digest.branch import W47, Branch


class Province(Branch):
    """A branch that has others below it."""

    def under(
        self,
        parent: str | None,
        code: str,
        name: str = "",
        members: Sequence[str] = (),
        *,
        pilot: bool = False,
    ) -> int:
        """A unit below another; its id."""
        id_ = self.unit(code, name, members)

        def work(session: Session) -> None:
            unit = session.get_one(Unit, id_)
            unit.pilot = pilot
            if parent is not None:
                unit.parent_id = session.exec(select(Unit.id).where(Unit.code == parent)).one()
            session.add(unit)

        self.database.run_now(work)
        return id_

    def moves(self, code: str, parent: str, on: date) -> None:
        """A unit goes under another one from that day on."""

        def work(session: Session) -> None:
            unit = session.exec(select(Unit).where(Unit.code == code)).one()
            above = session.exec(select(Unit.id).where(Unit.code == parent)).one()
            change_unit(session, unit, on, parent_id=above)

        self.database.run_now(work)

    def forgets_ratings(self) -> None:
        """Start over with nobody having rated."""

        def work(session: Session) -> None:
            for each in session.exec(select(Rating)):
                session.delete(each)

        self.database.run_now(work)

    def rollup(self, unit: int, week: Week = W47, k: int = 5) -> RollUp:
        """The roll-up of a week."""
        from dataclasses import replace

        policy = replace(self.policy, k=k)
        return self.database.run_now(lambda s: build_week(s, unit, week, policy))


def furnish(province: Province) -> dict[str, int]:
    """TD above DP (C1, C2, C3) and CQ (C4, C5); members everywhere but in TD and CQ."""
    ids = {"TD": province.under(None, "TD", "Thành Đoàn Hương Sen")}
    ids["DP"] = province.under("TD", "DP", "Đoàn phường Sông Trăng", ["P0", "P9"], pilot=True)
    ids["CQ"] = province.under("TD", "CQ", "Đoàn các cơ quan")
    for number, parent in enumerate(("DP", "DP", "DP", "CQ", "CQ"), start=1):
        members = [f"P{number}{each}" for each in range(4)]
        name = f"Chi đoàn số {number}"
        ids[f"C{number}"] = province.under(parent, f"C{number}", name, members, pilot=number == 1)
    return ids


def live(province: Province, week: Week = W47) -> None:
    """C1 is praised, C4 is not, C2 has too few ratings, nothing comes from C5."""
    day = week.first
    province.rated("C1", day, *[5] * 11, 3, reasons="high/nd1")
    province.rated("C2", day, 5, 1, 1)
    province.rated("C3", day, 4, 4, 4, 3, 5, 5, 5)
    province.rated("C4", day, *[1] * 9, 5, 5, 5, reasons="low/nd2")
    for unit in "1234":
        for member in range(int(unit)):
            province.pledged(f"C{unit}", f"P{unit}{member}", day, "cv1", "nd1")
    province.pledged("C1", "P11", day, "cm1", status="pledged")
    province.pledged("DP", "P0", day, "cv1", status="partly")
