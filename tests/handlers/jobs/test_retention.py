"""Ratings past their time are erased, a few at a time; the counts of their weeks stay."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from bot.scheduler import Jobs
from handlers.jobs.forget import FORGET, forget
from handlers.policy import Policy
from storage.database import Database
from storage.queries import retention
from storage.queries.retention import erase_ratings
from storage.tables import Answer, DayKey, Desk, Rating, Unit, WeekCount, WeekReason
from tests.conftest import Clock

MONDAY = date(2024, 11, 4)
QUICK, POLITE = "good/quick", "good/polite"


def rating(day: date, level: int | None = 5, reasons: str = "", **more: Any) -> Rating:
    values = {"unit_id": 1, "desk_id": 1, "attribution": "nobody", "channel": "web"} | more
    return Rating(day=day, level=level, reasons=reasons, scheme=1, notice="2026-11", **values)


@pytest.fixture
def kept(database: Database) -> Database:
    """Ratings of two units, of weeks long ago and of today."""

    def furnish(session: Session) -> None:
        session.add_all([Unit(id=n, code=f"C{n}", name="", folded="") for n in (1, 2)])
        session.flush()
        session.add(Desk(id=1, code="Q1", name="", folded="", unit_id=1))
        session.flush()
        sunday = MONDAY + timedelta(days=6)
        session.add_all(
            [
                rating(MONDAY, 5, f"{QUICK};{POLITE}"),
                rating(MONDAY, 5, QUICK),
                rating(sunday, 1, comment="sealed", id="with-an-answer"),
                rating(sunday, 4, unit_id=2),
                rating(sunday, 2, status="flagged"),
                rating(sunday, None, status="withdrawn"),
                rating(sunday + timedelta(days=1), 3),
                rating(date(2026, 11, 15), 5, id="of today"),
            ]
        )
        session.add(Answer(rating_id="with-an-answer", text="sealed", day=sunday))

    database.run_now(furnish)
    return database


def counted(database: Database) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    def read(session: Session) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        levels = session.exec(select(WeekCount)).all()
        reasons = session.exec(select(WeekReason)).all()
        return (
            sorted((each.monday, each.unit_id, each.level, each.n) for each in levels),
            sorted((each.monday, each.unit_id, each.reason, each.n) for each in reasons),
        )

    return database.run_now(read)


def left(database: Database) -> list[str]:
    return database.run_now(
        lambda session: sorted(each.id for each in session.exec(select(Rating)))
    )


THAT_WEEK = [(MONDAY, 1, 0, 1), (MONDAY, 1, 1, 1), (MONDAY, 1, 5, 2), (MONDAY, 2, 4, 1)]
AND_THE_NEXT = [*THAT_WEEK, (MONDAY + timedelta(days=7), 1, 3, 1)]
REASONS = [(MONDAY, 1, POLITE, 1), (MONDAY, 1, QUICK, 2)]


def test_what_is_past_its_time_is_erased_and_only_counts_stay(kept: Database, clock: Clock) -> None:
    counts = kept.run_now(lambda session: forget(session, clock(), Policy()))
    assert counts["ratings"] == 7
    assert left(kept) == ["of today"]
    assert counted(kept) == (AND_THE_NEXT, REASONS)
    assert kept.run_now(lambda session: session.exec(select(Answer)).all()) == []


@pytest.mark.parametrize(("hour", "gone"), [(16, 0), (18, 2)])
def test_nothing_is_erased_a_day_too_early_nor_kept_a_day_too_long(
    kept: Database, hour: int, gone: int
) -> None:
    now = datetime(2026, 11, 4, hour, tzinfo=UTC)  # at 17:00 the 5th begins in Đà Nẵng
    counts = kept.run_now(lambda session: forget(session, now, Policy()))
    assert counts["ratings"] == gone


def test_a_week_that_is_erased_in_parts_is_counted_as_a_whole(kept: Database) -> None:
    erased = []
    while not erased or erased[-1]:
        erased.append(kept.run_now(lambda session: erase_ratings(session, date(2026, 1, 1), 2)))
    assert erased == [2, 2, 2, 1, 0]
    assert counted(kept) == (AND_THE_NEXT, REASONS)


def test_what_was_not_committed_was_neither_erased_nor_counted(kept: Database) -> None:
    def killed(session: Session) -> None:
        erase_ratings(session, date(2026, 1, 1))
        raise KeyError

    before = left(kept)
    with pytest.raises(KeyError):
        kept.run_now(killed)
    assert (left(kept), counted(kept)) == (before, ([], []))


async def test_the_job_goes_on_until_nothing_is_left_a_transaction_each(
    kept: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.jobs.forget.AT_ONCE", 3)
    monkeypatch.setattr(retention.erase_ratings, "__defaults__", (3,))
    transactions = _counted_transactions(kept)
    next(transactions)
    counts = await Jobs(kept, Policy(), clock, [FORGET]).run(FORGET)
    assert counts is not None
    assert (counts["ratings"], next(transactions)) == (7, 3)
    assert counted(kept) == (AND_THE_NEXT, REASONS)


def _counted_transactions(database: Database) -> Iterator[int]:
    done = [0]
    run = database.run

    async def counting(work: Any) -> Any:
        done[0] += 1
        return await run(work)

    database.run = counting  # type: ignore[method-assign]
    while True:
        yield done[0]


def test_hashes_of_a_day_go_with_its_key_and_so_does_one_that_came_late(
    kept: Database, clock: Clock
) -> None:
    def furnish(session: Session) -> None:
        yesterday = date(2026, 11, 15)
        session.add(DayKey(day=yesterday, key="sealed"))
        session.add(rating(yesterday, encounter="keyed"))
        session.add(rating(date(2026, 11, 12), encounter="its key is gone"))
        session.add(rating(date(2026, 11, 16), encounter="today"))

    kept.run_now(furnish)
    kept.run_now(lambda session: forget(session, clock(), Policy()))
    hashes = kept.run_now(
        lambda session: [each.encounter for each in session.exec(select(Rating)) if each.encounter]
    )
    assert hashes == ["today"]


def test_two_processes_that_erase_at_once_count_nothing_twice(kept: Database) -> None:
    def many(session: Session) -> None:
        session.add_all([rating(MONDAY, 5, QUICK) for _ in range(200)])

    def erase(_n: int) -> int:
        return kept.run_now(lambda session: erase_ratings(session, date(2026, 1, 1), 25))

    kept.run_now(many)
    with ThreadPoolExecutor(4) as threads:
        erased = sum(threads.map(erase, range(20)))
    while more := erase(0):  # on PostgreSQL whoever chose the same rows erased fewer
        erased += more
    levels, reasons = counted(kept)
    assert erased == 207
    assert (MONDAY, 1, 5, 202) in levels
    assert (MONDAY, 1, QUICK, 202) in reasons
