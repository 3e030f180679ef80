"""`python -m bot digest` as an operator meets it; nothing is sent, nothing is written."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from sqlmodel import Session, select

from bot.cli import main
from storage.database import Database
from storage.keys import Keys
from storage.tables import Claim, DigestSent, Outbox
from tests.conftest import SECRET, Clock
from tests.handlers.digest.branch import W47, Branch

ROSTER = {
    "units": "code,name,kind,parent_code,pilot\nC1,Chi đoàn Một cửa,,,yes\n",
    "people": "code,full_name,unit_code,role,position,email\n"
    "P1,Nguyễn Văn An,C1,member,,\nP2,Trần Thị Bình,C1,secretary,,\n",
    "desks": "code,name,unit_code,multi_agency\nQ1,Quầy 1,C1,\n",
    "duties": "desk_code,person_code,from,to\n",
}
Out = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _an_office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Out) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOT_OPERATOR__LANGUAGE", "vi")
    monkeypatch.setattr("bot.app.real_clock", lambda: datetime(2026, 11, 23, 1, tzinfo=UTC))
    Path("config.toml").write_text(f'[privacy]\nsecret = "{SECRET}"\n', encoding="utf-8")
    for name, text in ROSTER.items():
        Path(f"{name}.csv").write_text(text, encoding="utf-8")
    _import()
    capsys.readouterr()


def _import() -> None:
    """Weeks before the digests: what is imported holds from that day on."""
    with time_machine.travel(datetime(2026, 10, 5, 2, tzinfo=UTC)):
        assert main(["import", *(f"{name}.csv" for name in ROSTER)]) == 0


@pytest.fixture
def branch() -> Iterator[Branch]:
    store = Database("sqlite:///var/bot.sqlite", Keys(SECRET))
    yield Branch(store, Clock())
    store.close()


def test_the_newest_closed_week_is_printed_as_text(branch: Branch, capsys: Out) -> None:
    branch.rated("C1", W47.first, 5, 5, 5, 5, 1)
    assert main(["digest", "--unit", "C1"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("BẢN TIN TUẦN 47 – Chi đoàn Một cửa\n")
    assert "Người dân hài lòng: 80% (4/5 lượt đánh giá)" in said.out
    assert said.err == ""


def test_json_is_one_object_that_scripts_can_read(branch: Branch, capsys: Out) -> None:
    branch.rated("C1", W47.before().first, 5, 1)
    assert main(["digest", "--unit", "C1", "--week", "2026-W46", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["unit"], found["week"]) == ("C1", "2026-W46")
    assert (found["ratings"]["count"], found["ratings"]["suppressed"]) == (2, True)


def test_html_is_a_page_that_needs_nothing_else(branch: Branch, capsys: Out) -> None:
    branch.rated("C1", W47.first, 5, 5, 5, 5, 1)
    assert main(["digest", "--unit", "C1", "--format", "html"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("<!doctype html>")
    assert 'src="data:image/png;base64,' in page
    assert "http" not in page.split("base64,")[0]


def test_a_week_that_runs_is_shown_as_it_stands_and_said_so(branch: Branch, capsys: Out) -> None:
    branch.rated("C1", W47.after().first, 5)
    assert main(["digest", "--unit", "C1", "--week", "2026-W48", "--format", "json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["ratings"]["count"] == 1
    assert said.err == "Tuần 2026-W48 chưa kết thúc: số liệu còn thay đổi.\n"


def test_a_week_to_come_is_refused(branch: Branch, capsys: Out) -> None:
    del branch
    assert main(["digest", "--unit", "C1", "--week", "2026-W49"]) == 1
    assert capsys.readouterr() == ("", "Tuần 2026-W49 chưa kết thúc.\n")


def test_an_unknown_unit_and_week_are_said(capsys: Out) -> None:
    assert main(["digest", "--unit", "C9"]) == 1
    assert "Không có đơn vị nào mang mã C9." in capsys.readouterr().err
    assert main(["digest", "--unit", "C1", "--week", "2025-W53"]) == 2
    assert "Không có tuần 2025-W53." in capsys.readouterr().err


def test_nothing_is_sent_or_written(branch: Branch) -> None:
    assert main(["digest", "--unit", "C1"]) == 0

    def left(session: Session) -> int:
        return sum(len(session.exec(select(t)).all()) for t in (Claim, DigestSent, Outbox))

    assert branch.database.run_now(left) == 0


@pytest.fixture
def above(capsys: Out) -> None:
    """D above C1, and C2 beside it."""
    Path("units.csv").write_text(
        "code,name,kind,parent_code,pilot\nD,Đoàn phường Sông Trăng,,,\n"
        "C1,Chi đoàn Một cửa,,D,yes\nC2,Chi đoàn Văn phòng,,D,\n",
        encoding="utf-8",
    )
    Path("desks.csv").write_text(
        "code,name,unit_code,multi_agency\nQ1,Quầy 1,C1,\nQ2,Quầy 2,C2,\n", encoding="utf-8"
    )
    _import()
    capsys.readouterr()


@pytest.mark.usefixtures("above")
def test_a_unit_with_units_below_prints_all_of_them_together(branch: Branch, capsys: Out) -> None:
    branch.rated("C1", W47.first, 5, 5, 5, 5, 1)
    branch.rated("C2", W47.first, 5, 5, 5, 5, 5)
    assert main(["digest", "--unit", "D"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("BẢN TIN TUẦN 47 – Đoàn phường Sông Trăng\n")
    assert "Người dân hài lòng: 90% (9/10 lượt đánh giá)" in said.out
    assert "Bốn mặt phong trào" in said.out
    assert said.err == ""
    assert main(["digest", "--unit", "D", "--format", "html"]) == 0
    page = capsys.readouterr().out
    assert 'src="data:image/png;base64,' in page
    assert "không phải điểm chính thức" in page


@pytest.mark.usefixtures("above")
def test_its_json_is_a_digest_of_them_all_with_a_row_for_each(branch: Branch, capsys: Out) -> None:
    branch.rated("C1", W47.first, 5, 5, 5, 5, 1)
    branch.rated("C2", W47.first, 5, 5)
    assert main(["digest", "--unit", "D", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["ratings"]["count"], found["ratings"]["suppressed"]) == (7, False)
    assert (found["comments"], found["own"]) == ([], None)
    rows = {each["unit"]: each["ratings"] for each in found["roll_up"]["units"]}
    assert [rows[code]["count"] for code in ("D", "C1", "C2")] == [0, 5, 2]
    assert rows["C1"]["satisfied_share"] is None  # with it, the two of C2 could be worked out
    assert rows["C2"]["satisfied_share"] is None
    assert set(found["roll_up"]) == {
        *("coverage", "units", "to_thank", "to_help", "silent", "pilot", "scorecard"),
    }
    assert main(["digest", "--unit", "C1", "--format", "json"]) == 0
    alone = json.loads(capsys.readouterr().out)
    assert "roll_up" not in alone
    assert alone["ratings"]["satisfied_share"] == {"value": 0.8, "of": 5}
