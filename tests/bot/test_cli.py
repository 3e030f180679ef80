"""The command line as an operator meets it."""

import csv
import errno
import io
import os
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlmodel import Session, select

from bot.cli import VERSION, main
from bot.config import Settings, load
from bot.lock_holders import AdvisoryLock
from bot.locks import AlreadyRunning, RunLock, conninfo
from bot.parts import EVERYTHING
from handlers.staff_link import read_staff_payload, staff_token
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.queries.mark import mark_or_check
from storage.schema import newest, upgrade
from storage.tables import Desk, Rating

ROOT = Path(__file__).parents[2]
SECRET = "a secret for the tests, long enough to be one"
COMMANDS = [
    "run",
    "doctor",
    "import",
    "invite",
    "qr",
    "export",
    "digest",
    "tick",
    "backup",
    "restore",
    "migrate",
]
ROSTER = {
    "units": "code,name,kind,parent_code,pilot\nT,Tỉnh Đoàn,,,\nC1,Chi đoàn Một cửa,,T,yes\n",
    "people": "code,full_name,unit_code,role,position,email\n"
    "P1,Nguyễn Văn An,C1,member,,\nP2,Trần Thị Bình,C1,secretary,,\n",
    "desks": "code,name,unit_code,multi_agency\nQ1,Quầy 1,C1,\nQ2,Quầy 2,C1,có\n",
    "duties": "desk_code,person_code,from,to\nQ1,P1,2026-11-01,\n",
}
FILES = [f"{name}.csv" for name in ROSTER]


@pytest.fixture(autouse=True)
def _an_office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a configuration and a roster in it; English, as the tests are."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOT_OPERATOR__LANGUAGE", "en")
    monkeypatch.setenv("COLUMNS", "100")
    Path("config.toml").write_text(f'[privacy]\nsecret = "{SECRET}"\n', encoding="utf-8")
    for name, text in ROSTER.items():
        Path(f"{name}.csv").write_text(text, encoding="utf-8")


@pytest.fixture(autouse=True)
def _nothing_runs_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    async def started(*_: object, **__: object) -> None:
        pytest.fail("the program was started")

    monkeypatch.setattr("bot.app.run", started)


Out = pytest.CaptureFixture[str]


def database() -> sqlite3.Connection:
    return sqlite3.connect("var/bot.sqlite")


def rate(level: int, comment: str | None = None) -> None:
    """A rating as the flow stores it, without the flow."""
    settings = load()
    store = Database(settings.database.url, settings.keys())
    sealed = None if comment is None else store.keys.seal(comment)
    rating = Rating(
        day=date(2026, 11, 16),
        desk_id=1,
        unit_id=2,
        member_id=1,
        attribution="duty",
        level=level,
        comment=sealed,
        channel="web",
        scheme=1,
        notice="2026-11",
    )
    try:
        store.run_now(lambda session: session.add(rating))
    finally:
        store.close()


def exported(capfdbinary: pytest.CaptureFixture[bytes]) -> list[dict[str, str]]:
    text = capfdbinary.readouterr().out.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_help_names_every_command_and_what_to_do_first(capsys: Out) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    for command in COMMANDS:
        assert f"│ {command} " in said
    assert "python -m bot run --demo" in said


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_shows_an_example_and_its_options(command: str, capsys: Out) -> None:
    assert main([command, "--help"]) == 0
    said = capsys.readouterr().out
    assert f"Usage: python -m bot {command} " in said
    assert "Example" in said
    assert "--config" in said


