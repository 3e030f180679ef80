"""The database of the release before: every row of every table is there after migrating."""

from typing import Any

import pytest
from sqlalchemy import inspect, text

from storage.database import Database, open_engine
from storage.keys import Keys
from storage.queries.audit import verify
from storage.schema import newest, revision, upgrade
from tests.bot.backup_rows import fill

BEFORE = "0004"


@pytest.fixture(params=["sqlite_url", "empty_postgres_url"])
def in_use(request: pytest.FixtureRequest, keys: Keys) -> str:
    url: str = request.getfixturevalue(request.param)
    upgrade(url, BEFORE)
    database = Database(url, keys)
    database.run_now(fill)
    database.close()
    return url


def rows(url: str) -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
    engine = open_engine(url)
    found = {}
    with engine.connect() as connection:
        for name in set(inspect(connection).get_table_names()) - {"alembic_version"}:
            some = connection.execute(text(f'SELECT * FROM "{name}" ORDER BY 1, 2'))
            found[name] = list(some.keys()), [tuple(row) for row in some]
    engine.dispose()
    return found


def test_every_row_of_the_release_before_is_there_after_migrating(in_use: str, keys: Keys) -> None:
    before = rows(in_use)
    heard: list[str] = []
    upgrade(in_use, told=heard.append)
    assert (revision(in_use), heard) == (newest(), [newest()])
    after = rows(in_use)
    for name, (columns, wanted) in before.items():
        now, stored = after[name]
        kept = [tuple(row[now.index(column)] for column in columns) for row in stored]
        assert kept == wanted != [], name
    database = Database(in_use, keys)
    assert database.run_now(verify) is None
    database.close()
