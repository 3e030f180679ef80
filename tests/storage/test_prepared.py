"""Statements run on the driver: the same transaction, types and errors as the session's own."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial

import psycopg
import pytest
from sqlalchemy import Date, bindparam, insert, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError, OperationalError, PendingRollbackError
from sqlmodel import Session
from sqlmodel import select as sqlmodel_select

from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.keys import Keys
from storage.prepared import Prepared, together
from storage.queries.apart import apart
from storage.tables import Chat, Desk, Outbox, Seen, Unit
from storage.tables.columns import UtcTime, writing

_SEEN, _CHAT = Seen.__table__, Chat.__table__  # type: ignore[attr-defined]
_OUTBOX, _DESK = Outbox.__table__, Desk.__table__  # type: ignore[attr-defined]
ADD = Prepared(insert(_SEEN).values(key=bindparam("key"), day=bindparam("day")))
ALL = Prepared(select(_SEEN.c.key, _SEEN.c.day).order_by(_SEEN.c.key))
DAY = date(2026, 11, 16)
WROTE = "what a citizen wrote"


async def test_what_it_writes_is_undone_with_the_work_it_belongs_to(database: Database) -> None:
    def fail(session: Session) -> None:
        ADD.run(session, key="lost", day=DAY)
        raise KeyError

    def keep(session: Session) -> int:
        return ADD.run(session, key="kept", day=DAY)

    with pytest.raises(KeyError):
        await database.run(fail)
    assert await database.run(keep) == 1
    assert await database.run(ALL.all) == [("kept", DAY)]


async def test_it_sees_what_the_session_had_not_written_yet(database: Database) -> None:
    def both(session: Session) -> list[tuple[object, ...]]:
        session.add(Seen(key="b", day=DAY))
        together(session, (ADD, {"key": "c", "day": DAY}), (ADD, {"key": "a", "day": DAY}))
        return ALL.all(session)

    assert await database.run(both) == [("a", DAY), ("b", DAY), ("c", DAY)]


async def test_moments_and_truth_come_back_as_the_tables_have_them(database: Database) -> None:
    moment = datetime(2026, 11, 16, 2, 30, tzinfo=UTC)
    local = moment.astimezone(tz=datetime.now().astimezone().tzinfo)
    names = ("chat", "content", "expires")
    put = Prepared(insert(_CHAT).values({name: bindparam(name) for name in names}))
    read = Prepared(select(_CHAT.c.expires).where(_CHAT.c.chat == bindparam("chat")))
    held = Prepared(select(_OUTBOX.c.held, _OUTBOX.c.until, _OUTBOX.c.id))

    def work(session: Session) -> tuple[object, ...]:
        put.run(session, chat="c", content="", expires=local)
        row = Outbox(channel="web", chat="c", address="", content="", until=moment)
        session.add(row)
        return (read.first(session, chat="c"), read.first(session, chat="d"), held.first(session))

    found = await database.run(work)
    assert found[:2] == ((moment,), None)
    assert found[2][:2] == (False, moment)  # type: ignore[index]
    assert found[0][0].utcoffset() == timedelta()  # type: ignore[index]


async def test_an_error_quotes_nothing_that_somebody_wrote(database: Database) -> None:
    def twice(session: Session) -> None:
        ADD.run(session, key=WROTE, day=DAY)
        ADD.run(session, key=WROTE, day=DAY)

    with pytest.raises(IntegrityError) as caught:
        await database.run(twice)
    assert caught.value.params is None
    assert await database.run(ALL.all) == []


async def test_a_broken_rule_is_no_outage_and_a_missing_table_keeps_its_kind(
    database: Database,
) -> None:
    orphan = Prepared(
        insert(_DESK).values(code=bindparam("c"), name="", folded="", unit_id=7, multi_agency=False)
    )
    with pytest.raises(IntegrityError):
        await database.run(lambda session: orphan.run(session, c="Q1"))


async def test_a_statement_fits_a_session_that_something_else_opened(database: Database) -> None:
    with Session(database.engine) as session:
        session.add(Unit(code="U", name="", folded=""))
        ADD.run(session, key="a", day=DAY)
        session.rollback()
    with Session(database.engine) as session:
        assert ALL.all(session) == []


async def test_a_lost_connection_is_told_apart_from_a_mistake(database: Database) -> None:
    if database.is_sqlite:
        return

    def cut(session: Session) -> None:
        Prepared(select(_SEEN.c.key)).all(session)
        driver = session.connection().connection.dbapi_connection
        assert driver is not None
        driver.close()
        ALL.all(session)

    with Session(database.engine) as session, pytest.raises(OperationalError) as caught:
        cut(session)
    assert caught.value.connection_invalidated


async def test_what_runs_later_runs_before_whatever_comes_next(database: Database) -> None:
    def by_the_session(session: Session) -> list[str]:
        ADD.later(session, key="a", day=DAY)
        return [each.key for each in session.exec(sqlmodel_select(Seen)).all()]

    def by_another(session: Session) -> list[tuple[object, ...]]:
        ADD.later(session, key="b", day=DAY)
        return ALL.all(session)

    assert await database.run(by_the_session) == ["a"]
    assert await database.run(by_another) == [("a", DAY), ("b", DAY)]
    await database.run(lambda session: ADD.later(session, key="c", day=DAY))
    assert [key for key, _ in await database.run(ALL.all)] == ["a", "b", "c"]


async def test_what_runs_later_and_fails_fails_its_own_work_alone(database: Database) -> None:
    await database.run(lambda session: ADD.later(session, key="a", day=DAY))
    works = [partial(ADD.later, key=key, day=DAY) for key in ("b", "a", "c")]
    outcomes = await asyncio.gather(*map(database.run, works), return_exceptions=True)
    assert [type(each) for each in outcomes] == [type(None), IntegrityError, type(None)]
    assert [key for key, _ in await database.run(ALL.all)] == ["a", "b", "c"]


async def test_work_that_fails_sends_nothing_of_what_it_left_for_later(database: Database) -> None:
    def fail(session: Session) -> None:
        ADD.later(session, key="lost", day=DAY)
        raise KeyError

    with pytest.raises(KeyError):
        await database.run(fail)
    assert await database.run(ALL.all) == []


@pytest.mark.parametrize("run", [ADD.run, ADD.later])
async def test_a_savepoint_undoes_what_ran_in_it_and_nothing_else(
    database: Database, run: Callable[..., object]
) -> None:
    """Also where the session itself had nothing to run in it."""

    def work(session: Session) -> None:
        run(session, key="before", day=DAY)
        with pytest.raises(KeyError), session.begin_nested():
            run(session, key="undone", day=DAY)
            raise KeyError
        with pytest.raises(IntegrityError), session.begin_nested():
            ADD.run(session, key="before", day=DAY)
        run(session, key="after", day=DAY)

    await database.run(work)
    assert await database.run(ALL.all) == [("after", DAY), ("before", DAY)]


async def test_work_that_hides_a_failed_statement_is_not_taken_for_stored(
    postgres_url: str, keys: Keys
) -> None:
    """PostgreSQL answers its COMMIT with ROLLBACK, which is no error."""
    postgres = Database(postgres_url, keys)

    def hides(session: Session) -> None:
        ADD.run(session, key="twice", day=DAY)
        with pytest.raises(IntegrityError):
            ADD.run(session, key="twice", day=DAY)

    with pytest.raises(PendingRollbackError):
        await postgres.run(hides)
    assert await postgres.run(ALL.all) == []
    postgres.close()


async def test_a_piece_of_work_inherits_nothing_of_the_one_before(database: Database) -> None:
    def only_prepared(session: Session) -> None:
        assert not set(session.info) & {"left", "day_keys"}
        session.info["left"] = True
        ALL.all(session)

    def objects(session: Session) -> None:
        assert "left" not in session.info
        assert not session.identity_map
        session.info["left"] = True
        session.add(Unit(code=f"U{len(seen)}", name="Chi đoàn", folded="chi doan"))
        session.flush()
        seen.append(session)

    def left_pending(session: Session) -> None:
        session.add(Unit(code="C1", name="không lưu", folded=""))
        raise KeyError

    seen: list[Session] = []
    for work in (only_prepared, only_prepared, objects, only_prepared, objects):
        await database.run(work)
    with pytest.raises(KeyError):
        await database.run(left_pending)
    found = await database.run(lambda session: session.exec(sqlmodel_select(Unit.code)).all())
    assert sorted(found) == ["U0", "U1"]


def test_days_and_moments_are_written_as_sqlalchemy_writes_them() -> None:
    dialect = sqlite.dialect()
    hanoi = timezone(timedelta(hours=7))
    for moment in (
        datetime(2026, 11, 16, 2, 0, tzinfo=UTC),
        datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=hanoi),
        datetime(1, 1, 1, 23, 59, 59, 999_999, tzinfo=UTC),
        None,
    ):
        theirs = UtcTime().dialect_impl(dialect).bind_processor(dialect)
        ours = writing(UtcTime(), dialect)
        assert ours is not None
        assert theirs is not None
        assert ours(moment) == theirs(moment)
    theirs_of_days = Date().dialect_impl(dialect).bind_processor(dialect)
    ours_of_days = writing(Date(), dialect)
    assert ours_of_days is not None
    assert theirs_of_days is not None
    for day in (date(2026, 11, 16), date(1, 1, 1), datetime(2026, 2, 3, 4, tzinfo=UTC), None):
        assert ours_of_days(day) == theirs_of_days(day)
    with pytest.raises(ValueError, match="time zone"):
        writing(UtcTime(), dialect)(datetime(2026, 11, 16))  # type: ignore[misc]  # noqa: DTZ001


async def test_a_mistake_in_what_runs_later_stays_in_its_savepoint(database: Database) -> None:
    def twice(session: Session) -> None:
        ADD.run(session, key="inside", day=DAY)
        ADD.later(session, key="inside", day=DAY)

    def work(session: Session) -> Exception | None:
        ADD.later(session, key="before", day=DAY)
        failure = apart(session, lambda: apart(session, lambda: twice(session)))
        ADD.later(session, key="after", day=DAY)
        return failure

    assert isinstance(await database.run(work), IntegrityError)
    assert await database.run(ALL.all) == [("after", DAY), ("before", DAY)]


async def test_what_was_to_run_later_is_undone_with_its_savepoint(database: Database) -> None:
    def wrong(session: Session) -> None:
        ADD.later(session, key="inside", day=DAY)
        raise LookupError

    def work(session: Session) -> Exception | None:
        ADD.later(session, key="before", day=DAY)
        return apart(session, lambda: wrong(session))

    assert isinstance(await database.run(work), LookupError)
    assert await database.run(ALL.all) == [("before", DAY)]


async def test_a_full_disk_at_the_end_of_a_savepoint_is_an_outage_that_ends(
    postgres_url: str, keys: Keys
) -> None:
    """What ran later failed as the savepoint was released, which SQLAlchemy then holds for broken."""
    database = Database(postgres_url, keys, pool_size=1)

    def work(session: Session) -> None:
        outer, inner = session.begin_nested(), session.begin_nested()
        ADD.later(session, key="inside", day=DAY)
        inner.commit()
        outer.commit()

    with psycopg.connect(postgres_url, autocommit=True) as operator:
        operator.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full'; END $$"
        )
        operator.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON seen EXECUTE FUNCTION full_disk()"
        )
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable, match="no space"):
                await database.run(work)
        operator.execute("DROP TRIGGER full_disk ON seen")
    await database.run(work)
    assert await database.run(ALL.all) == [("inside", DAY)]
    database.close()
