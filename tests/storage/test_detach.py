"""Detaching touches one person's ratings of one day at one desk, beside whoever writes meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, select

from storage.database import Database, keys_of
from storage.queries.detach import detach
from storage.queries.rating import find_by_receipt, save
from storage.tables import Desk, Rating, Unit
from tests.conftest import Clock
from tests.handlers.digest.branch import Branch

DAY, OTHER = date(2026, 11, 16), date(2026, 11, 17)


@pytest.fixture
def branch(database: Database, clock: Clock) -> Branch:
    made = Branch(database, clock)
    made.unit("C1", members=["P1", "P2"])
    made.unit("C2")
    return made


def people(branch: Branch) -> list[tuple[date, int | None, str]]:
    def work(session: Session) -> list[tuple[date, int | None, str]]:
        rows = session.exec(select(Rating.day, Rating.member_id, Rating.attribution)).all()
        return sorted(rows, key=str)

    return branch.database.run_now(work)


def detach_first(branch: Branch, **more: Any) -> None:
    branch.database.run_now(lambda s: detach(s, 1, 1, DAY, 1, **{"others": False, **more}))


def test_other_days_desks_and_people_stay_as_they_are(branch: Branch) -> None:
    branch.rated("C1", DAY, 5, 4, by="P1")
    branch.rated("C1", DAY, 3, by="P2")
    branch.rated("C1", OTHER, 2, by="P1")
    branch.rated("C2", DAY, 1, by="P1")
    detach_first(branch)
    assert people(branch) == sorted(
        [
            (DAY, None, "nobody"),
            (DAY, None, "nobody"),
            (DAY, 2, "duty"),
            (OTHER, 1, "duty"),
            (DAY, 1, "duty"),
        ],
        key=str,
    )


def test_they_count_for_the_unit_the_desk_had_that_day(branch: Branch) -> None:
    """The desk has gone to C2 since; a rating of that day about nobody knows it was C1's."""
    branch.rated("C1", DAY, 5, by="P1")
    branch.rated("C1", DAY, 5)

    def moved(session: Session) -> tuple[int, set[int]]:
        c2 = session.exec(select(Unit.id).where(Unit.code == "C2")).one() or 0
        desk = session.get_one(Desk, 1)
        desk.unit_id = c2
        detach(session, 1, 1, DAY, c2, others=False)
        return c2, set(session.exec(select(Rating.unit_id)).all())

    c2, units = branch.database.run_now(moved)
    assert units == {1} != {c2}


def test_nothing_to_detach_is_no_error(branch: Branch) -> None:
    detach_first(branch, others=True)
    assert people(branch) == []


def test_beside_writers_of_the_same_desk_and_day_nothing_is_lost(branch: Branch) -> None:
    """Citizens change their levels while the day is detached again and again."""
    branch.rated("C1", DAY, *[3] * 8, by="P1")

    def receipts(session: Session) -> list[str]:
        for number, rating in enumerate(session.exec(select(Rating)).all()):
            rating.receipt = keys_of(session).pseudonym("receipt", f"{number:010d}")
            session.add(rating)
        return [f"{number:010d}" for number in range(8)]

    codes = branch.database.run_now(receipts)

    def change(code: str) -> None:
        def work(session: Session) -> None:
            rating = find_by_receipt(session, code)
            assert rating is not None
            rating.level = 5
            save(session, rating)

        branch.database.run_now(work)

    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(change, code) for code in codes]
        done += [pool.submit(detach_first, branch) for _ in range(4)]
        for each in done:
            each.result()
    assert people(branch) == [(DAY, None, "nobody")] * 8
    levels = branch.database.run_now(lambda s: list(s.exec(select(Rating.level)).all()))
    assert levels == [5] * 8
