"""`backup` and `restore` as an operator meets them."""

import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from bot.backup.folder import name_of
from bot.cli import main
from bot.lock_holders import AdvisoryLock
from bot.locks import RunLock, conninfo
from storage.database import Database
from storage.keys import Keys
from storage.queries.backup_made import last_backup
from storage.queries.traffic import LISTEN
from storage.schema import newest, revision, upgrade
from tests.bot.backup_rows import content, fill
from tests.conftest import SECRET

Out = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _an_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a configuration and a database in it; English, as the tests are."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOT_OPERATOR__LANGUAGE", "en")
    Path("config.toml").write_text(f'[privacy]\nsecret = "{SECRET}"\n', encoding="utf-8")
    upgrade("sqlite:///var/bot.sqlite")
    database = opened()
    database.run_now(fill)
    database.close()


def opened(url: str = "sqlite:///var/bot.sqlite") -> Database:
    return Database(url, Keys(SECRET))


def rows_of(url: str, table: str) -> int:
    database = opened(url)
    found = len(content(database)[table])
    database.close()
    return found


def elsewhere(monkeypatch: pytest.MonkeyPatch, url: str = "sqlite:///var/other.sqlite") -> str:
    monkeypatch.setenv("BOT_DATABASE__URL", url)
    return url


def test_a_backup_is_restored_by_two_commands(capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["backup", "safe.backup"]) == 0
    said = capsys.readouterr()
    assert said.out == "safe.backup\n"
    assert "written to safe.backup" in said.err
    assert "Keep privacy.secret apart" in said.err
    assert stat.S_IMODE(Path("safe.backup").stat().st_mode) == 0o600
    url = elsewhere(monkeypatch)
    assert main(["restore", "safe.backup"]) == 0
    said = capsys.readouterr()
    assert f"revision {newest()}" in said.err
    assert "rows were restored" in said.out
    assert rows_of(url, "rating") == 2
    assert stat.S_IMODE(Path("var/other.sqlite").stat().st_mode) == 0o600
    assert not list(Path("var").glob(".other*"))


def test_a_backup_goes_from_a_file_to_a_server(
    monkeypatch: pytest.MonkeyPatch, empty_postgres_url: str
) -> None:
    assert main(["backup", "safe.backup"]) == 0
    elsewhere(monkeypatch, empty_postgres_url)
    assert main(["restore", "safe.backup"]) == 0
    assert main(["backup", "back.backup"]) == 0
    elsewhere(monkeypatch)
    assert main(["restore", "back.backup"]) == 0
    assert rows_of("sqlite:///var/other.sqlite", "unit") == 2


def test_a_backup_never_replaces_a_file(capsys: Out) -> None:
    Path("safe.backup").write_text("precious", encoding="utf-8")
    assert main(["backup", "safe.backup"]) == 1
    assert "safe.backup is there already" in capsys.readouterr().err
    assert Path("safe.backup").read_text(encoding="utf-8") == "precious"


