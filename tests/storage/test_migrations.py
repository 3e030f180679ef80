"""Migrations: up, down, up; the schema equals the models; versions are told apart."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from storage.database import open_engine
from storage.errors import SchemaIsNewer, SchemaIsOld
from storage.schema import create_or_check, downgrade, newest, revision, upgrade
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
