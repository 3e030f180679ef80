"""No small group of ratings can be computed from what is shown, however cells are combined."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.rollup.suppression import Shown, shown_cells
from tests.handlers.rollup.attacker import found_out


@dataclass(frozen=True)
class Organisation:
    """Units 0, 1, 2, … with the parent of each (an earlier one) and its own ratings."""

    parents: Mapping[int, int | None]
    counts: Mapping[int, int]

    def under(self, unit: int) -> set[int]:
        found = {unit}
        for each, parent in self.parents.items():
            if parent in found:
                found.add(each)
        return found

    def leaf(self, unit: int) -> bool:
        return unit not in self.parents.values()

    def total(self, unit: int) -> int:
        return sum(self.counts[each] for each in self.under(unit))

    def published(self, shown: Shown) -> list[set[int]]:
        return [*({unit} for unit in shown.own), *(self.under(unit) for unit in shown.all)]


@st.composite
def organisations(draw: st.DrawFn, most: int = 14) -> Organisation:
    """One or two tops, units up to four levels below each other, 0 to 12 ratings each."""
    parents: dict[int, int | None] = {0: None}
    depth = {0: 0}
    for unit in range(1, draw(st.integers(1, most))):
        possible = [each for each in depth if depth[each] < 4]
        parent = draw(st.sampled_from([*possible, *possible, *possible, None]))
        parents[unit] = parent
        depth[unit] = 0 if parent is None else depth[parent] + 1
    counts = {unit: draw(st.integers(0, 12) | st.just(0) | st.integers(1, 4)) for unit in parents}
    return Organisation(parents, counts)


ks = st.integers(1, 6)


@settings(max_examples=300)
@given(organisations(), ks, st.data())
@example(Organisation({0: None, 1: 0, 2: 0}, {0: 0, 1: 8, 2: 3}), 5, None)
@example(Organisation({0: None, 1: 0, 2: 1}, {0: 0, 1: 0, 2: 3}), 5, None)
def test_nothing_about_fewer_than_k_ratings_can_be_computed(
    organisation: Organisation, k: int, data: st.DataObject | None
) -> None:
    fixed: set[int] = set()
    if data is not None:
        fixed = data.draw(st.sets(st.sampled_from(sorted(organisation.parents))))
    shown = shown_cells(organisation.counts, organisation.parents, k, fixed)
    # The digests of these units go to people who read the roll-up too, whatever it shows.
    digests = [
        {unit}
        for unit, n in organisation.counts.items()
        if n >= k and (unit in fixed or not organisation.leaf(unit))
    ]
    published = [*organisation.published(shown), *digests]
    assert found_out(organisation.counts, published, k) is None


@given(organisations(), ks)
def test_nothing_with_fewer_than_k_ratings_is_shown(organisation: Organisation, k: int) -> None:
    shown = shown_cells(organisation.counts, organisation.parents, k)
    for unit in organisation.parents:
        assert unit not in shown.own or organisation.counts[unit] >= k
        assert unit not in shown.all or organisation.total(unit) >= max(k, 1)
        if organisation.leaf(unit):
            assert (unit in shown.own) == (unit in shown.all)


@given(organisations(), ks)
def test_everything_is_shown_where_no_unit_has_too_few(organisation: Organisation, k: int) -> None:
    counts = {unit: n if n >= k else 0 for unit, n in organisation.counts.items()}
    shown = shown_cells(counts, organisation.parents, k)
    assert shown.own == {unit for unit, n in counts.items() if n}
    emptied = Organisation(organisation.parents, counts)
    assert shown.all == {unit for unit in counts if emptied.total(unit)}


@given(organisations(), ks)
def test_showing_one_hidden_cell_more_would_mostly_give_a_group_away(
    organisation: Organisation, k: int
) -> None:
    """As little is hidden as there must be: of a unit with one small part, one more at most."""
    shown = shown_cells(organisation.counts, organisation.parents, k)
    hidden = [
        unit
        for unit, n in organisation.counts.items()
        if organisation.leaf(unit) and n >= k and unit not in shown.own
    ]
    inner = [unit for unit in organisation.parents if not organisation.leaf(unit)]
    assert len(hidden) <= len(inner)


CASES = [
    # name, parents, counts, k, shown alone, shown together
    ("one too small hides its smallest sibling", (None, 0, 0, 0), (0, 3, 9, 6), 5, {2}, {0, 2}),
    ("two too small protect each other", (None, 0, 0, 0), (0, 3, 3, 6), 5, {3}, {0, 3}),
    ("a part without ratings protects nothing", (None, 0, 0, 0), (0, 3, 0, 6), 5, set(), {0}),
    ("with nothing to hide the parent is hidden", (None, 0), (8, 3), 5, {0}, set()),
    ("one small unit alone hides the whole", (None, 0), (0, 3), 5, set(), set()),
    ("a hidden inner unit is not given away by its parts",
     (None, 0, 0, 2, 2), (0, 3, 0, 7, 8), 5, {4}, {0, 4}),
    ("k of one shows everything", (None, 0, 0), (0, 1, 2), 1, {1, 2}, {0, 1, 2}),
    ("an only child is its parent", (None, 0), (0, 7), 5, {1}, {0, 1}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("parents", "counts", "k", "own", "together"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_what_is_shown_of_small_organisations(
    parents: tuple[int | None, ...],
    counts: tuple[int, ...],
    k: int,
    own: set[int],
    together: set[int],
) -> None:
    shown = shown_cells(dict(enumerate(counts)), dict(enumerate(parents)), k)
    assert (shown.own, shown.all) == (own, together)


def test_who_leads_two_units_cannot_set_one_digest_against_the_other() -> None:
    parents, counts = {0: None, 1: 0, 2: 0, 3: 0}, {0: 0, 1: 3, 2: 6, 3: 9}
    assert shown_cells(counts, parents, 5).all == {0, 3}
    assert shown_cells(counts, parents, 5, fixed={2}).all == {0, 2}


def test_the_attacker_finds_what_is_to_be_found() -> None:
    counts = {1: 3, 2: 6, 3: 9}
    assert found_out(counts, [{1, 2, 3}, {2}, {3}], 5) == {1}
    assert found_out(counts, [{1, 2, 3}, {3}], 5) is None
    assert found_out(counts, [{1, 2}, {1, 3}, {2, 3}], 5) == {1}
    assert found_out(counts, [{1, 2}, {2, 3}], 5) is None
    assert found_out({1: 2, 2: 2, 3: 9, 4: 9}, [{1, 3}, {2, 3}], 5) == {1, 2}
