"""A week of members and secretaries on real processes: invite, join, pledge, check in, the digest."""

import csv
import io
import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import SECRET
from tests.fakes.telegram import FakeTelegram, User
from tests.process.program import WARM, Program
from tests.process.test_whole_job import rate

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
ROSTER = {
    "units.csv": "code,name,kind,parent_code,pilot\nTD,Thành Đoàn,,,\n"
    "C1,Chi đoàn Một,chi đoàn,TD,x\nC2,Chi đoàn Hai,chi đoàn,TD,\n",
    "people.csv": "code,full_name,unit_code,role,position,email\n"
    "P1,Nguyễn Thị Lan,C1,member,,\nP2,Trần Văn Minh,C1,member,,\nP3,Lê Thị Hoa,C2,member,,\n"
    "S1,Phạm Văn Sáu,C1,secretary,,\nS2,Đỗ Thị Bảy,C1,secretary,,\nS3,Võ Thị Tám,C2,secretary,,\n",
    "desks.csv": "code,name,unit_code,multi_agency\nQ1,Quầy 1,C1,\nQ2,Quầy 2,C2,\n",
    "duties.csv": "desk_code,person_code,from,to\nQ1,P1,2026-01-01,\nQ2,P3,2026-01-01,\n",
}
LEVELS = {"Rất hài lòng": 5, "Hài lòng": 4, "Bình thường": 3}
WITHIN_S = 15.0


@pytest.fixture
def program(tmp_path: Path, server: FakeTelegram) -> Program:
    for name, content in ROSTER.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    installed = Program(
        tmp_path,
        {
            "database": {"url": f"sqlite:///{tmp_path / 'bot.sqlite'}"},
            "privacy": {"secret": SECRET},
            "telegram": {"token": server.token, "api_base": server.api_base},
        },
        warm=WARM,
    )
    installed.command("import", *(str(tmp_path / name) for name in ROSTER))
    return installed


def invited(program: Program, unit: str, role: str, person: str) -> str:
    """The token of the one link that the operator gets on standard output."""
    printed = program.command("invite", "--unit", unit, "--role", role, "--person", person).stdout
    (link,) = printed.split()
    return link.rpartition("/i/")[2]


def join(program: Program, who: User, unit: str, role: str, person: str) -> str:
    """Come by an invitation and confirm, which is the first button; the token."""
    token = invited(program, unit, role, person)
    who.send(f"/start i-{token}")
    who.wait_for("mời bạn tham gia", timeout=WITHIN_S)
    who.tap(who.buttons()[0])
    who.wait_for("Bạn đã tham gia", timeout=WITHIN_S)
    return token


def pledge_and_report(who: User, axis: str, item: str, outcome: str) -> None:
    who.send("/camket")
    who.wait_for(lambda m: any(axis in label for label in m.labels), timeout=WITHIN_S)
    who.tap(axis)
    who.wait_for(lambda m: any(item in label for label in m.labels), timeout=WITHIN_S)
    who.tap(item)
    who.wait_for("Đã chọn 1/3", timeout=WITHIN_S)
    who.send("/baocao")
    who.wait_for("hôm nay thế nào?", timeout=WITHIN_S)
    who.tap(outcome)
    who.wait_for("ghi chú", timeout=WITHIN_S)


def digests(who: User, week: int) -> list[str]:
    """The messages of a chat that carry the heading of that week's digest."""
    return [m.text for m in who.messages() if f"BẢN TIN TUẦN {week}" in m.text]


def exported(program: Program, what: str) -> list[dict[str, str]]:
    printed = program.command("export", what, "--format", "csv", "--output", "-").stdout
    return list(csv.DictReader(io.StringIO(printed.lstrip("\ufeff"))))


def digest_json(program: Program, unit: str, week: str) -> dict[str, Any]:
    printed = program.command("digest", "--unit", unit, "--week", week, "--format", "json").stdout
    found: dict[str, Any] = json.loads(printed)
    return found


@pytest.fixture
def server() -> Any:
    with FakeTelegram() as fake:
        yield fake


