"""Migrations: up, down, up; the schema equals the models; versions are told apart."""

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from storage.database import open_engine
from storage.errors import SchemaIsNewer, SchemaIsOld
from storage.schema import (
    alembic_config,
    create_or_check,
    downgrade,
    newest,
    revision,
    revisions,
    upgrade,
)
from storage.tables import METADATA


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest) -> str:
    name = "sqlite_url" if request.param == "sqlite" else "empty_postgres_url"
    url: str = request.getfixturevalue(name)
    return url


def test_up_down_up(empty_url: str) -> None:
    upgrade(empty_url)
    downgrade(empty_url, "base")
    engine = open_engine(empty_url)
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    engine.dispose()
    upgrade(empty_url)
    assert revision(empty_url) == newest()


def test_the_names_of_the_files_are_the_chain_of_revisions() -> None:
    scripts = ScriptDirectory.from_config(alembic_config()).walk_revisions()
    assert tuple(script.revision for script in scripts)[::-1] == revisions()


def test_the_schema_equals_the_models(empty_url: str) -> None:
    upgrade(empty_url)
    engine = open_engine(empty_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_the_first_command_creates_the_database(empty_url: str) -> None:
    create_or_check(empty_url)
    assert revision(empty_url) == newest()
    create_or_check(empty_url)


def test_an_older_and_a_newer_schema_are_told_apart(empty_url: str) -> None:
    upgrade(empty_url)
    for version, error in [("0000", SchemaIsNewer)]:
        engine = open_engine(empty_url)
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
        engine.dispose()
        with pytest.raises(error):
            create_or_check(empty_url)


def test_an_old_schema_is_named(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade(empty_url)
    monkeypatch.setattr("storage.schema.newest", lambda: "9999")
    with pytest.raises(SchemaIsOld):
        create_or_check(empty_url)


def test_ratings_on_sqlite_have_no_row_number(sqlite_url: str) -> None:
    upgrade(sqlite_url)
    engine = open_engine(sqlite_url)
    with engine.connect() as connection, pytest.raises(Exception, match="no such column"):
        connection.execute(text("SELECT rowid FROM rating"))
    engine.dispose()


_RELEASED = "0002"
_LIFE = [  # what an installation of that revision holds, in an order its foreign keys allow
    (
        "INSERT INTO unit (id, code, name, folded, kind, parent_id, pilot)"
        " VALUES (1, 'TD', 'Thành Đoàn', 'thanh doan', '', NULL, false)"
    ),
    (
        "INSERT INTO unit (id, code, name, folded, kind, parent_id, pilot)"
        " VALUES (2, 'C1', 'Chi đoàn 1', 'chi doan 1', 'chi đoàn', 1, true)"
    ),
    (
        "INSERT INTO person (id, code, full_name, position, email)"
        " VALUES (1, 'P1', 'Nguyễn Thị Lan', '', '')"
    ),
    "INSERT INTO membership (id, person_id, unit_id, role) VALUES (1, 1, 2, 'member')",
    (
        "INSERT INTO desk (id, code, name, folded, unit_id, multi_agency)"
        " VALUES (1, 'Q1', 'Quầy 1', 'quay 1', 2, false)"
    ),
    (
        "INSERT INTO duty (id, desk_id, person_id, starts, ends)"
        " VALUES (1, 1, 1, '2026-11-01 00:00:00', NULL)"
    ),
    (
        "INSERT INTO rating (id, day, desk_id, unit_id, member_id, attribution, level, reasons,"
        " channel, scheme, notice, status)"
        " VALUES ('r1', '2026-11-02', 1, 2, 1, 'duty', 5, '', 'web', 1, '2026-11', 'active')"
    ),
    (
        "INSERT INTO link (id, person_id, channel, chat, address, reminders, unreachable, notice,"
        " since) VALUES (1, 1, 'telegram', 'c', 'a', true, false, '2026-11', '2026-11-01')"
    ),
]


def test_the_data_of_the_release_before_survives(empty_url: str) -> None:
    upgrade(empty_url, _RELEASED)
    engine = open_engine(empty_url)
    with engine.begin() as connection:
        for statement in _LIFE:
            connection.execute(text(statement))
        tables = ("unit", "person", "membership", "desk", "duty", "rating", "link")
        before = {name: _rows(connection, name) for name in tables}
    engine.dispose()
    upgrade(empty_url)
    engine = open_engine(empty_url)
    with engine.begin() as connection:
        for name, (columns, rows) in before.items():
            now, stored = _rows(connection, name)
            kept = [tuple(row[now.index(column)] for column in columns) for row in stored]
            assert kept == rows, name
        assert connection.execute(text("SELECT origin FROM duty")).scalar() == "roster"
        assert connection.execute(text("SELECT since FROM membership")).scalar() is None
        if connection.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    engine.dispose()
    downgrade(empty_url, _RELEASED)
    engine = open_engine(empty_url)
    with engine.begin() as connection:
        assert {name: _rows(connection, name) for name in tables} == before
    engine.dispose()


_BEFORE_ZALO = "0003"
_TRAFFIC = [
    *_LIFE[:3],
    (
        "INSERT INTO link (id, person_id, channel, chat, address, reminders, unreachable, notice,"
        " since) VALUES (1, 1, 'telegram', 'c', 'a', true, false, '2026-11', '2026-11-01'),"
        " (2, 1, 'web', 'd', 'b', false, true, '2026-11', '2026-11-02')"
    ),
    (
        "INSERT INTO outbox (id, channel, chat, address, content, lane, attempts, not_before)"
        " VALUES (7, 'telegram', 'c', 'a', 'x', 1, 3, '2026-11-02 08:00:00'),"
        " (9, 'web', 'd', 'b', 'y', 0, 0, NULL)"
    ),
]


def test_chats_and_waiting_messages_survive_the_messengers_that_limit(empty_url: str) -> None:
    upgrade(empty_url, _BEFORE_ZALO)
    engine = open_engine(empty_url)
    with engine.begin() as connection:
        for statement in _TRAFFIC:
            connection.execute(text(statement))
        before = {name: _rows(connection, name) for name in ("link", "outbox")}
    engine.dispose()
    upgrade(empty_url, "0004")
    engine = open_engine(empty_url)
    with engine.begin() as connection:
        for name, (columns, rows) in before.items():
            now, stored = _rows(connection, name)
            kept = [tuple(row[now.index(column)] for column in columns) for row in stored]
            assert kept == rows, name
        links = connection.execute(text("SELECT preferred, heard FROM link")).all()
        assert [(bool(preferred), heard) for preferred, heard in links] == [(False, None)] * 2
        waiting = connection.execute(text("SELECT held, until FROM outbox")).all()
        assert [(bool(held), until) for held, until in waiting] == [(False, None)] * 2
        connection.execute(text("UPDATE outbox SET held = true, until = '2026-11-03 08:00:00'"))
        connection.execute(text("UPDATE link SET preferred = true, heard = '2026-11-02 08:00:00'"))
    engine.dispose()
    downgrade(empty_url, _BEFORE_ZALO)
    engine = open_engine(empty_url)
    with engine.begin() as connection:
        assert {name: _rows(connection, name) for name in before} == before
    engine.dispose()
    upgrade(empty_url)
    assert revision(empty_url) == newest()


def _rows(connection: Connection, table: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    found = connection.execute(text(f"SELECT * FROM {table} ORDER BY 1"))
    return list(found.keys()), [tuple(row) for row in found]