def test_a_file_that_appears_meanwhile_is_not_replaced_either(
    capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    def somebody_else(*_: object) -> dict[str, int]:
        Path("safe.backup").write_text("precious", encoding="utf-8")
        return {}

    monkeypatch.setattr("bot.backup.taking._numbers", somebody_else)
    assert main(["backup", "safe.backup"]) == 1
    assert Path("safe.backup").read_text(encoding="utf-8") == "precious"
    assert not list(Path().glob(".safe*"))


def test_a_disk_without_links_takes_a_backup_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("os.link", no_links)
    assert main(["backup", "safe.backup"]) == 0
    assert main(["restore", "safe.backup", "--check"]) == 0


def test_a_full_disk_leaves_no_backup(capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert main(["backup", "safe.backup"]) == 1
    assert "No space left on device" in capsys.readouterr().err
    assert not list(Path().glob("*safe*"))


def test_a_folder_keeps_backups_for_as_many_days_as_the_notice_says(capsys: Out) -> None:
    now = datetime.now(UTC)
    folder = Path("backups")
    folder.mkdir()
    old, young = name_of(now - timedelta(days=31)), name_of(now - timedelta(days=29))
    for name in (old, young, "notes.txt", "backup-of-mine.3tn"):
        (folder / name).touch()
    assert main(["backup", "backups"]) == 0
    said = capsys.readouterr()
    assert f"Removed backups/{old}" in said.err
    made = Path(said.out.strip())
    assert {each.name for each in folder.iterdir()} == {
        made.name,
        young,
        "notes.txt",
        "backup-of-mine.3tn",
    }
    assert main(["restore", str(made), "--check"]) == 0


def test_the_database_remembers_when_it_was_backed_up(capsys: Out) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    assert main(["backup", "safe.backup"]) == 0
    database = opened()
    made = database.run_now(last_backup)
    database.close()
    assert made is not None
    assert made >= before
    capsys.readouterr()
    main(["doctor"])
    assert "The last backup was made on" in capsys.readouterr().out


def test_a_database_that_is_not_there_is_not_made_by_backing_up(
    capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere(monkeypatch)
    assert main(["backup", "safe.backup"]) == 1
    assert "There is no database yet" in capsys.readouterr().err
    assert not Path("var/other.sqlite").exists()
    assert not Path("safe.backup").exists()


def test_the_database_of_the_release_before_can_be_backed_up_before_it_is_migrated(
    capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade(elsewhere(monkeypatch), "0004")
    database = opened("sqlite:///var/other.sqlite")
    database.run_now(fill)
    database.close()
    assert main(["backup", "old.backup"]) == 0
    assert main(["migrate"]) == 0
    elsewhere(monkeypatch, "sqlite:///var/third.sqlite")
    assert main(["restore", "old.backup"]) == 0
    assert revision("sqlite:///var/third.sqlite") == newest()
    assert rows_of("sqlite:///var/third.sqlite", "rating") == 2


def test_check_writes_nothing(capsys: Out, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["backup", "safe.backup"]) == 0
    elsewhere(monkeypatch)
    assert main(["restore", "safe.backup", "--check"]) == 0
    assert "can be restored with these secrets" in capsys.readouterr().out
    assert not Path("var/other.sqlite").exists()


def test_what_cannot_be_restored_is_said_in_one_line(
    capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["backup", "safe.backup"]) == 0
    capsys.readouterr()
    assert main(["restore", "safe.backup"]) == 1
    assert "holds something already (table " in capsys.readouterr().err
    elsewhere(monkeypatch)
    monkeypatch.setenv("BOT_PRIVACY__SECRET", "another secret of thirty-two characters or more")
    assert main(["restore", "safe.backup"]) == 1
    assert "another privacy.secret" in capsys.readouterr().err
    assert main(["restore", "nowhere.backup"]) == 1
    assert "nowhere.backup: No such file" in capsys.readouterr().err
    assert not Path("var/other.sqlite").exists()


def test_a_folder_of_backups_is_not_one(capsys: Out, tmp_path: Path) -> None:
    assert main(["restore", str(tmp_path)]) == 1
    assert capsys.readouterr().err.strip() == f"{tmp_path} is a folder: name a file in it."


def test_nothing_is_restored_beside_a_running_program(
    capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["backup", "safe.backup"]) == 0
    database = opened(elsewhere(monkeypatch))
    with RunLock(database):
        assert main(["restore", "safe.backup"]) == 1
    assert "stop it first, then restore" in capsys.readouterr().err
    assert not Path("var/other.sqlite").exists()


def test_nothing_is_restored_beside_a_program_that_sends(
    capsys: Out, monkeypatch: pytest.MonkeyPatch, empty_postgres_url: str
) -> None:
    assert main(["backup", "safe.backup"]) == 0
    database = opened(elsewhere(monkeypatch, empty_postgres_url))
    lock = AdvisoryLock(conninfo(database), "sender/telegram")
    assert lock.take()
    assert main(["restore", "safe.backup"]) == 1
    lock.release()
    assert "stop it first, then restore" in capsys.readouterr().err
    assert revision(empty_postgres_url) is None


def test_nothing_is_restored_beside_a_program_that_only_serves_pages(
    monkeypatch: pytest.MonkeyPatch, empty_postgres_url: str, capsys: Out
) -> None:
    assert main(["backup", "safe.backup"]) == 0
    database = opened(elsewhere(monkeypatch, empty_postgres_url))
    with psycopg.connect(conninfo(database), autocommit=True) as running:
        running.execute(LISTEN)
        assert main(["restore", "safe.backup"]) == 1
    assert "stop it first, then restore" in capsys.readouterr().err
    assert revision(empty_postgres_url) is None


def test_what_the_restored_organisation_lacks_is_said(
    capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite3.connect("var/bot.sqlite") as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET action = 'role.end' WHERE id = 1")
    assert main(["backup", "safe.backup"]) == 0
    elsewhere(monkeypatch)
    capsys.readouterr()
    assert main(["restore", "safe.backup"]) == 1  # it is there, and something in it must be mended
    said = capsys.readouterr()
    assert "✘ Entry 1 of the audit log does not follow" in said.err
    assert "rows were restored" in said.out


def test_a_leftover_log_of_an_empty_database_is_not_read_into_the_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert main(["backup", "safe.backup"]) == 0
    url = elsewhere(monkeypatch)
    upgrade(url)
    held = sqlite3.connect("var/other.sqlite")  # keeps its log from going away
    held.execute("SELECT count(*) FROM unit").fetchone()
    assert Path("var/other.sqlite-wal").exists()
    assert main(["restore", "safe.backup"]) == 0
    held.close()
    assert rows_of(url, "rating") == 2


def test_a_log_that_was_not_moved_away_with_its_database_is_left_alone(
    capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["backup", "safe.backup"]) == 0
    elsewhere(monkeypatch)
    log = Path("var/other.sqlite-wal")
    log.write_bytes(b"what was acknowledged before a kill")
    assert main(["restore", "safe.backup"]) == 1
    assert "other.sqlite-wal belongs to a database" in capsys.readouterr().err
    assert log.exists()


def test_a_server_that_does_not_answer_is_named(
    capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["backup", "safe.backup"]) == 0
    elsewhere(monkeypatch, "postgresql://bot:hunter2@127.0.0.1:1/bot")
    for arguments in (["backup", "more.backup"], ["restore", "safe.backup"]):
        capsys.readouterr()
        assert main(arguments) == 1
        said = capsys.readouterr().err
        assert "hunter2" not in said
        assert "Traceback" not in said


def test_migrate_gives_up_on_a_table_that_somebody_holds(
    capsys: Out, monkeypatch: pytest.MonkeyPatch, empty_postgres_url: str
) -> None:
    monkeypatch.setattr("storage.schema._PATIENCE_S", 1)
    upgrade(elsewhere(monkeypatch, empty_postgres_url), "0004")
    with psycopg.connect(empty_postgres_url) as holder:  # the web of the release before
        holder.execute("SELECT count(*) FROM rating").fetchone()
        assert main(["migrate"]) == 1
        said = capsys.readouterr().err
        assert "connected to this database" in said
        assert "Another program uses the tables" in said
    assert revision(empty_postgres_url) == "0004"
    assert main(["migrate"]) == 0
