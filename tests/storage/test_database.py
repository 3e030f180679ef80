"""The database takes work from the event loop and keeps its promises on both kinds."""

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial

import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from bot.locks import conninfo
from storage.database import Database, normalised
from storage.errors import DatabaseUnavailable
from storage.keys import Keys
from storage.prepared import Prepared
from storage.queries.traffic import lock_name, mark_seen
from storage.queries.writable import takes_writes
from storage.schema import upgrade
from storage.tables import Duty, Meta
from tests.read_only import reading_only


def put(key: str, value: str = "") -> object:
    def work(session: Session) -> str:
        session.add(Meta(key=key, value=value))
        return key

    return work


async def keys_in(database: Database) -> list[str]:
    return await database.run(lambda session: sorted(session.exec(select(Meta.key))))


async def test_work_is_committed_when_run_returns(database: Database) -> None:
    assert await database.run(put("a")) == "a"
    assert await keys_in(database) == ["a"]


async def test_work_that_raises_leaves_nothing_and_its_neighbours_everything(
    database: Database,
) -> None:
    def half_way(session: Session) -> None:
        session.add(Meta(key="half", value=""))
        session.flush()
        raise LookupError("half way")

    outcomes = await asyncio.gather(
        database.run(put("a")),
        database.run(half_way),
        database.run(put("b")),
        return_exceptions=True,
    )
    assert outcomes[0] == "a"
    assert isinstance(outcomes[1], LookupError)
    assert outcomes[2] == "b"
    assert await keys_in(database) == ["a", "b"]


async def test_a_violated_constraint_is_the_works_own_error(database: Database) -> None:
    await database.run(put("a"))
    outcomes = await asyncio.gather(
        *(database.run(put(key)) for key in ("b", "a", "c")), return_exceptions=True
    )
    assert isinstance(outcomes[1], IntegrityError)
    assert await keys_in(database) == ["a", "b", "c"]


async def test_hundreds_of_concurrent_read_then_write_updates_lose_nothing(
    database: Database,
) -> None:
    await database.run(put("n", "0"))

    def add_one(session: Session) -> None:
        row = session.get_one(Meta, "n", with_for_update=True)
        row.value = str(int(row.value) + 1)

    await asyncio.gather(*(database.run(add_one) for _ in range(200)))
    assert (await database.run(lambda s: s.get_one(Meta, "n").value)) == "200"


async def test_a_closed_or_unreachable_database_says_so(database: Database) -> None:
    await database.run(put("a"))
    await database.run(lambda session: session.get(Meta, "a"))
    unreachable = Database("postgresql://nobody@127.0.0.1:1/none", database.keys)
    with pytest.raises(DatabaseUnavailable):
        await unreachable.run(put("b"))
    unreachable.close()


