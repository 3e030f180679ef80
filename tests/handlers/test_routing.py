"""What builds an action also parses it, and nothing built is longer than Telegram allows."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.references import ByCode, Mine
from handlers.reports.periods import KINDS as PERIOD_KINDS
from handlers.reports.periods import period_of
from handlers.routes import router
from handlers.routing import KINDS, LONGEST_ACTION, Pattern
from handlers.weeks import week_of

DAYS = st.dates(min_value=date(2000, 1, 3), max_value=date(2099, 12, 31))
DESKS = st.from_regex(r"\A(?=[A-Z_-]*[0-9])[A-Z][A-Z0-9_-]{0,15}\Z")
VALUES = {
    "desk": DESKS,
    "day": DAYS,
    "level": st.integers(1, 5),
    "int": st.integers(0, 999_999_999),
    "word": st.from_regex(r"\A[A-Za-z0-9_-]{1,12}\Z"),
    "brief": st.from_regex(r"\A[a-z0-9]{1,5}\Z"),
    "receipt": st.from_regex(r"\A[0-9]{10}\Z"),
    "query": st.from_regex(r"\A[a-z0-9 ]{0,40}\Z"),
    "week": DAYS.map(week_of),
    "period": st.builds(period_of, st.sampled_from(PERIOD_KINDS), DAYS, st.none()),
    "of": st.one_of(
        st.builds(Mine, DESKS, DAYS, st.integers(1, 9)),
        st.builds(ByCode, st.from_regex(r"\A[0-9]{10}\Z")),
    ),
}
PATTERNS = [route.pattern for route in router().routes]


def test_every_kind_of_parameter_is_covered_by_the_property() -> None:
    assert set(VALUES) == set(KINDS)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.path)
def test_build_and_match_are_a_round_trip_within_64_bytes(pattern: Pattern) -> None:
    @given(st.fixed_dictionaries({n: VALUES[kind] for n, kind in pattern.parameters.items()}))
    def holds(values: dict[str, object]) -> None:
        action = pattern.build(**values)
        assert len(action.encode()) <= LONGEST_ACTION
        assert pattern.match(action) == values
        found = router().match(action)
        assert found is not None
        assert found.route.pattern is pattern

    holds()


@given(st.text(max_size=100))
def test_any_text_is_an_action_or_none_but_never_an_error(action: str) -> None:
    matched = router().match(action)
    if matched is not None:
        rebuilt = matched.route.pattern.build(**matched.parameters)
        assert rebuilt.lower() == action.lower()


@pytest.mark.parametrize("action", ["rate/Q1/261332/1/5", "rate/Q1/260230/1/5", "rate/Q1/261116/0/5",
                                    "rate/q/261116/1/5", "open/Q1\n", "rate/Q1/２６１１１６/1/5"])  # fmt: skip
def test_what_only_looks_like_an_action_is_none(action: str) -> None:
    assert router().match(action) is None


def test_an_action_that_could_not_be_read_back_is_not_built() -> None:
    with pytest.raises(ValueError, match="not an action"):
        Pattern("open/{desk:desk}").build(desk="no digit")
    with pytest.raises(ValueError, match="takes"):
        Pattern("open/{desk:desk}").build(level=5)


def test_a_desk_code_is_read_in_any_case() -> None:
    assert Pattern("open/{desk:desk}").match("open/q1") == {"desk": "Q1"}
