"""What a week's figures cost does not grow with the history before them: the plans of both databases."""

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from handlers.digest.build import build
from handlers.rollup.build import build_rollup, build_week
from storage.database import Database
from storage.queries import counted
from storage.queries.own_scores import own_counts
from storage.queries.report_figures import first_day
from tests.handlers.digest.branch import W47, Branch

_INDEX = "ix_rating_unit_id_status_level_day"
_YEAR = (date(2025, 11, 24), date(2026, 11, 23))
LOOKS: dict[str, Callable[[Session, Branch, int], Any]] = {
    "digest": lambda s, b, unit: build(s, unit, W47, b.policy),
    "roll-up of a week": lambda s, b, unit: build_week(s, unit, W47, b.policy),
    "roll-up of a year": lambda s, b, unit: build_rollup(s, unit, *_YEAR, b.policy),
    "first day": lambda s, b, unit: first_day(s, unit),
    "own scores": lambda s, b, unit: own_counts(s, unit, W47.first, W47.last),
}


@pytest.fixture
def c1(branch: Branch) -> int:
    return branch.unit("C1", "Chi đoàn Hải Châu 1", members=["P1", "P2"])


@pytest.fixture
def rated(branch: Branch, c1: int) -> Branch:
    """Two weeks of ratings, with comments and a member; the planner knows nothing else."""
    for week in (W47, W47.before()):
        branch.rated("C1", week.first, *[5] * 8, comments=["Tốt"], by="P1", reasons="high/nd1")
        branch.rated("C1", week.last, *[2] * 3, reasons="low/nd2")
        branch.pledged_all_week("C1", "P1", week)
    return branch


@pytest.mark.parametrize("look", LOOKS)
def test_no_look_reads_ratings_or_pledges_of_other_days(rated: Branch, c1: int, look: str) -> None:
    database = rated.database
    said: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, _x: Any, _many: bool) -> None:
        said.append((statement, values))

    event.listen(database.engine, "before_cursor_execute", note)
    database.run_now(lambda session: LOOKS[look](session, rated, c1))
    event.remove(database.engine, "before_cursor_execute", note)
    asked = [
        each for each in said if each[0].startswith(("SELECT", "WITH")) and "rating" in each[0]
    ]
    assert asked
    for statement, values in asked:
        steps = _steps(database, statement, values)
        assert steps, statement
        for step in steps:
            bounded = re.search(r"\bday\b|\(day|rating_id=|rating_id =", step)
            smallest = look == "first day" and re.search(r"unit_id ?=", step)
            assert bounded or smallest, step


def test_each_figure_of_all_units_is_one_stretch_of_the_index(rated: Branch) -> None:
    def plan(session: Session) -> list[str]:
        prepared = counted._all_levels(2)._for(session)
        week = (W47.first, W47.last)
        before = (W47.first - timedelta(days=7), W47.last - timedelta(days=7))
        values = prepared.bound(counted._bound([week, before]))
        if isinstance(values, list):
            values = tuple(values)
        return _explained(session, prepared.sql, values)

    steps = _ratings(rated.database.run_now(plan))
    assert len(steps) == 1
    assert _INDEX in steps[0]
    assert "COVERING" in steps[0] or "Index Only Scan" in steps[0]
    for column in ("unit_id", "status", "level", "day"):
        assert re.search(rf"\b{column}\b", steps[0].replace(_INDEX, ""))


def _steps(database: Database, statement: str, values: Any) -> list[str]:
    return _ratings(database.run_now(lambda session: _explained(session, statement, values)))


def _explained(session: Session, statement: str, values: Any) -> list[str]:
    """The plan, a step a line."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        return [row[-1] for row in found]
    # So small a table is read whole: what is asked here is how it is read when it is large.
    for kind in ("seqscan", "bitmapscan"):
        connection.exec_driver_sql(f"SET LOCAL enable_{kind} = off")
    found = connection.exec_driver_sql(f"EXPLAIN (COSTS OFF) {statement}", values)
    return [row[0] for row in found]


def _ratings(plan: Sequence[str]) -> list[str]:
    """The steps that read ratings or pledges, each with its conditions."""
    steps: list[str] = []
    reads = False
    for line in plan:
        if re.search(r"(SEARCH|SCAN) \w+|Scan", line):
            reads = bool(
                re.search(r"(SEARCH|SCAN) (rating|pledge)\b|Scan .*on (rating|pledge)\b", line)
            )
            if reads:
                steps.append(line)
        elif reads and ("Index Cond" in line or "Filter" not in line):
            steps[-1] += " " + line.strip() if "Index Cond" in line else ""
    return steps
