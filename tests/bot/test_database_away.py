"""The database goes away and comes back: nothing is acknowledged, nothing typed is lost, all by itself."""

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy.engine import make_url
from sqlmodel import Session, select

from bot.app import Program, build
from bot.config import Settings
from bot.delivery import Delivery
from bot.web import hooks, pages
from storage.connecting import Terms
from storage.database import Database
from storage.keys import Keys
from storage.tables import Rating
from tests import wired_url
from tests.bot.running import QUICK
from tests.bot.scripted import NAME, ScriptedChannel, delivering, queue, until
from tests.bot.test_locks import of
from tests.bot.web_site import Reader
from tests.conftest import SECRET, Clock
from tests.fakes.telegram import TOKEN
from tests.fakes.wire import Wire
from tests.people import furnish
from tests.read_only import reading_only

HOOK = {"x-telegram-bot-api-secret-token": "a-secret-for-webhooks"}
BASE = "http://127.0.0.1:8080"


@dataclass
class Away:
    """A program whose database can be taken away, in the way of its kind."""

    program: Program
    wire: Wire | None
    file: str
    url: str

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Gone at once: connections are refused, or the file is locked by somebody else."""
        if self.wire is None:
            with self.locked():
                yield
            return
        self.wire.cut()
        try:
            yield
        finally:
            self.wire.mend()

    @contextmanager
    def hushed(self) -> Iterator[None]:
        """Silent: the worst case, as nothing says that it is gone."""
        if self.wire is None:
            with self.locked():
                yield
            return
        self.wire.hush()
        try:
            yield
        finally:
            self.wire.mend()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """It answers, and stores nothing: another server is the one that writes now."""
        with self.locked() if self.wire is None else reading_only(self.url):
            yield

    @contextmanager
    def locked(self) -> Iterator[None]:
        other = sqlite3.connect(self.file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.rollback()
            other.close()

    @asynccontextmanager
    async def reader(self, language: str = "vi") -> AsyncIterator[Reader]:
        transport = httpx.ASGITransport(app=self.program.web, client=("203.0.113.9", 4000))
        headers = {"accept-language": language}
        async with httpx.AsyncClient(
            transport=transport, base_url=BASE, headers=headers, timeout=60
        ) as client:
            yield Reader(client)

    async def post(self, number: int, text: str = "/start q-Q1") -> int:
        """One update as Telegram posts it; the status that answers it."""
        person = {"id": 900 + number, "is_bot": False, "first_name": "Lan", "language_code": "vi"}
        chat = {"id": 900 + number, "type": "private", "first_name": "Lan"}
        message = {"message_id": 1, "date": 1795200000, "chat": chat, "from": person, "text": text}
        body = json.dumps({"update_id": 7000 + number, "message": message})
        async with self.reader() as reader:
            answer = await reader.client.post("/hooks/telegram", content=body, headers=HOOK)
        return answer.status_code

    async def ready(self) -> int:
        async with self.reader() as reader:
            return (await reader.client.get("/readyz")).status_code


@pytest.fixture
async def away(
    request: pytest.FixtureRequest, database_url: str, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Away]:
    clock = Clock()
    values: dict[str, Any] = {
        "privacy": {"secret": SECRET},
        "web": {"public_url": BASE},
        "telegram": {"token": TOKEN, "mode": "webhook", "webhook_secret": HOOK[next(iter(HOOK))]},
    }
    settings = Settings.model_validate(values)
    monkeypatch.setattr(hooks, "ANSWERS_WITHIN_S", 0.3)
    monkeypatch.setattr(pages, "ANSWERS_WITHIN_S", 0.3)
    monkeypatch.setattr("bot.app._PING_S", 0.3)
    with _reached(database_url) as (url, wire):
        database = Database(url, keys)
        await database.run(lambda session: furnish(session, clock()))
        program = build(settings, database, clock)
        yield Away(program, wire, str(database.file or ""), database_url)
        for channel in program.channels:
            await channel.close()
        await asyncio.to_thread(database.close)


@contextmanager
def _reached(url: str) -> Iterator[tuple[str, Wire | None]]:
    if url.startswith("sqlite"):
        yield url, None
        return
    with Wire(wired_url.socket_of(url)) as wire:
        yield wired_url.through(url, wire), wire


async def again(away: Away, number: int) -> float:
    """Redeliver until it is taken; after how many seconds it was."""
    since = time.monotonic()
    while await away.post(number) != 200:
        assert time.monotonic() - since < 10
        await asyncio.sleep(0.05)
    return time.monotonic() - since


@pytest.mark.parametrize("how", ["cut", "hushed", "read_only"])
async def test_posts_are_answered_503_soon_and_taken_again_by_itself(away: Away, how: str) -> None:
    assert await away.post(1) == 200
    with getattr(away, how)():
        since = time.monotonic()
        assert await asyncio.gather(*(away.post(n) for n in range(2, 22))) == [503] * 20
        assert time.monotonic() - since < 3
        assert await away.ready() == 503
    print(f"recovered after {await again(away, 2):.2f} s")
    assert await away.post(2) == 200  # the same update once more: known
    await until_ready(away)


async def until_ready(away: Away) -> None:
    async with asyncio.timeout(10):
        while await away.ready() != 200:
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("how", "language", "sorry"),
    [("cut", "vi", "Chưa lưu được"), ("hushed", "en", "Not saved yet")],
)
async def test_what_was_typed_is_shown_in_a_form_that_can_be_sent_once_more(
    away: Away, how: str, language: str, sorry: str
) -> None:
    words = ("Hài lòng", "Gửi góp ý", "Thử lại") if language == "vi" else (
        "Satisfied", "Send comment", "Try again",
    )  # fmt: skip
    async with away.reader(language) as reader:
        await reader.opens("/q/Q1")
        await reader.taps(words[0])
        with getattr(away, how)():
            text = await reader.taps(words[1], typed="Chờ lâu nhưng chu đáo")
            assert reader.status == 503
            assert sorry in text
            assert "Chờ lâu nhưng chu đáo" in text
        async with asyncio.timeout(10):
            while reader.status == 503:
                text = await reader.taps(words[2])
        assert reader.status == 200
        assert "Chờ lâu nhưng chu đáo" in text
    (rating,) = await away.program.database.run(lambda s: list(s.exec(select(Rating)).all()))
    assert rating.comment is not None


async def test_text_of_a_page_that_is_too_old_is_there_to_be_copied(away: Away) -> None:
    async with away.reader() as reader:
        await reader.opens("/q/Q1")
        await reader.taps("Hài lòng")
        with away.cut():
            form = next(form for form in reader.page.forms if "text" in form.texts)
            answer = await reader.client.post(
                form.action,
                data={**form.hidden, "token": "of last week", "text": "Một góp ý dài"},
                headers={"origin": BASE},
            )
        assert answer.status_code == 503
        assert "Một góp ý dài" in answer.text


async def test_sending_goes_on_by_itself_once_the_server_is_back(
    postgres_url: str, keys: Keys, clock: Clock
) -> None:
    direct = Database(postgres_url, keys)
    with Wire(wired_url.socket_of(postgres_url)) as wire:
        database, channel = Database(wired_url.through(postgres_url, wire), keys), ScriptedChannel()
        lock = of(database)
        sending = Delivery(database, clock, [channel], locks={NAME: lock}, tuning=QUICK)
        async with delivering(sending):
            await until(lambda: lock.held)
            wire.cut()
            await until(lambda: not lock.held)
            await queue(direct, ("c1", "while it was away"))
            await asyncio.sleep(0.2)
            assert channel.sent == []
            wire.mend()
            since = time.monotonic()
            await until(lambda: channel.sent, 10)
            print(f"sending again after {time.monotonic() - since:.2f} s")
        database.close()
    direct.close()


async def test_a_statement_that_takes_too_long_is_an_outage_but_an_export_is_not(
    postgres_url: str, keys: Keys
) -> None:
    from storage.errors import DatabaseUnavailable

    database = Database(postgres_url, keys, terms=Terms(statement_timeout=0.2, lock_timeout=0.1))
    with pytest.raises(DatabaseUnavailable, match="statement timeout"):
        await database.run(_slow)
    assert database.read_now(_slow) is None
    database.close()


async def test_a_long_reading_is_done_on_the_replica_and_nothing_else_is(
    postgres_url: str, empty_postgres_url: str, keys: Keys
) -> None:
    database = Database(postgres_url, keys, terms=Terms(replica_url=empty_postgres_url))
    names = [make_url(url).database for url in (postgres_url, empty_postgres_url)]
    assert await database.run(_name) == names[0]
    assert database.read_now(_name) == names[0]
    assert database.read_now(_name, from_replica=True) == names[1]
    database.close()


def _name(session: Session) -> object:
    return session.connection().exec_driver_sql("SELECT current_database()").scalar()


def _slow(session: Session) -> None:
    session.connection().exec_driver_sql("SELECT pg_sleep(0.4)")


async def test_behind_a_pooler_limits_hold_and_nothing_is_prepared(
    postgres_url: str, keys: Keys
) -> None:
    """As pgbouncer shares connections out a transaction at a time."""
    terms = Terms(direct_url=postgres_url, statement_timeout=7, lock_timeout=3)
    database = Database(postgres_url, keys, terms=terms)

    def look(session: Session) -> tuple[list[str], object]:
        connection = session.connection()
        names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        held = [str(connection.exec_driver_sql(f"SHOW {name}").scalar()) for name in names]
        for _ in range(8):
            connection.exec_driver_sql("SELECT 1")
        prepared = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_prepared_statements"
        ).scalar()
        return held, prepared

    assert await database.run(look) == (["7s", "3s", "1min"], 0)
    with database.engine.connect() as connection:
        connection.rollback()
        driver: Any = connection.connection.driver_connection
        driver.autocommit = True
        assert driver.execute("SHOW statement_timeout").fetchone() == ("0",)
        driver.autocommit = False
    database.close()
