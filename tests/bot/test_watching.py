"""What the program watches for its operator: backups, the disk, a schema changed by others."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlmodel import Session

from bot.app import ping
from bot.observability import REGISTRY
from bot.watching import look, watch
from storage.database import Database
from storage.errors import DatabaseUnavailable, SchemaIsNewer
from storage.keys import Keys
from storage.queries.backup_made import note_backup
from tests.read_only import reading_only

MADE = datetime(2026, 11, 15, 19, 30, tzinfo=UTC)


async def test_the_last_backup_and_the_free_disk_are_shown(database: Database) -> None:
    await look(database)
    assert REGISTRY.get_sample_value("last_backup_timestamp_seconds") == 0
    await database.run(lambda session: note_backup(session, MADE))
    await look(database)
    assert REGISTRY.get_sample_value("last_backup_timestamp_seconds") == MADE.timestamp()
    if database.is_sqlite:
        assert (REGISTRY.get_sample_value("disk_free_bytes") or 0) > 0


async def test_a_program_ends_when_its_database_is_migrated_under_it(database: Database) -> None:
    def moved(session: Session) -> None:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    await database.run(moved)
    with pytest.raises(SchemaIsNewer, match="9999"):
        await watch(database)


async def test_a_database_that_is_away_is_shown_and_looked_for_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[float | None] = []
    answers = iter([DatabaseUnavailable("away"), "back"])

    async def asked(_database: Database) -> None:
        if len(shown) == 1:
            shown.append(REGISTRY.get_sample_value("database_up"))
        if isinstance(answer := next(answers, None), Exception):
            shown.append(None)
            raise answer
        if answer is None:
            shown.append(REGISTRY.get_sample_value("database_up"))
            raise SchemaIsNewer("enough")

    monkeypatch.setattr("bot.watching.look", asked)
    with pytest.raises(SchemaIsNewer):
        await watch(database, every=0)
    assert shown == [None, 0, 1]


async def test_a_database_that_can_only_be_read_is_shown_as_away(
    postgres_url: str, keys: Keys
) -> None:
    database = Database(postgres_url, keys)
    with reading_only(postgres_url):
        with pytest.raises(DatabaseUnavailable):
            await look(database)
        assert not await ping(database)
    await look(database)
    assert await ping(database)
    database.close()
