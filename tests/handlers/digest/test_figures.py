"""A digest's figures agree with what anybody counts by hand in the exports."""

import json
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from handlers.digest.build import as_json, build
from handlers.exports import EXPORTS, Wish
from handlers.texts import Speaker
from handlers.weeks import Week
from tests.handlers.digest.branch import W47, Branch

SAY = Speaker("vi")


@pytest.fixture
def c1(branch: Branch) -> int:
    return branch.unit("C1", "Chi đoàn Sở Nội vụ", ["P1", "P2", "P3"])


def digest_json(branch: Branch, unit: int, week: Week = W47) -> dict[str, Any]:
    found = branch.database.run_now(lambda s: build(s, unit, week, branch.policy))
    written: dict[str, Any] = json.loads(json.dumps(as_json(found)))
    return written


def exported(branch: Branch, what: str, week: Week, unit: str) -> list[dict[str, Any]]:
    def work(session: Any) -> list[dict[str, Any]]:
        table = EXPORTS[what].table(session, Wish(week.first, week.last, unit), SAY)
        names = [column.name for column in table.columns]
        return [dict(zip(names, row, strict=True)) for row in table.rows]

    return branch.database.run_now(work)


def test_the_json_agrees_with_the_exports_counted_by_hand(branch: Branch, c1: int) -> None:
    branch.unit("C2", members=["P9"])
    for offset, level in enumerate((5, 5, 4, 3, 1, 2, 4)):
        day = W47.first + timedelta(days=offset)
        reasons = "high/nd1;high/cm3" if level >= 4 else "low/nd2"
        branch.rated("C1", day, level, reasons=reasons, by="P1")
    branch.rated("C1", W47.first, 5, 5, status="flagged")
    branch.rated("C2", W47.first, 1, 1, 1)
    branch.rated("C1", W47.first - timedelta(days=1), 1)
    branch.rated("C1", W47.last + timedelta(days=1), 1)
    branch.pledged_all_week("C1", "P1", W47)
    branch.pledged("C1", "P2", W47.first, "nd1", "cm1", status="partly")
    branch.pledged("C1", "P2", W47.last, "nd2", status="pledged")
    branch.pledged("C1", "P3", W47.last + timedelta(days=1), "nd2")
    branch.pledged("C2", "P9", W47.first, "nd2", status="not_done")

    found = digest_json(branch, c1)

    rows = [r for r in exported(branch, "ratings", W47, "C1") if r["status"] == "active"]
    levels = Counter(row["level"] for row in rows)
    reasons = Counter(key for row in rows for key in row["reasons"].split(";") if key)
    satisfied = levels[5] + levels[4]
    assert found["ratings"] == {
        "count": len(rows),
        "by_level": {str(level): levels[level] for level in range(1, 6)},
        "satisfied_share": {"value": satisfied / len(rows), "of": len(rows)},
        "average": sum(row["level"] for row in rows) / len(rows),
        "reasons": [
            {"code": code, "count": n}
            for code, n in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
        ],
        "suppressed": False,
    }
    assert (len(rows), satisfied) == (7, 4)
    members = [r for r in exported(branch, "people", W47, "C1") if r["role"] == "member"]
    assert found["pledges"] == {
        "members": len(members),
        "members_with_pledge": 2,
        "pledged": 8,
        "done": 5,
        "partly": 2,
        "not_done": 0,
        "by_axis": {
            "cong_viec": {"pledged": 5, "done": 5, "partly": 0, "not_done": 0},
            "nhan_dan": {"pledged": 2, "done": 0, "partly": 1, "not_done": 0},
            "chinh_minh": {"pledged": 1, "done": 0, "partly": 1, "not_done": 0},
        },
    }
    head = {name: found[name] for name in ("unit", "week", "from", "to", "timezone")}
    assert head == {
        "unit": "C1",
        "week": "2026-W47",
        "from": "2026-11-16",
        "to": "2026-11-22",
        "timezone": "Asia/Ho_Chi_Minh",
    }
    assert list(found) == [
        *("unit", "week", "from", "to", "timezone", "ratings", "pledges"),
        *("changes", "to_thank", "to_ask", "comments"),
    ]


def test_below_k_no_score_is_in_it_anywhere(branch: Branch, c1: int) -> None:
    branch.rated("C1", W47.first, 1, 1, 1, 5, reasons="low/nd4", comments=["Chờ lâu"])
    found = digest_json(branch, c1)
    assert found["ratings"] == {
        "count": 4,
        "by_level": None,
        "satisfied_share": None,
        "average": None,
        "reasons": [],
        "suppressed": True,
    }
    assert (found["changes"], found["comments"]) == ([], [])
    branch.rated("C1", W47.first, 4)
    assert digest_json(branch, c1)["ratings"]["suppressed"] is False


def test_a_week_of_the_year_53_and_the_turn_of_the_year_are_whole(branch: Branch, c1: int) -> None:
    week = Week(2026, 53)
    assert (week.first, week.last) == (date(2026, 12, 28), date(2027, 1, 3))
    branch.rated("C1", date(2026, 12, 31), 5, 5, 5)
    branch.rated("C1", date(2027, 1, 3), 4, 3)
    branch.rated("C1", date(2027, 1, 4), 1)
    found = digest_json(branch, c1, week)
    assert (found["week"], found["ratings"]["count"]) == ("2026-W53", 5)
    assert digest_json(branch, c1, week.after())["week"] == "2027-W01"


def test_a_past_week_is_compared_only_with_weeks_that_have_k_ratings(
    branch: Branch, c1: int
) -> None:
    for ago, levels in ((1, [5] * 20), (2, [1] * 4), (3, [5] * 20), (5, [1] * 30)):
        branch.rated("C1", W47.before(ago).first, *levels)
    branch.rated("C1", W47.first, *[5] * 10, *[1] * 10)
    (change, *_) = digest_json(branch, c1)["changes"]
    assert change == {
        "kind": "satisfied",
        "reason": None,
        "value": 0.5,
        "count": 10,
        "of": 20,
        "before": 1.0,
        "weeks": 2,
        "from": "2026-10-26",
        "to": "2026-11-15",
    }


def test_a_reason_that_rose_and_a_coverage_that_fell_are_changes_and_chance_is_not(
    branch: Branch, c1: int
) -> None:
    for number in range(20):
        branch.stands(f"M{number}", "C1", "member")
    for ago in (1, 2):
        week = W47.before(ago)
        branch.rated("C1", week.first, *[4] * 30)
        for number in range(18):
            branch.pledged("C1", f"M{number}", week.first, "cv1")
    branch.rated("C1", W47.first, *[4] * 19)
    branch.rated("C1", W47.first, *[3] * 1)
    branch.rated("C1", W47.first, *[4] * 8, reasons="low/nd2")
    for number in range(8):
        branch.pledged("C1", f"M{number}", W47.first, "cv1")
    changes = digest_json(branch, c1)["changes"]
    assert [(c["kind"], c["reason"], c["count"], c["of"]) for c in changes] == [
        ("reason", "low/nd2", 8, 28),
        ("pledging", None, 8, 23),
    ]


def test_building_a_year_of_digests_takes_few_statements_each(branch: Branch, c1: int) -> None:
    from sqlalchemy import event

    branch.rated("C1", W47.first, *[5] * 8, comments=["Tốt"])
    branch.pledged_all_week("C1", "P1", W47)
    said: list[str] = []
    engine = branch.database.engine

    def count(_c: object, _cu: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    digest_json(branch, c1)
    event.remove(engine, "before_cursor_execute", count)
    assert len([each for each in said if each.startswith(("SELECT", "WITH"))]) <= 15
