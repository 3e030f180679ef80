"""The doctor: every trouble is one line that says what to do, and nothing is changed."""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace

import httpx
import psycopg
import pytest
from sqlmodel import Session

from bot.cli import main
from bot.config import Settings
from bot.doctor import Finding, examine
from bot.doctor.finding import Patient
from handlers.texts import Speaker
from storage.database import Database
from storage.queries.backup_made import note_backup
from storage.queries.mark import mark_or_check
from storage.schema import upgrade
from storage.tables import Desk, Unit

SECRET = "a secret for the tests, long enough to be one"
TOKEN = "123456:AAF-a-token-of-the-tests-000000000"
Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOT_OPERATOR__LANGUAGE", "en")


def nobody(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def examined(
    answer: Answer = nobody,
    *,
    config: Path | None = None,
    now: datetime | None = None,
    **sections: dict[str, object],
) -> list[Finding]:
    settings = Settings.model_validate({"privacy": {"secret": SECRET}, **sections})
    moment = now or datetime.now(UTC)
    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        patient = Patient(settings, config, Speaker("en"), lambda: moment, http)
        return list(examine(patient))


def only(findings: list[Finding], words: str) -> Finding:
    found = [each for each in findings if words in each.text]
    assert len(found) == 1, [str(each) for each in findings]
    return found[0]


def sound_database() -> str:
    """A database that was created as the commands create it: private."""
    before = os.umask(0o077)
    try:
        upgrade("sqlite:///var/bot.sqlite")
    finally:
        os.umask(before)
    return "sqlite:///var/bot.sqlite"


def store(url: str, *rows: object) -> None:
    database = Database(url, Settings.model_validate({"privacy": {"secret": SECRET}}).keys())

    def add(session: Session) -> None:
        for row in rows:
            session.add(row)
            session.flush()

    try:
        database.run_now(add)
    finally:
        database.close()


def telegram(
    me: dict[str, object] | None = None, webhook: dict[str, object] | None = None, drift: float = 0
) -> Answer:
    """Telegram's two answers; 401 without `me`."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host != "api.telegram.org":
            return httpx.Response(200)
        date = datetime.now(UTC) + timedelta(seconds=drift)
        headers = {"date": format_datetime(date, usegmt=True)}
        if me is None:
            body = {"ok": False, "error_code": 401, "description": "Unauthorized"}
            return httpx.Response(401, json=body, headers=headers)
        result = me if request.url.path.endswith("/getMe") else webhook or {"url": ""}
        return httpx.Response(200, json={"ok": True, "result": result}, headers=headers)

    return answer


def test_every_finding_that_is_not_good_says_what_to_do() -> None:
    findings = examined(
        telegram(), telegram={"token": TOKEN}, web={"public_url": "http://danhgia.example.vn"}
    )
    assert {each.kind for each in findings} == {"good", "mind", "bad"}
    for each in findings:
        assert bool(each.remedy) == (each.kind != "good"), str(each)


def test_no_finding_shows_a_secret() -> None:
    findings = examined(
        telegram(),
        telegram={"token": TOKEN},
        database={"url": "postgresql://bot:hunter2@127.0.0.1:1/bot"},
    )
    said = "\n".join(map(str, findings))
    assert only(findings, "Telegram refuses the token").kind == "bad"
    assert only(findings, "The database cannot be used").kind == "bad"
    for secret in (SECRET, TOKEN, "hunter2"):
        assert secret not in said


def test_a_database_that_is_not_there_yet_is_not_made_by_looking() -> None:
    assert only(examined(), "does not exist yet").kind == "mind"
    assert not Path("var").exists()


def test_a_sound_installation_has_nothing_bad() -> None:
    url = sound_database()
    unit = Unit(id=1, code="C1", name="Chi đoàn", folded="chi doan")
    store(url, unit, Desk(code="Q1", name="Quầy 1", folded="quay 1", unit_id=1))
    findings = examined(
        telegram({"username": "danhgia_bot"}),
        telegram={"token": TOKEN},
        web={"public_url": "https://danhgia.example.vn"},
    )
    assert [str(each) for each in findings if each.kind == "bad"] == []
    assert only(findings, "@danhgia_bot").kind == "good"
    assert only(findings, "The database file is sound").kind == "good"
    assert "Q1" in only(findings, "Nobody was ever on duty at 1 desk").text


def test_an_empty_database_is_named() -> None:
    Path("var").mkdir()
    sqlite3.connect("var/bot.sqlite").close()
    Path("var/bot.sqlite").touch()
    assert only(examined(), "The database is empty.").kind == "mind"


def test_a_database_of_another_release_is_named() -> None:
    sound_database()
    with sqlite3.connect("var/bot.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "Install that release" in only(examined(), "by a later release (9999)").remedy


def test_an_older_database_is_sent_to_migrate(monkeypatch: pytest.MonkeyPatch) -> None:
    sound_database()
    monkeypatch.setattr("storage.schema.newest", lambda: "9998")
    monkeypatch.setattr("bot.doctor.database.newest", lambda: "9998")
    assert "python -m bot migrate" in only(examined(), "by an earlier release").remedy


def test_a_file_that_is_no_database_is_named() -> None:
    Path("var").mkdir()
    Path("var/bot.sqlite").write_text("not a database at all " * 100, encoding="utf-8")
    assert only(examined(), "The database cannot be used").kind == "bad"


def test_a_damaged_database_is_named() -> None:
    url = sound_database()
    store(url, *(Unit(code=f"C{n}", name="x" * 900, folded="") for n in range(200)))
    data = bytearray(Path("var/bot.sqlite").read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096 * 4] = os.urandom(4096 * 4)
    Path("var/bot.sqlite").write_bytes(data)
    findings = examined()
    assert [each for each in findings if each.kind == "bad" and "database" in each.text]


def test_a_full_disk_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    sound_database()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10 * 2**20))
    assert only(examined(), "Only 10 MB are free").kind == "bad"


def test_a_database_that_cannot_be_written_to_is_named(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    finding = only(examined(database={"url": postgres_url}), "cannot be written to")
    assert finding.kind == "bad"
    assert "rights" in finding.remedy


def test_looking_changes_nothing_in_the_database() -> None:
    url = sound_database()

    def dump() -> list[str]:
        with sqlite3.connect("var/bot.sqlite") as connection:
            return list(connection.iterdump())

    before = dump()
    examined(database={"url": url})
    assert dump() == before


def test_a_demo_database_under_real_settings_is_named() -> None:
    url = sound_database()
    database = Database(url, Settings.model_validate({"privacy": {"secret": SECRET}}).keys())
    database.run_now(lambda session: mark_or_check(session, demo=True))
    database.close()
    assert only(examined(), "This is a demo's database").kind == "bad"


def test_postgresql_is_asked_for_its_version_and_its_clock(postgres_url: str) -> None:
    findings = examined(database={"url": postgres_url})
    assert only(findings, "PostgreSQL 18 answers").kind == "good"
    assert only(findings, "The clock of this machine is right").kind == "good"
    assert only(findings, "The database can be written to").kind == "good"


def test_a_pooler_must_lead_to_the_database_that_is_named_beside_it(
    postgres_url: str, empty_postgres_url: str
) -> None:
    upgrade(empty_postgres_url)
    for direct, kind in ((postgres_url, "good"), (empty_postgres_url, "bad")):
        findings = examined(database={"url": postgres_url, "direct_url": direct})
        assert only(findings, "database.url and database.direct_url").kind == kind


def test_a_clock_that_is_wrong_is_named_by_postgresql_and_by_telegram(postgres_url: str) -> None:
    findings = examined(
        database={"url": postgres_url}, now=datetime.now(UTC) + timedelta(minutes=10)
    )
    assert only(findings, "seconds off").kind == "bad"
    findings = examined(telegram({"username": "bot"}, drift=-300), telegram={"token": TOKEN})
    assert "NTP" in only(findings, "seconds off").remedy


@pytest.mark.parametrize(
    ("webhook", "words", "kind"),
    [
        ({"url": ""}, "does not deliver to this program's address", "mind"),
        ({"url": "https://elsewhere.vn/hook"}, "does not deliver to this program's", "mind"),
        (
            {"url": "https://a.vn/hooks/telegram", "last_error_message": "SSL error"},
            "could not deliver to the webhook lately: SSL error",
            "bad",
        ),
        (
            {"url": "https://a.vn/hooks/telegram", "pending_update_count": 500},
            "500 updates wait at Telegram",
            "mind",
        ),
    ],
)
def test_the_state_of_the_webhook_is_looked_at(
    webhook: dict[str, object], words: str, kind: str
) -> None:
    findings = examined(
        telegram({"username": "bot"}, webhook),
        web={"public_url": "https://a.vn"},
        telegram={"token": TOKEN, "mode": "webhook", "webhook_secret": "x"},
    )
    assert only(findings, words).kind == kind


def test_a_webhook_in_the_way_of_polling_is_named() -> None:
    findings = examined(
        telegram({"username": "bot"}, {"url": "https://elsewhere.vn"}), telegram={"token": TOKEN}
    )
    assert only(findings, "though telegram.mode is polling").kind == "mind"


def test_a_page_that_is_no_bot_api_is_no_token() -> None:
    findings = examined(
        lambda _: httpx.Response(200, text="<html>blocked</html>"), telegram={"token": TOKEN}
    )
    assert only(findings, "Telegram refuses the token").kind == "bad"


def test_telegram_out_of_reach_is_said_with_what_can_be_done_in_vietnam() -> None:
    finding = only(examined(telegram={"token": TOKEN}), "Telegram cannot be reached (ConnectError)")
    assert "HTTPS_PROXY" in finding.remedy


def test_a_public_address_without_encryption_is_bad() -> None:
    findings = examined(web={"public_url": "http://danhgia.example.vn"})
    assert only(findings, "is not encrypted").kind == "bad"


def test_another_program_at_the_public_address_is_noticed() -> None:
    findings = examined(
        lambda _: httpx.Response(404), web={"public_url": "https://danhgia.example.vn"}
    )
    assert only(findings, "/healthz answers with 404").kind == "bad"


def test_files_that_every_user_can_read_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade("sqlite:///bot.sqlite")
    config = Path("config.toml")
    config.touch()
    Path("secrets").mkdir(mode=0o755)
    Path("secrets/telegram__token").touch()
    monkeypatch.setenv("BOT_SECRETS_DIR", "secrets")
    for file in ("bot.sqlite", "config.toml", "secrets/telegram__token"):
        Path(file).chmod(0o644)
    findings = examined(config=config, database={"url": "sqlite:///bot.sqlite"})
    named = [each.remedy for each in findings if "Every user of this machine" in each.text]
    assert named == [
        "Run: chmod 600 config.toml",
        "Run: chmod 600 secrets/telegram__token",
        "Run: chmod 600 bot.sqlite",
    ]


def test_a_readable_file_in_a_closed_folder_is_closed() -> None:
    upgrade("sqlite:///var/bot.sqlite")
    Path("var/bot.sqlite").chmod(0o644)
    Path("var").chmod(0o700)
    assert only(examined(), "closed to other users").kind == "good"


def test_a_secret_that_is_easily_guessed_is_named() -> None:
    findings = examined(privacy={"secret": "a" * 40})
    assert "old_secrets" in only(findings, "easy to guess").remedy


def test_it_is_told_which_time_it_is_here() -> None:
    moment = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
    assert "it is 09:00 on 2026-11-16 here" in only(examined(now=moment), "time zone").text


@pytest.fixture
def _quiet_network(monkeypatch: pytest.MonkeyPatch) -> None:
    real = httpx.Client
    monkeypatch.setattr(
        httpx, "Client", lambda **options: real(transport=httpx.MockTransport(nobody), **options)
    )


@pytest.mark.usefixtures("_quiet_network")
def test_the_command_prints_a_line_each_and_fails_if_something_must_be_mended(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("config.toml").write_text(f"[privacy]\nsecret = {json.dumps(SECRET)}\n", encoding="utf-8")
    Path("config.toml").chmod(0o600)
    assert main(["doctor"]) == 0
    said = capsys.readouterr()
    assert {line[0] for line in said.out.splitlines()} == {"✔", "!"}
    assert said.err.strip() == "Nothing must be mended."
    Path("config.toml").chmod(0o644)
    assert main(["doctor"]) == 1
    said = capsys.readouterr()
    assert "✘ Every user of this machine can read config.toml. → Run: chmod 600" in said.out
    assert said.err.strip() == "1 thing must be mended."


def test_the_command_lists_the_mistakes_of_the_configuration(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("config.toml").write_text("[web]\nport = 0\n", encoding="utf-8")
    assert main(["doctor"]) == 1
    said = capsys.readouterr()
    assert "✘ config.toml:2: web.port: must be at least 1" in said.out
    assert "Mend the configuration first" in said.err


def test_a_database_without_a_backup_or_with_an_old_one_is_named() -> None:
    url = sound_database()
    assert only(examined(), "does not know of any backup").kind == "mind"
    database = Database(url, Settings.model_validate({"privacy": {"secret": SECRET}}).keys())
    database.run_now(lambda session: note_backup(session, datetime.now(UTC) - timedelta(days=5)))
    finding = only(examined(), "The last backup was made 5 days ago.")
    assert (finding.kind, "python -m bot backup" in finding.remedy) == ("mind", True)
    database.run_now(lambda session: note_backup(session, datetime.now(UTC)))
    database.close()
    assert only(examined(), "The last backup was made on").kind == "good"


def test_a_configuration_that_git_keeps_is_bad() -> None:
    config = Path("config.toml")
    config.touch(mode=0o600)
    for command in (["init", "--quiet"], ["add", "config.toml"]):
        assert not [each for each in examined(config=config) if "kept by git" in each.text]
        subprocess.run(["git", *command], check=True)
    assert "git rm --cached" in only(examined(config=config), "is kept by git").remedy


def test_a_year_without_known_holidays_is_named() -> None:
    found = only(examined(now=datetime(2100, 6, 1, tzinfo=UTC)), "holidays of 2101")
    assert (found.kind, "schedule.days_off" in found.remedy) == ("mind", True)
    assert not any("holidays" in each.text for each in examined())
