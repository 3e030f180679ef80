"""Who is thanked and who is helped, by what may be shown of them; the pilot beside the others."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.digest.figures import PledgeFigures, RatingFigures
from handlers.rollup.figures import Before, Figures, Node, Ratings
from handlers.rollup.named import pilots_of, to_help, to_thank, wilson


def node(
    number: int,
    *,
    of: tuple[int, int] | None = None,
    members: int = 10,
    people: int = 5,
    parent: int | None = 0,
    pilot: bool = False,
) -> Node:
    """A unit with so many satisfied of so many ratings (None: not shown)."""
    scores = None if of is None else RatingFigures({5: of[0], 4: 0, 3: 0, 2: 0, 1: of[1] - of[0]})
    ratings = Ratings(0 if of is None else of[1], scores)
    axes = {"work": {"done": people}} if people else {}
    own = Figures(
        ratings=ratings,
        pledges=PledgeFigures(axes, people),
        members=members,
        units=int(bool(members or of)),
        active=int(bool(people or of)),
    )
    return Node(
        number, f"U{number:02}", f"Đơn vị {number}", "", parent, pilot, None, (), own, own, Before()
    )


def top(*of: tuple[int, int] | None, share: tuple[int, int] | None = (80, 100)) -> list[Node]:
    """A whole with such a share above units with these ratings."""
    whole = node(0, of=share, members=0, people=0, parent=None)
    whole = replace(whole, all=replace(whole.own, members=100, pledges=PledgeFigures({}, 50)))
    return [whole, *(node(number, of=each) for number, each in enumerate(of, start=1))]


def codes(found: tuple[object, ...]) -> list[str]:
    return [each.node.code for each in found]  # type: ignore[attr-defined]


def test_sixty_happy_citizens_outrank_six() -> None:
    nodes = top((6, 6), (58, 60), (5, 10))
    assert codes(to_thank(nodes)) == ["U02", "U01"]


def test_only_a_unit_clearly_below_the_whole_is_named_for_its_ratings() -> None:
    nodes = top((7, 10), (10, 40), (30, 40))
    assert [(each.node.code, each.because) for each in to_help(nodes, [])] == [("U02", "rated_low")]


def test_a_unit_whose_scores_are_not_shown_is_named_for_its_pledges_alone() -> None:
    nodes = top(None, None, (40, 50))
    nodes[1] = node(1, people=9)
    nodes[2] = node(2, people=1)
    thanked = to_thank(nodes)
    assert [(each.node.code, each.because) for each in thanked] == [
        ("U03", "satisfied"),
        ("U01", "pledging"),
    ]
    helped = to_help(nodes, [each.node.id for each in thanked])
    assert [(each.node.code, each.because) for each in helped] == [("U02", "few_pledging")]


def test_who_is_rated_low_is_not_thanked_however_much_is_pledged() -> None:
    nodes = top((5, 40), None, None)
    nodes[1] = replace(nodes[1], own=replace(nodes[1].own, pledges=PledgeFigures({}, 10)))
    assert "U01" not in codes(to_thank(nodes))
    assert codes(to_help(nodes, []))[0] == "U01"


def test_a_silent_unit_and_one_of_two_people_are_not_told_to_try_harder() -> None:
    nodes = top(None, None, None)
    nodes[1] = node(1, people=0)
    nodes[2] = node(2, members=2, people=1)
    assert nodes[1].silent
    assert codes(to_help(nodes, [])) == []


shares = st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(st.lists(st.tuples(st.none() | shares, st.integers(0, 10)), max_size=12))
def test_at_most_three_and_three_and_none_in_both(
    units: list[tuple[tuple[int, int] | None, int]],
) -> None:
    nodes = top()
    nodes += [
        node(number, of=of if of and of[1] else None, people=people)
        for number, (of, people) in enumerate(units, start=1)
    ]
    thanked = to_thank(nodes)
    helped = to_help(nodes, [each.node.id for each in thanked])
    assert len(thanked) <= 3
    assert len(helped) <= 3
    assert not set(codes(thanked)) & set(codes(helped))
    for each in (*thanked, *helped):
        assert each.because in ("pledging", "few_pledging") or each.node.own.ratings.scores


@given(shares.filter(lambda each: each[1] > 0))
def test_the_true_share_lies_around_the_seen_one(seen: tuple[int, int]) -> None:
    low, high = wilson(*seen)
    assert -1e-9 <= low <= seen[0] / seen[1] + 1e-9
    assert seen[0] / seen[1] - 1e-9 <= high <= 1 + 1e-9


def test_wilsons_bounds_are_the_textbooks() -> None:
    low, high = wilson(9, 10)
    assert (low, high) == (pytest.approx(0.5958, abs=1e-3), pytest.approx(0.9821, abs=1e-3))


def test_the_pilot_stands_beside_the_rest_of_its_parent_only_where_both_are_shown() -> None:
    whole = node(1, of=(80, 100), members=50, people=20)
    pilot = node(2, of=(38, 40), members=10, people=10, parent=1, pilot=True)
    (found,) = pilots_of([whole, pilot])
    assert found.rest is not None
    assert (found.rest.count, found.rest.share) == (60, 42 / 60)
    assert (found.members, found.people) == (40, 10)
    for nodes in (
        [whole, node(2, parent=1, pilot=True)],
        [node(1), pilot],
        [node(1, of=(38, 40)), pilot],
    ):
        assert pilots_of(nodes)[0].rest is None