@pytest.mark.process
def test_from_the_invitation_to_exactly_one_digest_for_each_secretary(
    program: Program, server: FakeTelegram
) -> None:
    today = datetime.now(HERE).date()
    week = today.isocalendar().week
    written = f"{today.isocalendar().year}-W{week:02d}"
    monday = today + timedelta(days=7 - today.weekday())
    at = f"{monday}T08:00"
    names = ("Lan", "Minh", "Hoa", "Sáu", "Bảy", "Tám")
    lan, minh, hoa, sau, bay, tam = (
        server.user(2001 + n, first_name=name) for n, name in enumerate(names)
    )
    program.start()
    try:
        used = join(program, sau, "C1", "secretary", "S1")
        join(program, bay, "C1", "secretary", "S2")
        join(program, tam, "C2", "secretary", "S3")
        for who, unit, code in ((lan, "C1", "P1"), (minh, "C1", "P2"), (hoa, "C2", "P3")):
            join(program, who, unit, "member", code)
        thief = server.user(2666, first_name="Kẻ")
        thief.send(f"/start i-{used}")
        thief.wait_for("đã được dùng", timeout=WITHIN_S)

        pledge_and_report(lan, "Trách nhiệm với công việc", "Hoàn thành tốt việc", "Đã làm")
        pledge_and_report(minh, "Trách nhiệm với nhân dân", "ân cần", "Được một phần")
        given = ["Rất hài lòng", "Rất hài lòng", "Hài lòng", "Hài lòng", "Bình thường"]
        for number, label in enumerate(given):
            rate(server.user(3000 + number), "Q1", label)
        rate(server.user(3100), "Q2", "Rất hài lòng")

        for _ in range(2):  # the second tick finds nothing to do
            assert program.command("tick", "--now", at).returncode == 0
        for secretary in (sau, bay, tam):
            secretary.wait_for(f"BẢN TIN TUẦN {week}", timeout=WITHIN_S)
        assert program.stop() == 0
        assert program.command("tick", "--now", at).returncode == 0  # nor a third, on its own
    finally:
        if program.process is not None and program.process.poll() is None:
            program.kill()

    assert {len(digests(each, week)) for each in (sau, bay, tam)} == {1}
    assert {len(digests(each, week)) for each in (lan, minh, hoa, thief)} == {0}
    assert "Chi đoàn Một" in digests(sau, week)[0]
    assert "Chưa đủ 5 lượt đánh giá" in digests(tam, week)[0]
    assert server.refusals == []

    told = digest_json(program, "C1", written)
    ratings = [row for row in exported(program, "ratings") if row["unit_code"] == "C1"]
    levels = Counter(row["level"] for row in ratings)
    assert levels == Counter(str(LEVELS[label]) for label in given)
    assert told["ratings"]["count"] == len(ratings) == 5
    assert told["ratings"]["by_level"] == {str(n): levels[str(n)] for n in range(1, 6)}
    assert told["ratings"]["satisfied_share"] == {"value": 4 / 5, "of": 5}
    assert told["ratings"]["average"] == pytest.approx((5 + 5 + 4 + 4 + 3) / 5)
    pledges = [row for row in exported(program, "pledges") if row["unit_code"] == "C1"]
    assert sorted((row["person_code"], row["status"]) for row in pledges) == [
        ("P1", "done"), ("P2", "partly"),
    ]  # fmt: skip
    assert told["pledges"]["members"] == 2
    assert told["pledges"]["members_with_pledge"] == 2
    counted = [told["pledges"][status] for status in ("pledged", "done", "partly", "not_done")]
    assert counted[1:] == [1, 1, 0]

    below = digest_json(program, "C2", written)
    assert below["ratings"]["suppressed"] is True
    assert below["ratings"]["count"] == 1
    assert {below["ratings"][score] for score in ("by_level", "satisfied_share", "average")} == {
        None
    }


@pytest.mark.process
def test_a_members_forged_action_on_a_secretarys_route_is_refused_and_logged(
    program: Program, server: FakeTelegram
) -> None:
    lan = server.user(2001, first_name="Lan")
    program.start()
    try:
        join(program, lan, "C1", "member", "P1")
        for forged in ("digest", "invites"):
            before = len(lan.messages())
            lan.tap_data(forged)
            server.wait_until(lambda n=before: len(lan.messages()) > n, timeout=WITHIN_S)
            assert "BẢN TIN" not in lan.see()
        assert program.stop() == 0
    finally:
        if program.process is not None and program.process.poll() is None:
            program.kill()
    refused = [
        line for line in program.log.read_text(encoding="utf-8").splitlines() if "refused" in line
    ]
    assert len(refused) >= 2
    assert "2001" not in "".join(refused)
