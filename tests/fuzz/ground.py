"""The whole program on an organisation of its own, for whatever a target throws at it."""

import asyncio
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from unittest.mock import patch

from prometheus_client import generate_latest
from sqlalchemy import func, text
from sqlmodel import Session, select

import storage.database
from bot.app import Program, build
from bot.config import Settings
from bot.dispatch import Handled
from bot.observability import REGISTRY
from bot.web.identity import Signatures, Visitor
from handlers.messages import Incoming
from storage.database import Database
from storage.keys import Keys
from storage.tables import Rating
from tests.databases import hurried, migrated
from tests.fuzz.answers import Answer, Headers, ask, conforms
from tests.fuzz.settings import SETTINGS
from tests.fuzz.watching import SECRETS, Finding, Log, bounded, tell_nothing
from tests.handlers.access.organisation import NOW, Organisation, chat_of, furnish

T = TypeVar("T")

_RENEWED_AFTER = 400  # inputs: a database that grows would make every one slower
_LATE_S = 60
_REFUSED = {400, 404, 405, 413, 422, 429}


class Ground:
    """The program, wired as always, with what watches over it. `url` "" is SQLite in memory's
    reach; another one is a migrated, empty database that is furnished once."""

    def __init__(self, url: str = "") -> None:
        self.log, self.loop = Log(), asyncio.new_event_loop()
        self._url, self._folder, self._inputs = url, "", 0
        self.closing: list[Callable[[], Awaitable[None]]] = []
        self._open()

    def _open(self) -> None:
        if not self._url:
            shared = Path("/dev/shm")
            where = shared if shared.is_dir() else None
            self._folder = tempfile.mkdtemp(prefix="fuzz", dir=where)
        url = self._url or migrated(f"sqlite:///{self._folder}/fuzz.sqlite")
        with patch.object(storage.database, "open_engine", hurried):
            self.database = Database(url, Keys(SECRETS["privacy secret"]))
        with self.database.engine.connect() as connection:
            empty = not connection.execute(text("SELECT count(*) FROM unit")).scalar()
        self.made = furnish(self.database) if empty else Organisation()
        settings = Settings.model_validate(SETTINGS | {"database": {"url": url}})
        self.log.set_up()
        self.program: Program = build(settings, self.database, self.clock)
        self.signatures = Signatures(self.database.keys, https=False)
        self._watching = sqlite3.connect(f"{self._folder}/fuzz.sqlite") if self._folder else None

    def clock(self) -> datetime:
        """It stands still."""
        return NOW

    def close(self) -> None:
        """Let go of everything."""
        self.closing += [channel.close for channel in self.program.channels]
        while self.closing:
            self.loop.run_until_complete(self.closing.pop()())
        if self._watching is not None:
            self._watching.close()
        self.database.close()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    # -- one input -----------------------------------------------------------------------------

    def does(self, what: Callable[[], Awaitable[T]]) -> T:
        """Run what an input leads to; everything that must hold is checked."""
        self.log.set_up()
        with bounded("an input"):
            result = self.loop.run_until_complete(self._settled(what))
        self.log.check()
        self._inputs += 1
        if self._inputs % _RENEWED_AFTER == 0:
            self.survives()
            if self._folder:
                self.close()
                self._open()
        return result

    @staticmethod
    async def _settled(what: Callable[[], Awaitable[T]]) -> T:
        try:
            async with asyncio.timeout(_LATE_S):
                result = await what()
        except TimeoutError:
            raise Finding("an input is never done with") from None
        mine = asyncio.current_task()
        while rest := [each for each in asyncio.all_tasks() if each is not mine]:
            await asyncio.wait(rest, timeout=1)
            for each in rest:
                each.cancel()
        return result

    async def asks(
        self, method: str, target: bytes, headers: Headers = (), body: bytes = b""
    ) -> Answer:
        """A request to the web app: its answer is one, and what it refuses leaves nothing."""
        before = self._version()
        answer = await ask(self.program.web, method, target, headers, body)
        asked = f"{method} {target.decode('latin-1')[:200]}"
        conforms(answer, asked)
        refused = answer.status in _REFUSED or (answer.status == 403 and b"/hooks/" in target)
        if refused and self._version() != before:
            raise Finding(f"something is stored although it is refused ({answer.status})", asked)
        return answer

    async def hears(self, incoming: Incoming) -> Handled:
        """An update as a channel hands it over."""
        can = next(each.can for each in self.program.channels if each.name == incoming.channel)
        return await self.program.dispatch.handle(incoming, can)

    def cookie(self, person: str) -> bytes:
        """The cookie of somebody who is linked to their browser; of a citizen for ""."""
        visitor = Visitor(chat_of(person), official=True) if person else Visitor("a-citizen")
        return f"{self.signatures.cookie_name}={self.signatures.write_cookie(visitor)}".encode()

    def _version(self) -> object:
        if self._watching is None:
            return None
        return self._watching.execute("PRAGMA data_version").fetchone()

    # -- afterwards ----------------------------------------------------------------------------

    def survives(self) -> None:
        """The program still takes a rating, the database is sound, the metrics tell nothing."""
        before = self._ratings()
        visitor = f"visitor-{self._inputs}"
        incoming = Incoming(
            "web", visitor, visitor, f"tap-{self._inputs}", action="rate/QC11/261123/1/5"
        )
        handled = self.loop.run_until_complete(self.hears(incoming))
        if handled.reference or handled.refused or self._ratings() != before + 1:
            raise Finding("no rating is taken any more", str(handled.replies)[:300])
        tell_nothing("the metrics", generate_latest(REGISTRY).decode(), personal=True)
        if self._folder:
            with closing(sqlite3.connect(f"{self._folder}/fuzz.sqlite")) as connection:
                if orphans := connection.execute("PRAGMA foreign_key_check").fetchall():
                    raise Finding("rows without what they belong to", str(orphans[:5]))
                (sound,) = connection.execute("PRAGMA integrity_check").fetchone()
                if sound != "ok":
                    raise Finding("the database is damaged", sound)
        self.log.check()

    def _ratings(self) -> int:
        def count(session: Session) -> int:
            return session.exec(select(func.count()).select_from(Rating)).one()

        return self.database.run_now(count)


_grounds: dict[str, Ground] = {}
_chosen = [os.environ.get("FUZZ_DATABASE", "")]


def ground() -> Ground:
    """The one of this process for the database that is chosen; made when it is first needed."""
    url = _chosen[0]
    if url not in _grounds:
        _grounds[url] = Ground(url)
    return _grounds[url]


def close_all() -> None:
    """Let go of every one of this process."""
    while _grounds:
        _grounds.popitem()[1].close()


@contextmanager
def on(url: str) -> Iterator[None]:
    """Meanwhile everything happens on another database, which is migrated and empty."""
    _chosen[0], before = url, _chosen[0]
    try:
        yield
    finally:
        _chosen[0] = before
        if (there := _grounds.pop(url, None)) is not None:
            there.close()