@pytest.mark.parametrize("command", COMMANDS)
def test_help_speaks_vietnamese_unless_told_otherwise(
    command: str, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BOT_OPERATOR__LANGUAGE")
    assert main([command, "--help"]) == 0
    said = capsys.readouterr().out
    assert f"Cách dùng: python -m bot {command} " in said
    for english in ("Usage", "Options", "Required", "Example", "default"):
        assert english not in said


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["rum"], "There is no command rum. Did you mean run?"),
        (["run", "--dmo"], "There is no option --dmo. Did you mean --demo?"),
        (["export"], "WHAT is missing. See --help."),
        (["export", "rating", "--output", "x"], "WHAT must be one of: ratings, pledges,"),
        (["export", "units", "--output"], "--output needs a value. See --help."),
        (["export", "units", "--output", "x", "--format", "ods"], "--format must be one of: csv"),
        (["export", "ratings", "--output", "x", "--from", "soon"], "The value of --from cannot"),
        (
            ["export", "ratings", "--output", "x", "--from", "2026-11-02", "--to", "2026-11-01"],
            "The first day is after the last.",
        ),
        (["import"], "Name at least one file."),
        (["run", "--demo", "--config", "config.toml"], "Choose one"),
        (["run", "--demo", "--only", "web"], "Choose one: --demo does everything."),
        (
            ["run", "--only", "web,mail"],
            "no part mail; there are: web, telegram, zalo, delivery, sch",
        ),
        (["run", "--only", " , "], "--only names no part; there are: web, telegram, zalo,"),
        (["tick", "--now", "noon"], "The value of --now cannot be used."),
    ],
)
def test_a_line_that_makes_no_sense_is_answered_in_one_line(
    typed: list[str], said: str, capsys: Out
) -> None:
    assert main(typed) == 2
    answer = capsys.readouterr()
    assert said in answer.err
    assert len(answer.err.splitlines()) == 1
    assert answer.out == ""


def test_the_version_is_the_one_of_the_project(capsys: Out) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == VERSION
    project = tomllib.loads(Path(__file__).parents[2].joinpath("pyproject.toml").read_text("utf-8"))
    assert project["project"]["version"] == VERSION


