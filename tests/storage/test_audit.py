"""The audit log: what stands in it cannot be changed, and a change from outside shows."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from storage.database import Database
from storage.keys import Keys
from storage.queries.audit import entries, find_entry, record, verify
from storage.queries.consistency import missing_triggers

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


def _three(session: Session) -> list[int]:
    return [
        record(session, at=NOW + timedelta(hours=n), action="role.end", details={"person": f"P{n}"})
        for n in range(3)
    ]


def _unguarded(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
    else:
        session.execute(text("DROP TRIGGER audit_no_update"))
        session.execute(text("DROP TRIGGER audit_no_delete"))


def test_entries_are_read_in_the_order_they_were_written(database: Database) -> None:
    numbers = database.run_now(_three)
    found = database.run_now(lambda session: list(entries(session)))
    assert [each.id for each in found] == numbers
    assert [each.details for each in found] == [{"person": f"P{n}"} for n in range(3)]
    assert {each.by for each in found} == {"operator"}
    later = database.run_now(lambda s: list(entries(s, since=NOW + timedelta(hours=1))))
    assert [each.id for each in later] == numbers[1:]
    one = database.run_now(lambda session: find_entry(session, numbers[1]))
    assert one is not None
    assert one.details == {"person": "P1"}


@pytest.mark.parametrize("statement", ["UPDATE audit SET action = 'x'", "DELETE FROM audit"])
def test_the_database_refuses_to_change_the_log(database: Database, statement: str) -> None:
    database.run_now(_three)
    with pytest.raises(DBAPIError, match="never changed"):
        database.run_now(lambda session: session.execute(text(statement)))
    assert database.run_now(verify) is None


@pytest.mark.parametrize(
    ("tampering", "shows"),
    [
        ("UPDATE audit SET action = 'role.give' WHERE id = 2", 2),
        ("DELETE FROM audit WHERE id = 2", 3),
    ],
)
def test_who_got_around_the_triggers_is_seen(
    database: Database, tampering: str, shows: int
) -> None:
    database.run_now(_three)

    database.run_now(_unguarded)
    database.run_now(lambda session: session.execute(text(tampering)))
    assert database.run_now(verify) == shows


@pytest.mark.parametrize(
    ("tampering", "shows"), [("WHERE id = 3", 3), ("WHERE id > 1", 2), ("", 1)]
)
def test_newest_entries_that_are_gone_are_missed_for_ever(
    database: Database, tampering: str, shows: int
) -> None:
    database.run_now(_three)
    database.run_now(_unguarded)
    database.run_now(lambda session: session.execute(text(f"DELETE FROM audit {tampering}")))
    assert database.run_now(verify) == shows
    database.run_now(lambda s: record(s, at=NOW, action="role.end"))
    assert database.run_now(verify) is not None


def test_a_log_without_its_count_is_not_trusted(database: Database) -> None:
    assert database.run_now(verify) is None  # nothing happened yet
    database.run_now(_three)
    database.run_now(lambda s: s.execute(text("DELETE FROM meta WHERE key = 'audit'")))
    assert database.run_now(verify) == 4
    database.run_now(lambda s: record(s, at=NOW, action="role.end"))
    assert database.run_now(verify) is not None


def test_missing_triggers_are_named(database: Database) -> None:
    assert database.run_now(missing_triggers) == []
    database.run_now(_unguarded)
    assert database.run_now(missing_triggers)


@pytest.mark.parametrize("number", [1, 3, 0])
def test_no_entry_takes_the_place_of_another(database: Database, number: int) -> None:
    database.run_now(_three)
    replacing = "INSERT OR REPLACE INTO" if database.is_sqlite else "INSERT INTO"
    conflict = "" if database.is_sqlite else " ON CONFLICT (id) DO UPDATE SET mac = 'x'"
    values = f"({number}, '2026-11-16', 'program', 'x.y', '', 'x')"
    statement = f'{replacing} audit (id, at, "by", action, details, mac) VALUES {values}{conflict}'
    with pytest.raises(DBAPIError, match="never changed"):
        database.run_now(lambda session: session.execute(text(statement)))
    assert database.run_now(verify) is None


def test_the_details_stand_nowhere_in_the_clear(database: Database) -> None:
    name = "Nguyễn Thị Lan"
    database.run_now(lambda s: record(s, at=NOW, action="role.end", details={"person": name}))
    raw = database.run_now(
        lambda session: [tuple(row) for row in session.execute(text("SELECT * FROM audit"))]
    )
    assert raw
    assert not any(name in str(each) for each in raw)


def test_the_log_is_still_checked_after_the_secret_was_changed(
    database: Database, database_url: str
) -> None:
    database.run_now(_three)
    renewed = Database(database_url, Keys("another secret that is long enough for it", (SECRET,)))
    try:
        renewed.run_now(lambda s: record(s, at=NOW, action="role.end"))
        assert renewed.run_now(verify) is None
        assert renewed.run_now(lambda s: [each.details for each in entries(s)])[0] == {
            "person": "P0"
        }
    finally:
        renewed.close()


SECRET = "a secret for the tests, long enough to be one"
