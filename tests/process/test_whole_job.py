"""The whole job as an operator and citizens do it: import, link, tap, export; on real processes."""

import csv
import io
import re
from pathlib import Path

import httpx
import pytest

from tests.conftest import SECRET
from tests.fakes.telegram import FakeTelegram, User
from tests.process.program import WARM, Program

ROSTER = {
    "units.csv": "code,name,kind,parent_code,pilot\nTD,Thành Đoàn,,,\nC1,Chi đoàn Một,chi đoàn,TD,x\n",
    "people.csv": "code,full_name,unit_code,role,position,email\n"
    "P1,Nguyễn Thị Lan,C1,member,,\nP2,Trần Văn Minh,C1,member,,\n",
    "desks.csv": "code,name,unit_code,multi_agency\nQ1,Quầy 1,C1,\nQ2,Quầy 2,C1,có\n",
    "duties.csv": "desk_code,person_code,from,to\nQ1,P1,2026-01-01,\nQ2,P2,2026-01-01,\n",
}
COLUMNS = [
    "id", "date", "unit_code", "desk_code", "person_code", "level", "reasons", "comment",
    "channel", "status",
]  # fmt: skip


def installed(folder: Path, *, warm: bool = False, **sections: dict[str, object]) -> Program:
    """A configured program with an imported roster."""
    for name, content in ROSTER.items():
        (folder / name).write_text(content, encoding="utf-8")
    settings: dict[str, dict[str, object]] = {
        "database": {"url": f"sqlite:///{folder / 'bot.sqlite'}"},
        "privacy": {"secret": SECRET},
        **sections,
    }
    program = Program(folder, settings, warm=warm)
    program.command("import", *(str(folder / name) for name in ROSTER))
    return program


def exported(program: Program) -> list[dict[str, str]]:
    """The rows `export ratings` prints."""
    printed = program.command("export", "ratings", "--format", "csv", "--output", "-").stdout
    rows = csv.DictReader(io.StringIO(printed.lstrip("\ufeff")))
    assert rows.fieldnames == COLUMNS
    return list(rows)


def rate(person: User, desk: str, label: str) -> None:
    person.send(f"/start q-{desk}")
    person.wait_for("hài lòng ở mức nào", timeout=10)
    person.tap(label)
    person.wait_for("Đã ghi nhận", timeout=10)


@pytest.mark.process
@pytest.mark.parametrize("mode", ["webhook", pytest.param("polling", marks=pytest.mark.everything)])
def test_three_people_at_two_desks_on_telegram(tmp_path: Path, mode: str) -> None:
    with FakeTelegram() as server:
        telegram = {"token": server.token, "api_base": server.api_base, "mode": mode}
        if mode == "webhook":
            telegram["webhook_secret"] = "a-secret-for-webhooks"
        program = installed(tmp_path, telegram=telegram)
        program.start()
        try:
            an, binh, chi = (server.user(100 + n, language_code="vi") for n in range(3))
            rate(an, "Q1", "Rất hài lòng")
            rate(binh, "Q1", "Bình thường")
            rate(chi, "Q2", "Rất không hài lòng")
            assert sorted((r["desk_code"], r["person_code"], r["level"]) for r in exported(program)) == [
                ("Q1", "P1", "3"), ("Q1", "P1", "5"), ("Q2", "P2", "1"),
            ]  # fmt: skip
            an.tap("Đổi mức đánh giá")
            an.wait_for("hài lòng ở mức nào", timeout=10)
            an.tap("Hài lòng")
            an.wait_for("Đã ghi nhận đánh giá: Hài lòng", timeout=10)
            rows = exported(program)
            assert sorted(row["level"] for row in rows) == ["1", "3", "4"]
            assert {row["unit_code"] for row in rows} == {"C1"}
            assert {(row["channel"], row["status"]) for row in rows} == {("telegram", "active")}
            assert server.refusals == []
            ready = httpx.get(f"{program.url}/readyz").json()
            assert ready["doors"]["telegram"] == {"up": True, "why": ""}
            assert program.stop() == 0
        finally:
            if program.process is not None and program.process.poll() is None:
                program.kill()
        assert server.token not in program.log.read_text(encoding="utf-8")


def form(page: str) -> dict[str, str]:
    """The buttons of a page by label, and the token of its form."""
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None
    return {"token": token[1]}


@pytest.mark.process
def test_a_form_without_scripts_or_cookies_stores_one_tap(tmp_path: Path) -> None:
    program = installed(tmp_path, warm=WARM)
    program.start()
    try:
        headers = {"Accept-Language": "vi", "Origin": program.url}
        page = httpx.get(f"{program.url}/q/Q1", headers=headers)
        assert page.status_code == 200
        level = re.search(r'value="(rate/Q1/\d{6}/1/5)"', page.text)
        assert level is not None
        for _ in range(2):  # a reloaded form changes nothing
            answer = httpx.post(
                f"{program.url}/q/Q1", headers=headers, data={**form(page.text), "action": level[1]}
            )
            assert answer.status_code == 200
            assert "Rất hài lòng" in answer.text
        (row,) = exported(program)
        assert (row["desk_code"], row["person_code"], row["level"], row["channel"]) == (
            "Q1", "P1", "5", "web",
        )  # fmt: skip
    finally:
        program.kill()


@pytest.mark.process
def test_a_second_run_on_one_sqlite_file_is_refused_clearly(tmp_path: Path) -> None:
    program = installed(tmp_path, warm=WARM)
    program.start()
    try:
        again = program.command("run", check=False)
        assert again.returncode != 0
        assert "Traceback" not in again.stderr
        assert len(again.stderr.splitlines()) == 1
        assert program.command("tick").returncode == 0
    finally:
        assert program.stop() == 0


@pytest.mark.process
def test_a_taken_port_is_named_and_ends_the_program(tmp_path: Path) -> None:
    program = installed(tmp_path, warm=WARM)
    program.start()
    try:
        (tmp_path / "other").mkdir()
        other = Program(
            tmp_path / "other",
            {
                "database": {"url": f"sqlite:///{tmp_path / 'other' / 'bot.sqlite'}"},
                "privacy": {"secret": SECRET},
            },
            port=program.port,
            warm=WARM,
        )
        ended = other.command("run", check=False)
        assert ended.returncode != 0
        assert str(program.port) in ended.stderr
        assert "Traceback" not in ended.stderr
    finally:
        program.kill()


@pytest.mark.process
def test_a_wrong_token_is_one_clear_line_and_the_web_stays_open(tmp_path: Path) -> None:
    with FakeTelegram() as server:
        wrong = {"token": "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "api_base": server.api_base}
        program = installed(tmp_path, warm=WARM, telegram=wrong)
        program.start()
        try:
            server.wait_until(
                lambda: (
                    not httpx.get(f"{program.url}/readyz").json()["doors"]["telegram"]["up"]
                    and httpx.get(f"{program.url}/readyz").json()["doors"]["telegram"]["why"] != ""
                ),
                timeout=10,
            )
            ready = httpx.get(f"{program.url}/readyz")
            assert ready.status_code == 200
            assert "token" in ready.json()["doors"]["telegram"]["why"]
            assert httpx.get(f"{program.url}/q/Q1").status_code == 200
        finally:
            program.kill()
        log = program.log.read_text(encoding="utf-8")
        assert "AAAAAAAA" not in log
