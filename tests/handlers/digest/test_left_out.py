"""What is kept but not counted is told as one number wherever scores are, and never what it says."""

import json
from datetime import timedelta

import pytest
from sqlmodel import Session

from handlers.digest.build import as_json, build
from handlers.digest.chart import chart, sheet
from handlers.digest.figures import Digest
from handlers.digest.text import parts, plain
from handlers.texts import Speaker
from tests.handlers.digest.branch import W47, Branch

SAY = Speaker("vi", citizen="Ông/Bà")
TOLD = "lượt không tính vào điểm (đến dồn dập, cùng một thiết bị hoặc thiết bị của cơ quan)"


@pytest.fixture
def c1(branch: Branch) -> int:
    return branch.unit("C1", "Chi đoàn Sở Nội vụ", ["P1", "P2", "P3"])


def digest(branch: Branch, unit: int) -> Digest:
    def work(session: Session) -> Digest:
        return build(session, unit, W47, branch.policy)

    return branch.database.run_now(work)


def read(branch: Branch, unit: int) -> str:
    return plain(parts(digest(branch, unit), SAY))


def test_a_digest_tells_how_many_and_its_scores_leave_them_out(branch: Branch, c1: int) -> None:
    branch.rated("C1", W47.first, *[5] * 6)
    branch.rated("C1", W47.last, 1, 1, 1, comments=["Phá cho vui"], status="flagged")
    branch.rated("C1", W47.last + timedelta(days=1), 1, status="flagged")
    branch.rated("C1", W47.first - timedelta(days=1), 1, status="flagged")
    said = read(branch, c1)
    assert f"3 {TOLD}" in said
    assert "Phá cho vui" not in said
    ratings = as_json(digest(branch, c1))["ratings"]
    assert (ratings["count"], ratings["average"], ratings["by_level"]["1"]) == (6, 5.0, 0)


def test_without_any_nothing_is_said(branch: Branch, c1: int) -> None:
    branch.rated("C1", W47.first, *[5] * 6)
    assert "không tính vào điểm" not in read(branch, c1)


def test_below_k_and_in_a_week_of_nothing_else_they_are_told_too(branch: Branch, c1: int) -> None:
    branch.rated("C1", W47.first, 1, 1, status="flagged")
    assert f"2 {TOLD}" in read(branch, c1)
    branch.rated("C1", W47.first, 5, 5)
    said = read(branch, c1)
    assert f"2 {TOLD}" in said
    assert "Chưa đủ 5 lượt đánh giá" in said


def test_whatever_they_say_the_digest_reads_the_same(branch: Branch, c1: int) -> None:
    """Nobody can work out a level that was left out: other levels, the same words."""
    c2 = branch.unit("C2", "Chi đoàn Sở Nội vụ", ["P4", "P5", "P6"])
    for unit, level in (("C1", 1), ("C2", 5)):
        branch.rated(unit, W47.first, 5, 4, 4, 3, 2)
        branch.rated(unit, W47.first, level, status="flagged")
    one, other = (as_json(digest(branch, each)) for each in (c1, c2))
    assert json.dumps(one).replace("C1", "C2") == json.dumps(other)
    assert read(branch, c1) == read(branch, c2)


def test_the_picture_and_the_workbook_tell_them_too(branch: Branch, c1: int) -> None:
    assert chart(digest(branch, c1), SAY).data["left_out"] == ""
    branch.rated("C1", W47.first, *[5] * 6)
    branch.rated("C1", W47.last, 1, 1, 1, status="flagged")
    branch.rated("C1", W47.before().last, 1, status="flagged")
    found = digest(branch, c1)
    assert f"3 {TOLD}" in chart(found, SAY).data["left_out"]
    weeks = sheet(found, SAY).data["sheets"][0]
    place = weeks["columns"].index("Lượt không tính vào điểm")
    assert [row[place] for row in weeks["rows"]] == [0, 0, 0, 1, 3]
