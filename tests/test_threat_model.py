"""The threat model points at tests that exist, and its figures are those of the limits."""

import re
from pathlib import Path

import pytest

from bench.guessing import linking, receipts, secrets, table

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", TEXT)


@pytest.mark.parametrize(("file", "test"), NAMED, ids=[test or file for file, test in NAMED])
def test_every_promise_points_at_a_test(file: str, test: str) -> None:
    source = (ROOT / file).read_text(encoding="utf-8")
    assert f"def {test or 'test_'}" in source


def test_it_names_enough_of_them() -> None:
    assert len({test for _, test in NAMED}) > 30


def test_its_table_is_what_the_limits_of_today_give() -> None:
    """All but what a machine answers a second."""
    shown = [_without_measured(line) for line in TEXT.splitlines() if line.startswith("|")]
    for line in table({}):
        assert _without_measured(line) in shown, "print it anew: python -m bench.guessing"


def _without_measured(line: str) -> list[str]:
    cells = line.split("|")
    return [*cells[:3], *cells[4:]]


def test_nothing_that_opens_an_office_can_be_guessed() -> None:
    """By one account or address in a lifetime; what is not typed by a thousand of them, ever."""
    assert linking().years(linking().chat) > 500
    assert linking().years(linking().address) > 40
    for each in secrets():
        if "bits" in each.name:
            assert each.years(each.many) > 1e9


def test_a_given_receipt_code_is_safe_and_longer_ones_keep_all_of_them_safe() -> None:
    given = receipts(1, 10)
    assert given.years(given.address) > 5_000
    for live, digits in ((10_000, 13), (1_500_000, 14), (730_000_000, 16)):
        some = receipts(live, digits)
        assert some.years(some.chat) > 100
        assert some.years(some.address) > 10