async def test_a_connection_that_died_meanwhile_is_replaced_and_nobody_notices(
    postgres_url: str, keys: Keys
) -> None:
    database = Database(postgres_url, keys, pool_size=1)
    await database.run(put("a"))
    await database.run(lambda session: mark_seen(session, "web", "1", date(2026, 11, 16)))
    for number, work in enumerate((put("b"), partial(lock_name, name="b"))):
        with psycopg.connect(postgres_url, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        await database.run(work)
        assert await database.run(put(f"c{number}")) == f"c{number}"
    assert await keys_in(database) == ["a", "b", "c0", "c1"]
    database.close()


async def test_a_commit_that_fails_fails_everybody_in_it(sqlite_url: str, keys: Keys) -> None:
    upgrade(sqlite_url)
    database = Database(sqlite_url, keys)
    await database.run(put("a"))

    def refused_at_the_end(session: Session) -> None:
        session.execute(text("PRAGMA defer_foreign_keys=ON"))
        session.add(Duty(desk_id=77, person_id=77, starts=datetime(2026, 11, 16, tzinfo=UTC)))
        session.add(Meta(key="b", value=""))

    for several in (3, 1):
        outcomes = await asyncio.gather(
            *(database.run(refused_at_the_end) for _ in range(several)), return_exceptions=True
        )
        assert [type(each) for each in outcomes] == [DatabaseUnavailable] * several
    await database.run(put("c"))
    assert await keys_in(database) == ["a", "c"]
    database.close()


async def test_whoever_shares_a_commit_that_fails_is_not_told_it_was_stored(
    sqlite_url: str, keys: Keys
) -> None:
    upgrade(sqlite_url)
    database = Database(sqlite_url, keys)
    begun = threading.Event()

    def slow(session: Session) -> None:
        begun.wait(5)  # meanwhile the others queue up, and share one commit

    def refused_at_the_end(session: Session) -> None:
        session.execute(text("PRAGMA defer_foreign_keys=ON"))
        session.add(Duty(desk_id=77, person_id=77, starts=datetime(2026, 11, 16, tzinfo=UTC)))

    first = asyncio.ensure_future(database.run(slow))
    await asyncio.sleep(0.05)
    works = [put("b"), refused_at_the_end, put("c")]
    others = asyncio.gather(*map(database.run, works), return_exceptions=True)
    await asyncio.sleep(0)
    begun.set()
    await first
    assert [type(each) for each in await others] == [DatabaseUnavailable] * 3
    assert await keys_in(database) == []
    database.close()


async def test_a_file_that_vanishes_while_the_program_starts_may_come_back(
    sqlite_url: str, keys: Keys
) -> None:
    upgrade(sqlite_url)
    starting = Database(sqlite_url, keys)
    assert starting.file is not None
    elsewhere = starting.file.rename(starting.file.with_suffix(".away"))
    with pytest.raises(DatabaseUnavailable):
        await starting.run(lambda session: session.add(Meta(key="a", value="")))
    assert not starting.file.exists()
    elsewhere.rename(starting.file)
    await starting.run(lambda session: session.add(Meta(key="b", value="")))
    keys_there = await starting.run(lambda session: set(session.exec(select(Meta.key)).all()))
    assert "b" in keys_there
    assert "a" not in keys_there
    starting.close()


@pytest.mark.parametrize("replaced", [False, True])
async def test_a_file_that_was_removed_or_replaced_takes_nothing_more(
    sqlite_url: str, keys: Keys, replaced: bool
) -> None:
    upgrade(sqlite_url)
    database = Database(sqlite_url, keys)
    await database.run(put("a"))
    assert database.file is not None
    database.file.rename(database.file.with_suffix(".away"))
    if replaced:
        upgrade(sqlite_url)
    with pytest.raises(DatabaseUnavailable):
        await database.run(put("b"))
    database.file.with_suffix(".away").replace(database.file)
    assert await database.run(put("c")) == "c"
    database.close()


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:///a.db", "sqlite"),
        ("sqlite+pysqlite:///a.db", "sqlite"),
        ("postgresql://u@h/d", "postgresql+psycopg"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg"),
        ("postgresql+asyncpg://u@h/d", "postgresql+psycopg"),
    ],
)
def test_a_driver_suffix_is_accepted_and_normalised(given: str, driver: str) -> None:
    assert normalised(given).drivername == driver


def test_another_database_is_refused() -> None:
    with pytest.raises(ValueError, match="not supported"):
        normalised("mysql://u@h/d")


async def test_a_server_that_only_reads_is_an_outage_until_another_takes_over(
    postgres_url: str, keys: Keys
) -> None:
    """So is one that is a standby now, or that its operator closed as its disk fills. The connection
    is let go of: the next one may lead to the server that writes."""
    database = Database(postgres_url, keys)
    await database.run(put("before"))
    with reading_only(postgres_url):
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable):
                await database.run(put("meanwhile"))
            assert not await database.run(takes_writes)
    await database.run(put("after"))
    assert await database.run(takes_writes)
    assert await keys_in(database) == ["after", "before"]
    database.close()


async def test_of_two_servers_the_one_that_answers_is_taken(postgres_url: str, keys: Keys) -> None:
    here = make_url(postgres_url)
    both = here.update_query_dict(
        {"host": f"/nowhere,{here.query['host']}", "target_session_attrs": "read-write"}
    )
    database = Database(both.render_as_string(hide_password=False), keys)
    await database.run(put("a"))
    assert await keys_in(database) == ["a"]
    with psycopg.connect(conninfo(database)) as connection:
        assert connection.execute("SELECT count(*) FROM meta").fetchone() is not None
    database.close()


_DIE = text("SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.mark.parametrize("die", [lambda session: session.execute(_DIE), Prepared(_DIE).all])
@pytest.mark.parametrize("times", [1, 2])
async def test_a_connection_that_dies_in_a_savepoint_is_an_outage_and_is_not_kept(
    postgres_url: str, keys: Keys, times: int, die: Callable[[Session], object]
) -> None:
    """Of that the error may tell nothing, and only say that the savepoint is gone."""
    database = Database(postgres_url, keys, pool_size=1)
    await database.run(put("before"))
    left = [times]

    def cut(session: Session) -> None:
        with session.begin_nested():
            session.add(Meta(key="inside", value=""))
            session.flush()
            left[0] -= 1
            if left[0] >= 0:
                die(session)

    if times == 1:  # nothing can have been stored: done again on another
        await database.run(cut)
    else:
        with pytest.raises(DatabaseUnavailable):
            await database.run(cut)
    await database.run(put("later"))
    assert await keys_in(database) == ["before", *(["inside"] if times == 1 else []), "later"]
    database.close()
