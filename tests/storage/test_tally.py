"""Counters of bursts: right for whoever has the day's key, and unreadable for everybody else."""

from datetime import date

from sqlmodel import select

from storage.database import Database
from storage.queries.tally import Counted, count, forget_tallies, take_back
from storage.tables import Tally

DAY = date(2026, 11, 16)


async def counted(database: Database, *what: Counted, day: date = DAY) -> list[float]:
    return await database.run(lambda session: count(session, day, what))


async def rows(database: Database) -> list[Tally]:
    return await database.run(lambda session: list(session.exec(select(Tally)).all()))


async def test_each_is_counted_by_itself(database: Database) -> None:
    q1, q3 = Counted(("desk", "Q1"), 100), Counted(("desk", "Q3"), 100)
    assert await counted(database, q1, q3) == [1, 1]
    assert await counted(database, q1) == [2]
    assert await counted(database, q3, q1) == [2, 3]


async def test_of_the_window_before_only_a_part_counts_and_of_older_ones_nothing(
    database: Database,
) -> None:
    for _ in range(4):
        await counted(database, Counted(("Q1",), 100))
    assert await counted(database, Counted(("Q1",), 101, 0.5)) == [1 + 2]
    assert await counted(database, Counted(("Q1",), 101, 0.25)) == [2 + 1]
    assert await counted(database, Counted(("Q1",), 102, 1.0)) == [1 + 2]
    assert await counted(database, Counted(("Q1",), 104, 1.0)) == [1]
    assert len(await rows(database)) == 1, "no series of windows"


async def test_what_was_counted_can_be_taken_back(database: Database) -> None:
    q1 = Counted(("Q1",), 100)
    await counted(database, q1)
    await database.run(lambda session: take_back(session, DAY, q1))
    assert await counted(database, q1) == [1]


async def test_another_day_begins_anew_and_the_past_is_forgotten(database: Database) -> None:
    q1 = Counted(("Q1",))
    await counted(database, q1)
    await counted(database, q1, day=date(2026, 11, 17))
    assert await counted(database, q1, day=date(2026, 11, 17)) == [2]
    assert await database.run(lambda s: forget_tallies(s, date(2026, 11, 17))) == 1
    assert await counted(database, q1) == [1]


async def test_rows_tell_neither_how_many_nor_when(database: Database) -> None:
    often, once = Counted(("Q1",), 2_958_333), Counted(("Q3",), 2_958_333)
    await counted(database, often, once)
    for _ in range(6):
        await counted(database, often)
    found = await rows(database)
    assert len({row.slot for row in found}) == 2, "rows of one window look unlike"
    for row in found:
        for number in (row.slot, row.now, row.before):
            assert number > 10**9, "a number stands there as it is"