def test_a_configuration_with_mistakes_stops_a_command_before_it_does_anything(
    capsys: Out,
) -> None:
    Path("config.toml").write_text("[web]\nport = 0\nprot = 1\n", encoding="utf-8")
    assert main(["migrate"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "config.toml:2: web.port: must be at least 1",
        "config.toml:3: web.prot: there is no such setting; did you mean web.port?",
        (
            "config.toml: privacy.secret: is missing; make one with: "
            'python -c "import secrets; print(secrets.token_urlsafe(48))"'
        ),
    ]
    assert not Path("var").exists()


def test_import_stores_the_roster_and_says_what_is_new_and_where_a_desk_is_found(
    capsys: Out,
) -> None:
    assert main(["import", *FILES]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "Units: 2 new, 0 changed, 0 as before.",
        "People: 2 new, 0 changed, 0 as before.",
        "Roles: 2 new, 0 changed, 0 as before.",
        "Desks: 2 new, 0 changed, 0 as before.",
        "Duties: 1 new, 0 changed, 0 as before.",
    ]
    assert "http://127.0.0.1:8080/q/CODE" in said.err
    assert "python -m bot qr" in said.err


def test_importing_again_changes_nothing_and_says_so(capsys: Out) -> None:
    main(["import", *FILES])
    capsys.readouterr()
    assert main(["import", *FILES]) == 0
    said = capsys.readouterr()
    assert "Desks: 0 new, 0 changed, 2 as before." in said.out
    assert "Nothing has changed" in said.err


def test_import_counts_the_roles_it_ends(capsys: Out) -> None:
    main(["import", *FILES])
    with Path("people.csv").open(encoding="utf-8", newline="") as file:
        head, first, *_ = list(csv.reader(file))
    first[head.index("role")] = "-" + first[head.index("role")]
    with Path("people.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, first])
    capsys.readouterr()
    assert main(["import", "people.csv", "--yes"]) == 0
    said = capsys.readouterr()
    assert "Roles: 0 new, 0 changed, 1 ended, 0 as before." in said.out
    assert "Nothing has changed" not in said.err
    assert database().execute("SELECT count(*) FROM membership").fetchone() == (1,)


def test_a_dry_run_says_what_would_change_and_stores_nothing(capsys: Out) -> None:
    assert main(["import", *FILES, "--dry-run"]) == 0
    said = capsys.readouterr()
    assert "Desks: 2 new, 0 changed, 0 as before." in said.out
    assert "dry run" in said.err
    assert database().execute("SELECT count(*) FROM unit").fetchone() == (0,)


def test_every_mistake_of_a_roster_is_one_line_and_nothing_is_stored(capsys: Out) -> None:
    Path("desks.csv").write_text(
        "code,name,unit_code,multi_agency\nQ1,,C1,\nQ2,Quầy 2,C9,\nQ3,Quầy 3,C1,maybe\n",
        encoding="utf-8",
    )
    assert main(["import", *FILES]) == 1
    said = capsys.readouterr()
    *mistakes, closing = said.err.splitlines()
    assert closing == "3 mistakes; nothing was stored. Mend them and import again."
    for line, (row, column) in zip(
        mistakes, [(2, "name"), (3, "unit_code"), (4, "multi_agency")], strict=True
    ):
        assert line.startswith(f"desks.csv, row {row}, column {column}: ")
    assert said.out == ""
    assert database().execute("SELECT count(*) FROM unit").fetchone() == (0,)


def test_a_roster_file_that_is_not_there_is_named(capsys: Out) -> None:
    assert main(["import", "units.csv", "nowhere.csv"]) == 1
    assert "nowhere.csv: There is no such file." in capsys.readouterr().err


def test_ratings_come_out_in_the_columns_of_the_design(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    main(["import", *FILES])
    rate(5)
    rate(2, "=1+1 rất lâu")
    capfdbinary.readouterr()
    assert main(["export", "ratings", "--output", "-"]) == 0
    rows = exported(capfdbinary)
    assert ",".join(rows[0]) == (
        "id,date,unit_code,desk_code,person_code,level,reasons,comment,channel,status"
    )
    found = sorted(tuple(row[key] for key in list(row)[1:]) for row in rows)
    assert found == [
        ("2026-11-16", "C1", "Q1", "P1", "2", "", "'=1+1 rất lâu", "web", "active"),
        ("2026-11-16", "C1", "Q1", "P1", "5", "", "", "web", "active"),
    ]


def test_days_and_units_narrow_an_export(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    main(["import", *FILES])
    rate(5)
    capfdbinary.readouterr()

    def count(*options: str) -> int:
        assert main(["export", "ratings", "--output", "-", *options]) == 0
        return len(exported(capfdbinary))

    assert count("--from", "2026-11-16", "--to", "2026-11-16") == 1
    assert count("--from", "2026-11-17") == 0
    assert count("--to", "2026-11-15") == 0
    assert count("--unit", "T") == 1


def test_an_export_of_an_unknown_unit_says_so_and_writes_no_file(capsys: Out) -> None:
    main(["import", *FILES])
    capsys.readouterr()
    assert main(["export", "ratings", "--output", "out.csv", "--unit", "X"]) == 1
    assert capsys.readouterr().err.strip() == "There is no unit X."
    assert not Path("out.csv").exists()


def test_an_export_into_a_folder_that_is_not_there_says_so(capsys: Out) -> None:
    assert main(["export", "units", "--output", "nowhere/units.csv"]) == 1
    assert capsys.readouterr().err.strip() == "There is no folder nowhere."


def test_the_name_of_the_file_decides_the_format(capsys: Out) -> None:
    main(["import", *FILES])
    capsys.readouterr()
    assert main(["export", "people", "--output", "people.xlsx"]) == 0
    assert "2 rows written to people.xlsx." in capsys.readouterr().err
    sheet = load_workbook("people.xlsx")["people"]
    assert [row[0].value for row in sheet.iter_rows()] == ["code", "P1", "P2"]


def test_the_audit_log_is_taken_out_by_unit_and_day(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    main(["import", *FILES])
    capfdbinary.readouterr()
    assert main(["export", "audit", "--output", "-"]) == 0
    (entry,) = exported(capfdbinary)
    assert ",".join(entry) == "number,at,by,actor_code,action,unit_code,details,meaning"
    assert (entry["number"], entry["by"], entry["action"]) == ("1", "operator", "roster.import")
    assert main(["export", "audit", "--output", "-", "--to", "2020-01-01"]) == 0
    assert exported(capfdbinary) == []


def test_what_was_exported_can_be_imported_again(capsys: Out) -> None:
    main(["import", *FILES])
    names = ("units", "people", "desks", "duties")
    for name in names:
        assert main(["export", name, "--output", f"again_{name}.csv"]) == 0
    capsys.readouterr()
    assert main(["import", *(f"again_{name}.csv" for name in names)]) == 0
    assert "Nothing has changed" in capsys.readouterr().err


def test_qr_writes_a_page_per_desk_and_prints_the_links(
    capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_WEB__PUBLIC_URL", "https://danhgia.example.vn")
    main(["import", *FILES])
    capsys.readouterr()
    assert main(["qr", "--output", "posters.pdf"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "https://danhgia.example.vn/q/Q1",
        "https://danhgia.example.vn/q/Q2",
    ]
    assert said.err.strip() == "2 posters written to posters.pdf."
    pages = [page.extract_text() for page in PdfReader("posters.pdf").pages]
    assert len(pages) == 2
    assert "Quầy 1" in pages[0]


def test_qr_makes_tents_staff_sheets_and_single_desks(
    capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_WEB__PUBLIC_URL", "https://danhgia.example.vn")
    main(["import", *FILES])
    capsys.readouterr()
    assert main(["qr", "--output", "tents.pdf", "--size", "a6", "--language", "both"]) == 0
    (tents,) = [page.extract_text() for page in PdfReader("tents.pdf").pages]
    assert "Please rate how you were served" in tents
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert main(["qr", "--output", "one.pdf", "--desk", "q2"]) == 0
    assert capsys.readouterr().out.split() == ["https://danhgia.example.vn/q/Q2"]
    assert len(PdfReader("one.pdf").pages) == 1
    assert main(["qr", "--output", "staff.pdf", "--staff", "--desk", "Q1"]) == 0
    said = capsys.readouterr()
    link = said.out.strip().removeprefix("https://danhgia.example.vn/s/")
    assert read_staff_payload(link) == ("Q1", staff_token(load().keys(), "Q1"))
    assert "keep them to the staff" in said.err
    assert "DÀNH RIÊNG CHO CÁN BỘ" in PdfReader("staff.pdf").pages[0].extract_text()


def test_qr_leaves_closed_desks_out_and_says_so_when_one_is_named(capsys: Out) -> None:
    main(["import", *FILES])
    opened = Database(load().database.url, load().keys())

    def close(session: Session) -> None:
        desk = session.exec(select(Desk).where(Desk.code == "Q1")).one()
        desk.until = date(2020, 1, 31)

    opened.run_now(close)
    opened.close()
    capsys.readouterr()
    assert main(["qr", "--output", "posters.pdf"]) == 0
    assert [line[-3:] for line in capsys.readouterr().out.split()] == ["/Q2"]
    assert main(["qr", "--output", "posters.pdf", "--desk", "Q1"]) == 1
    assert "Desk Q1 is closed; its last day was 31/01/2020." in capsys.readouterr().err
    assert main(["qr", "--output", "posters.pdf", "--desk", "Q99"]) == 1
    assert "There is no desk Q99." in capsys.readouterr().err


def test_qr_warns_of_links_that_only_this_machine_can_open(capsys: Out) -> None:
    main(["import", *FILES])
    capsys.readouterr()
    assert main(["qr", "--output", "posters.pdf", "--unit", "C1"]) == 0
    assert "set web.public_url before you print" in capsys.readouterr().err


def test_qr_without_desks_or_of_an_unknown_unit_says_so(capsys: Out) -> None:
    assert main(["qr", "--output", "posters.pdf"]) == 1
    assert "There is no desk yet." in capsys.readouterr().err
    assert main(["qr", "--output", "posters.pdf", "--unit", "X"]) == 1
    assert capsys.readouterr().err.strip() == "There is no unit X."
    assert not Path("posters.pdf").exists()


@pytest.mark.parametrize(
    ("command", "endings"),
    [
        (["export", "ratings", "--output", "z.pdf"], ".csv, .xlsx"),
        (["export", "units", "--output", "z.xls"], ".csv, .xlsx"),
        (["qr", "--output", "z.png"], ".pdf"),
    ],
)
def test_a_file_that_ends_in_something_else_is_not_written(
    command: list[str], endings: str, capsys: Out
) -> None:
    main(["import", *FILES])
    capsys.readouterr()
    assert main(command) == 2
    assert capsys.readouterr().err.strip() == f"{command[-1]} should end in {endings}."
    assert not Path(command[-1]).exists()


def test_a_format_that_is_named_needs_no_ending(capsys: Out) -> None:
    main(["import", *FILES])
    capsys.readouterr()
    assert main(["export", "units", "--output", "units.txt", "--format", "csv"]) == 0


def test_migrate_fills_an_empty_database_and_then_has_nothing_to_do(capsys: Out) -> None:
    assert main(["migrate"]) == 0
    assert capsys.readouterr().out == f"The database was empty and now stands at {newest()}.\n"
    assert main(["migrate"]) == 0
    assert "nothing to do" in capsys.readouterr().out


def test_migrate_says_from_where_to_where(capsys: Out) -> None:
    upgrade(load().database.url, "0001")
    assert main(["migrate"]) == 0
    assert capsys.readouterr().out == f"The database went from 0001 to {newest()}.\n"


def test_migrate_waits_for_the_program_to_be_stopped(capsys: Out) -> None:
    settings = load()
    upgrade(settings.database.url, "0002")
    running = Database(settings.database.url, settings.keys())
    with RunLock(running):
        assert main(["migrate"]) == 1
    told = "The program is running on this database: stop it first, then migrate."
    assert capsys.readouterr().err.strip() == told
    assert main(["migrate"]) == 0
    running.close()


def test_migrate_sees_the_sending_program_on_postgresql(
    postgres_url: str, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_DATABASE__URL", postgres_url)
    monkeypatch.setattr("storage.schema.newest", lambda: "9998")
    migrated: list[str] = []
    monkeypatch.setattr("storage.schema.upgrade", lambda url, **_: migrated.append(url))
    store = Database(postgres_url, load().keys())
    sender = AdvisoryLock(conninfo(store), "sender/telegram-x")
    assert sender.take()
    assert main(["migrate"]) == 1
    assert "stop it first" in capsys.readouterr().err
    assert migrated == []
    sender.release()
    store.close()
    main(["migrate"])
    assert migrated == [postgres_url]


def stand_at(revision: str) -> None:
    with database() as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))


@pytest.mark.parametrize("command", [["export", "units", "--output", "-"], ["tick"], ["run"]])
def test_a_database_of_a_later_release_is_left_alone(command: list[str], capsys: Out) -> None:
    main(["migrate"])
    stand_at("9999")
    capsys.readouterr()
    assert main(command) == 1
    assert "later release" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", [["export", "units", "--output", "-"], ["import", *FILES], ["tick"], ["run"]]
)
def test_an_older_database_is_left_alone_and_migrate_is_named(
    command: list[str], capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["migrate"])
    monkeypatch.setattr("storage.schema.newest", lambda: "9998")  # this release needs a later one
    capsys.readouterr()
    assert main(command) == 1
    assert "python -m bot migrate" in capsys.readouterr().err


def test_a_demo_and_real_data_never_share_a_database(capsys: Out) -> None:
    settings = load()
    main(["migrate"])
    store = Database(settings.database.url, settings.keys())
    store.run_now(lambda session: mark_or_check(session, demo=True))
    store.close()
    capsys.readouterr()
    assert main(["export", "units", "--output", "-"]) == 1
    assert "demo and real data never share" in capsys.readouterr().err


def test_without_a_configuration_a_command_says_that_it_works_on_the_demo(
    capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("config.toml").unlink()
    monkeypatch.delenv("BOT_OPERATOR__LANGUAGE")
    assert main(["migrate"]) == 0
    assert "sqlite:///var/demo.sqlite" in capsys.readouterr().err


def test_a_database_that_cannot_be_opened_is_said_without_a_trace(
    capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_DATABASE__URL", "postgresql://bot:hunter2@127.0.0.1:1/bot")
    assert main(["export", "units", "--output", "-"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("The database cannot be used: ")
    assert "hunter2" not in said
    assert len(said.splitlines()) == 1


def test_a_fault_of_ours_is_one_line_that_quotes_nobody(
    capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("góp ý của bà Tư")

    monkeypatch.setattr("storage.schema.create_or_check", fail)
    assert main(["export", "units", "--output", "-"]) == 1
    said = capsys.readouterr().err
    assert "RuntimeError" in said
    assert "bà Tư" not in said
    assert len(said.splitlines()) == 1


def test_new_files_can_be_read_by_their_owner_only() -> None:
    main(["import", *FILES])
    assert main(["export", "people", "--output", "out.csv"]) == 0
    for file in ("var/bot.sqlite", "out.csv"):
        assert Path(file).stat().st_mode & 0o077 == 0, file


def test_tick_names_every_job_and_what_it_did(capsys: Out) -> None:
    main(["import", *FILES])
    capsys.readouterr()
    assert main(["tick", "--now", "2026-11-23T08:00"]) == 0
    assert "forget: " in capsys.readouterr().out


def test_tick_moves_time(capsys: Out) -> None:
    main(["import", *FILES])
    rate(5)
    assert main(["tick", "--now", "2028-11-15T08:00"]) == 0
    assert database().execute("SELECT count(*) FROM rating").fetchone() == (1,)
    assert main(["tick", "--now", "2029-01-01T08:00"]) == 0
    assert database().execute("SELECT count(*) FROM rating").fetchone() == (0,)
    assert "ratings=1" in capsys.readouterr().out


@pytest.mark.parametrize(("answer", "left"), [("\n", 1), ("yes\n", 0)])
def test_whoever_types_a_far_date_at_a_terminal_is_asked_first(
    capsys: Out, monkeypatch: pytest.MonkeyPatch, answer: str, left: int
) -> None:
    class Keyboard(io.StringIO):
        def isatty(self) -> bool:
            return True

    main(["import", *FILES])
    rate(5)
    monkeypatch.setattr("sys.stdin", Keyboard(answer))
    assert main(["tick", "--now", "2039-01-01T08:00"]) == left
    assert "2039-01-01" in capsys.readouterr().err
    assert database().execute("SELECT count(*) FROM rating").fetchone() == (left,)


def test_a_job_that_fails_is_named_and_the_others_are_done(
    capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def half_done(*_: object) -> dict[str, object]:
        return {"jobs": {"forget": None, "other": {"rows": 2}}, "sent": {"telegram": {"sent": 1}}}

    monkeypatch.setattr("bot.app.tick", half_done)
    assert main(["tick"]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == ["other: rows=2", "telegram: sent=1"]
    assert said.err.strip() == "The job forget failed; the log says where."


def ready_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(_: Settings, *, ready: Callable[[], None], parts: frozenset[str]) -> None:
        assert parts == EVERYTHING
        ready()

    monkeypatch.setattr("bot.app.run", run)


def test_run_says_where_citizens_come_in(capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    ready_at_once(monkeypatch)
    monkeypatch.setenv("BOT_WEB__PUBLIC_URL", "https://danhgia.example.vn")
    assert main(["run"]) == 0
    said = capsys.readouterr()
    assert "https://danhgia.example.vn/q/CODE" in said.err
    assert said.out == ""


def test_a_process_with_some_parts_says_what_it_leaves_to_others(
    capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[frozenset[str]] = []

    async def run(_: Settings, *, ready: Callable[[], None], parts: frozenset[str]) -> None:
        ran.append(parts)
        ready()

    monkeypatch.setattr("bot.app.run", run)
    monkeypatch.setenv("BOT_WEB__HEALTH_PORT", "8081")
    assert main(["run", "--only", "scheduler, Delivery"]) == 0
    assert ran == [{"delivery", "scheduler"}]
    said = capsys.readouterr().err
    assert "This process does: delivery, scheduler." in said
    assert "On SQLite one process runs at a time: nobody does web, telegram, zalo" in said
    assert "http://127.0.0.1:8081/readyz" in said
    assert "/q/CODE" not in said


def test_the_demo_says_where_to_look_next(capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    ready_at_once(monkeypatch)
    assert main(["run", "--demo"]) == 0
    said = capsys.readouterr().err
    assert "Open http://127.0.0.1:8080 " in said
    assert "-m bot export ratings" in said
    assert Path("var/demo.sqlite").exists()


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (
            OSError(errno.EADDRINUSE, "in use", "127.0.0.1:8080"),
            "Another program listens on 127.0.0.1:8080.",
        ),
        (AlreadyRunning(Path("var/bot.sqlite"), "123"), "running on this database already"),
        (PermissionError(errno.EACCES, "Permission denied", "var"), "var: Permission denied"),
        (DatabaseUnavailable("unsupported startup parameter: options"), "database.direct_url"),
    ],
)
def test_what_keeps_the_program_from_starting_is_one_line(
    failure: Exception, said: str, capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr("bot.app.run", run)
    assert main(["run"]) == 1
    answer = capsys.readouterr().err
    assert said in answer
    assert len(answer.splitlines()) == 1


def test_ctrl_c_ends_quietly(capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bot.app.run", run)
    assert main(["run"]) == 130
    assert capsys.readouterr().err == ""


def test_a_reader_that_has_seen_enough_ends_it_without_a_word(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "doctor"]
    read, write = os.pipe()
    os.close(read)  # as `| head -0` does
    try:
        ended = subprocess.run(
            command, check=False, stdout=write, stderr=subprocess.PIPE, text=True, timeout=60,
            cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
    finally:
        os.close(write)
    assert ended.stderr == ""
    assert ended.returncode == 1
