"""The figures of a tree: sums of its units, as they stood then, by a fixed number of statements."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from handlers.digest.build import as_json as digest_json
from handlers.digest.build import build
from handlers.documents.spreadsheets import write_csv
from handlers.exports import EXPORTS, Wish
from handlers.rollup.build import build_rollup
from handlers.rollup.json_form import as_json
from handlers.texts import Speaker
from handlers.weeks import Week
from storage.queries.comments import set_answer
from storage.queries.past import below, end_membership, units_then
from storage.queries.rollup import has_below
from storage.tables import Answer, Desk, Membership, Rating, Unit
from tests.handlers.digest.branch import W47
from tests.handlers.rollup.province import Province, furnish, live


@pytest.fixture
def ids(province: Province) -> dict[str, int]:
    found = furnish(province)
    live(province, W47.before())
    live(province)
    return found


def exported(province: Province, what: str, unit: str) -> list[dict[str, str]]:
    """The rows of a real export, as a spreadsheet program reads them."""
    wish = Wish(since=W47.first, until=W47.last, unit=unit)
    say = Speaker("vi", citizen="Ông/Bà")

    def work(session: Session) -> bytes:
        written = io.BytesIO()
        write_csv(EXPORTS[what].table(session, wish, say), written)
        return written.getvalue()

    text = province.database.run_now(work).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def shown(ratings: list[dict[str, str]]) -> dict[str, Any]:
    """What the JSON says of these exported ratings."""
    levels = Counter(row["level"] for row in ratings)
    n = len(ratings)
    satisfied = levels["4"] + levels["5"]
    return {
        "count": n,
        "by_level": {str(level): levels[str(level)] for level in range(1, 6)},
        "satisfied_share": {"value": satisfied / n, "of": n},
        "average": sum(int(row["level"]) for row in ratings) / n,
        "suppressed": False,
    }


@pytest.mark.parametrize("top", ["TD", "DP", "CQ"])
@pytest.mark.parametrize("k", [1, 5])
def test_the_roll_up_is_the_sum_of_its_units_counted_from_the_exports(
    province: Province, ids: dict[str, int], top: str, k: int
) -> None:
    province.rated("C1", W47.last, 2, status="flagged")
    found = json.loads(json.dumps(as_json(province.rollup(ids[top], k=k))))
    rows = [row for row in exported(province, "ratings", top) if row["status"] == "active"]
    pledges = exported(province, "pledges", top)
    units = found["roll_up"]["units"]
    codes = {each["unit"] for each in units}
    assert {row["unit_code"] for row in [*rows, *pledges]} <= codes
    for each in units:
        mine = [row for row in rows if row["unit_code"] == each["unit"]]
        assert each["ratings"]["count"] == len(mine)
        if not each["ratings"]["suppressed"]:
            assert each["ratings"] == shown(mine)
        elif k == 1:
            assert not mine
        said = [row for row in pledges if row["unit_code"] == each["unit"]]
        assert each["pledges"]["pledged"] == len(said)
        for status in ("done", "partly", "not_done"):
            assert each["pledges"][status] == sum(row["status"] == status for row in said)
        assert each["pledges"]["members_with_pledge"] == len({r["person_code"] for r in said})
    whole = dict(found["ratings"])
    reasons = Counter(key for row in rows for key in row["reasons"].split(";") if key)
    assert whole.pop("reasons") == [
        {"code": code, "count": n}
        for code, n in sorted(reasons.items(), key=lambda r: (-r[1], r[0]))
    ]
    assert whole == shown(rows)
    for name in ("pledged", "done", "partly", "not_done", "members", "members_with_pledge"):
        assert found["pledges"][name] == sum(each["pledges"][name] for each in units)
    assert found["ratings"]["count"] == sum(each["ratings"]["count"] for each in units)
    coverage = found["roll_up"]["coverage"]
    assert coverage["members"] == sum(each["members"] for each in units)


def test_every_unit_has_the_figures_of_its_own_digest(
    province: Province, ids: dict[str, int]
) -> None:
    policy = replace(province.policy, k=1)
    found = as_json(province.rollup(ids["TD"], k=1))
    for each in found["roll_up"]["units"]:
        digest = province.database.run_now(
            lambda s, unit=each["unit"]: digest_json(build(s, ids[unit], W47, policy))
        )
        assert each["pledges"] == digest["pledges"]
        if digest["ratings"]["count"]:
            assert each["ratings"] == {k: v for k, v in digest["ratings"].items() if k != "reasons"}


def test_json_has_every_key_of_a_digest(province: Province, ids: dict[str, int]) -> None:
    digest = province.database.run_now(
        lambda s: digest_json(build(s, ids["TD"], W47, province.policy))
    )
    found = as_json(province.rollup(ids["TD"]))
    assert [key for key in found if key not in ("roll_up", "own")] == list(digest)
    for part in ("ratings", "pledges"):
        assert found[part].keys() == digest[part].keys()


def test_few_ratings_are_hidden_with_what_would_give_them_away(
    province: Province, ids: dict[str, int]
) -> None:
    found = as_json(province.rollup(ids["TD"]))
    hidden = {
        each["unit"]: each["ratings"]["count"]
        for each in found["roll_up"]["units"]
        if each["ratings"]["suppressed"] and each["ratings"]["count"]
    }
    assert hidden == {"C2": 3, "C3": 7}
    assert not found["ratings"]["suppressed"]


def test_a_part_below_shows_the_same_cells_as_the_whole(
    province: Province, ids: dict[str, int]
) -> None:
    whole = {node.code: node for node in province.rollup(ids["TD"]).nodes}
    for top in ids.values():
        for node in province.rollup(top).nodes:
            mine = replace(node.all.ratings, scores=None)
            assert mine == replace(whole[node.code].all.ratings, scores=None)
            for cell, other in (
                (node.all.ratings.scores, whole[node.code].all.ratings.scores),
                (node.own.ratings.scores, whole[node.code].own.ratings.scores),
            ):
                assert (cell and cell.by_level) == (other and other.by_level)


def test_a_week_that_is_over_stays_as_it_was_when_units_move_and_people_leave(
    province: Province, ids: dict[str, int]
) -> None:
    before = as_json(province.rollup(ids["TD"]))
    monday = W47.after().first
    province.moves("C1", "CQ", monday)

    def leaves(session: Session) -> None:
        role = session.exec(select(Membership).where(Membership.unit_id == ids["C1"])).first()
        assert role is not None
        end_membership(session, role, monday)

    province.database.run_now(leaves)
    assert as_json(province.rollup(ids["TD"])) == before
    live(province, W47.after())
    after = {n.code: n for n in province.rollup(ids["TD"], W47.after()).nodes}
    assert after["C1"].parent_id == ids["CQ"]
    assert (after["CQ"].all.ratings.count, after["DP"].all.ratings.count) == (24, 10)
    assert after["C1"].own.members == 3


def test_a_unit_that_closed_in_the_week_counts_with_what_it_had(
    province: Province, ids: dict[str, int]
) -> None:
    def closes(session: Session) -> None:
        unit = session.get_one(Unit, ids["C4"])
        unit.until = W47.first + timedelta(days=2)
        session.add(unit)

    province.database.run_now(closes)
    found = province.rollup(ids["TD"])
    (closed,) = [each for each in found.nodes if each.code == "C4"]
    assert (closed.until, closed.own.ratings.count) == (W47.first + timedelta(days=2), 12)
    assert found.top.all.ratings.count == 34
    later = province.rollup(ids["TD"], W47.after())
    assert "C4" not in [each.code for each in later.nodes]


def test_any_days_can_be_rolled_up_and_compared(province: Province, ids: dict[str, int]) -> None:
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    found = province.database.run_now(
        lambda s: build_rollup(
            s,
            ids["TD"],
            first,
            last,
            province.policy,
            before=(date(2026, 10, 1), date(2026, 10, 31)),
        )
    )
    assert found.top.all.ratings.count == 68
    assert found.top.before.ratings.count == 0
    assert found.changes == ()


def test_a_change_of_the_whole_is_told_with_the_days_it_is_held_against(
    province: Province, ids: dict[str, int]
) -> None:
    province.forgets_ratings()
    province.rated("C1", W47.before().first, *[5] * 60)
    province.rated("C1", W47.first, *[2] * 60, reasons="low/nd2")
    changes = province.rollup(ids["TD"]).changes
    assert changes[0].kind == "satisfied"
    assert (changes[0].before.since, changes[0].before.until) == (
        date(2026, 11, 9),
        date(2026, 11, 15),
    )


def test_a_unit_that_was_not_there_yet_has_nothing_to_tell(province: Province) -> None:
    unit = province.under(None, "C9", "Chi đoàn mới", ["P1"])

    def begins(session: Session) -> None:
        row = session.get_one(Unit, unit)
        row.since = W47.after().first
        session.add(row)

    province.database.run_now(begins)
    assert province.rollup(unit).empty


@contextmanager
def statements(province: Province) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    from sqlalchemy.engine import Engine

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_the_number_of_statements_does_not_grow_with_the_units(province: Province) -> None:
    ids = furnish(province)
    live(province)
    with statements(province) as few:
        province.rollup(ids["TD"])
    for number in range(20):
        province.under("CQ", f"K{number}", members=[f"M{number}"])
        province.rated(f"K{number}", W47.first, 5, 4, 1)
    with statements(province) as many:
        province.rollup(ids["TD"])
    asked = [each for each in many if each.startswith(("SELECT", "WITH"))]
    assert len(many) == len(few)
    assert len(asked) <= 20


def test_who_has_units_below_is_asked_of_the_days_in_question(
    province: Province, ids: dict[str, int]
) -> None:
    monday = W47.after().first
    for code in ("C4", "C5"):
        province.moves(code, "DP", monday)
    for week, expected in ((W47, {"TD", "DP", "CQ"}), (W47.after(), {"TD", "DP"})):

        def leading(session: Session, week: Week = week) -> set[str]:
            days = week.first, week.last
            then = units_then(session, *days)
            found = {code for code, unit in ids.items() if has_below(session, unit, *days)}
            assert found == {code for code, unit in ids.items() if len(below(then, unit)) > 1}
            return found

        assert province.database.run_now(leading) == expected


def test_a_unit_whose_secretary_reads_the_roll_up_too_protects_nobody(
    province: Province, ids: dict[str, int]
) -> None:
    def hidden() -> set[str]:
        nodes = province.rollup(ids["TD"]).nodes
        return {n.code for n in nodes if n.own.ratings.count and n.own.ratings.scores is None}

    assert hidden() == {"C2", "C3"}
    for unit in ("TD", "C3"):  # its own digest shows the 7 of C3 to somebody who knows the whole
        province.stands("B1", unit, "secretary")
    assert hidden() == {"C1", "C2"}


def test_people_count_where_they_stand_and_who_has_a_chat_has_joined(
    province: Province, ids: dict[str, int]
) -> None:
    province.stands("B4", "C4", "secretary")
    province.stands("B5", "C5", "secretary")
    for code in ("P10", "P11", "B4"):
        province.link(code, f"chat-{code}")
    province.link("P10", "other-P10")
    top = province.rollup(ids["TD"]).top.all
    assert (top.members, top.joined) == (22, 2)
    assert (top.secretaries, top.secretaries_joined, top.led) == (2, 1, 1)


def test_a_desk_that_moves_changes_no_week_before(province: Province, ids: dict[str, int]) -> None:
    province.rated("CQ", W47.first, 5)  # CQ has no members: what it is known by is this

    def move(session: Session) -> None:
        for desk in session.exec(select(Desk)):
            desk.unit_id = ids["C1"]
            session.add(desk)

    before = province.rollup(ids["TD"])
    earlier = province.rollup(ids["TD"], W47.before())
    province.database.run_now(move)
    assert province.rollup(ids["TD"]) == before
    assert province.rollup(ids["TD"], W47.before()) == earlier
    assert earlier.node(ids["CQ"]) is not None
    assert not earlier.node(ids["CQ"]).works  # type: ignore[union-attr]


def test_who_joins_later_changes_no_week_before(province: Province, ids: dict[str, int]) -> None:
    province.link("P10", "chat-P10", since=W47.last + timedelta(days=1))
    assert province.rollup(ids["TD"]).top.all.joined == 0
    assert province.rollup(ids["TD"], W47.after()).top.all.joined == 1


def test_comments_count_as_answered_once_somebody_answered(
    province: Province, ids: dict[str, int]
) -> None:
    province.rated("C1", W47.first, 5, 4, 3, comments=["Một", "Hai", "Ba"])

    def answers(session: Session) -> None:
        said = session.exec(select(Rating).where(Rating.comment != None)).all()  # noqa: E711
        set_answer(session, said[0].id, "Xin cảm ơn", W47.last)
        session.add(Answer(rating_id=said[1].id, hidden="insult", day=W47.last))

    province.database.run_now(answers)
    top = province.rollup(ids["TD"]).top.all
    assert (top.comments, top.answered) == (2, 1)
