"""A day taken off a member: which unit its ratings count for afterwards."""

from datetime import date

import pytest
from sqlmodel import Session, select

from storage.database import Database
from storage.queries.detach import detach
from storage.tables import Desk, Person, Rating, Unit

DAY = date(2026, 10, 5)


@pytest.mark.parametrize(
    ("merged", "counts_for"),
    [
        (False, "C2"),  # the desk is another unit's: the rating goes there
        (True, "C1"),  # the desk came to C2 with the unit it was merged with: last month stays
    ],
)
def test_a_unit_that_was_merged_keeps_the_ratings_of_its_days(
    database: Database, merged: bool, counts_for: str
) -> None:
    def work(session: Session) -> str:
        units = {code: Unit(code=code, name=code, folded=code) for code in ("C1", "C2")}
        session.add_all(units.values())
        person = Person(code="P1", full_name="Nguyễn Thị Lan")
        session.add(person)
        session.flush()
        ids = {code: unit.id or 0 for code, unit in units.items()}
        if merged:
            units["C1"].merged_into_id = ids["C2"]
        desk = Desk(code="Q1", name="Quầy 1", folded="quay 1", unit_id=ids["C2"])
        session.add(desk)
        session.flush()
        session.add(
            Rating(
                day=DAY, desk_id=desk.id or 0, unit_id=ids["C1"], member_id=person.id, attribution="duty",
                level=5, channel="web", scheme=1, notice="1",
            )
        )  # fmt: skip
        session.flush()
        detach(session, person.id or 0, desk.id or 0, DAY, ids["C2"], others=False)
        session.expire_all()
        rating = session.exec(select(Rating)).one()
        assert rating.member_id is None
        return next(code for code, id_ in ids.items() if id_ == rating.unit_id)

    assert database.run_now(work) == counts_for
