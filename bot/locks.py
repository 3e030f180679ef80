"""One sender and one poller per bot token, one program per SQLite file."""

import asyncio
import hashlib
import math
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bot.lock_holders import SILENT_S, AdvisoryLock, FileLock, Holder, NoLock
from storage.connecting import PATIENCE
from storage.database import Database

log = structlog.get_logger("locks")

_NOTICED_AFTER_LOOKS = 1.5
_RENEWS_S = 120.0  # nobody says meanwhile that it still renews


class AlreadyRunning(Exception):
    """Another program runs on this SQLite file; it must be stopped first."""

    def __init__(self, file: Path, holder: str) -> None:
        who = f" (process {holder})" if holder else ""
        super().__init__(
            f"{file} is already in use by another `run`{who}: stop it first, "
            "or give this one a database of its own"
        )


def awake() -> float:
    """Seconds that also pass while the machine sleeps or the process is frozen."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class SenderLock:
    """Who sends with one bot token, or polls: `keep` takes it, watches it, takes it again.

    `generation` counts how often it was taken: what was remembered before may no longer hold.
    """

    def __init__(
        self,
        holder: Holder,
        name: str,
        *,
        every: float = 1.0,
        work: str = "sending",
        clock: Callable[[], float] = awake,
    ) -> None:
        self._holder, self.name, self._every, self._work = holder, name, every, work
        self._clock, self._sure_until = clock, 0.0
        self._held, self._lost = asyncio.Event(), asyncio.Event()
        self._lost.set()
        self.generation = 0
        self._told = False
        self._thread: ThreadPoolExecutor | None = None
        self._asking: asyncio.Future[bool] | None = None

    @property
    def held(self) -> bool:
        """Whether this process may send: nobody can have taken it from us, even if we slept."""
        return self._held.is_set() and self._clock() < self._sure_until

    async def wait_held(self) -> None:
        """Until this process may send."""
        await self._held.wait()

    async def wait_lost(self) -> None:
        """Until it may not any more."""
        await self._lost.wait()

    async def keep(self) -> None:
        """Until cancelled: hold the lock whenever it can be had. Lets go of it at the end."""
        # A thread of its own: those that draw pictures may all be busy.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="lock")
        try:
            while True:
                await self._look()
                await asyncio.sleep(self._every)
        finally:
            self._set(held=False)
            # Not in a thread: this must happen even while the loop is being closed.
            self._holder.release()
            self._thread.shutdown(wait=False)

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Keep it meanwhile."""
        keeping = asyncio.create_task(self.keep(), name=f"lock {self._work} {self.name}")
        try:
            yield
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def _look(self) -> None:
        asked = self._clock()
        if not self._held.is_set():
            await self._try_to_take(asked)
        elif await self._alive():
            self._sure_for(asked)
        else:
            log.warning("lock lost", door=self.name, work=self._work)
            self._set(held=False)

    async def _alive(self) -> bool:
        """Whether it is still ours; not if the server does not say so while we are sure of it."""
        done, _ = await asyncio.wait({self._ask(self._holder.alive)}, timeout=self._holder.lease)
        return bool(done) and done.pop().result()

    async def _try_to_take(self, asked: float) -> None:
        if self._asking is not None and not self._asking.done():
            return  # the server has not answered the last question yet
        # Shielded: a lock taken after the cancellation must be known, or it is never let go.
        taken = self._ask(self._holder.take)
        try:
            got_it = await asyncio.shield(taken)
        except asyncio.CancelledError:
            await taken
            raise
        if got_it and self._told and self._holder.lease is not None:
            # Who had it may only have lost its connection, and notices when it looks next.
            await asyncio.sleep(_NOTICED_AFTER_LOOKS * self._every)
            asked = self._clock()
            got_it = await self._alive()  # ours may have been lost as well meanwhile
        if got_it:
            self.generation += 1
            self._sure_for(asked)
            self._set(held=True)
            log.info("lock taken", door=self.name, work=self._work)
        elif not self._told:
            log.info("standing by, another process does it", door=self.name, work=self._work)
        self._told = not got_it

    def _ask(self, question: Callable[[], bool]) -> asyncio.Future[bool]:
        self._asking = asyncio.get_running_loop().run_in_executor(self._thread, question)
        return self._asking

    def _sure_for(self, asked: float) -> None:
        lease = self._holder.lease
        self._sure_until = math.inf if lease is None else asked + lease

    def _set(self, *, held: bool) -> None:
        (self._held if held else self._lost).set()
        (self._lost if held else self._held).clear()


def conninfo(database: Database) -> str:
    """What psycopg needs to open a connection of its own to this database, past any pooler."""
    url = database.direct_url.set(drivername="postgresql").render_as_string(hide_password=False)
    asked = conninfo_to_dict(url)
    return make_conninfo(url, **{name: n for name, n in PATIENCE.items() if name not in asked})


def _file_of(database: Database) -> Path | None:
    file = database.file
    return None if file is None or str(file) == ":memory:" else file


def sender_lock(database: Database, channel: str, token: str, *, every: float = 1.0) -> SenderLock:
    """The lock of one channel and token on this database."""
    return SenderLock(_holder(database, "sender", _name(channel, token)), channel, every=every)


def poller_lock(database: Database, channel: str, token: str, *, every: float = 1.0) -> SenderLock:
    """The lock of whoever asks for the updates of one channel and token: it need not be the sender."""
    holder = _holder(database, "poller", _name(channel, token))
    return SenderLock(holder, channel, every=every, work="receiving")


def token_lock(database: Database, channel: str, account: str) -> Holder:
    """The lock under which one process at a time renews an account's tokens on this database."""
    return _holder(database, "tokens", _name(channel, account), silent_s=_RENEWS_S)


def _name(channel: str, token: str) -> str:
    return f"{channel}-{hashlib.sha256(token.encode()).hexdigest()[:12]}"


def _holder(database: Database, what: str, name: str, *, silent_s: float = SILENT_S) -> Holder:
    if not database.is_sqlite:
        return AdvisoryLock(conninfo(database), f"{what}/{name}", silent_s=silent_s)
    file = _file_of(database)
    marked = name if what == "sender" else f"{name}.{what}"
    return FileLock(file.with_name(f"{file.name}.{marked}.lock")) if file else NoLock()


class RunLock:
    """At most one `run` on one SQLite file; on PostgreSQL several are welcome."""

    def __init__(self, database: Database) -> None:
        self._file = _file_of(database)
        self._lock = (
            FileLock(self._file.with_name(f"{self._file.name}.run.lock")) if self._file else None
        )

    def take(self) -> None:
        """Take it or raise AlreadyRunning."""
        if self._lock is not None and self._file is not None and not self._lock.take():
            raise AlreadyRunning(self._file, self._lock.holder())

    def release(self) -> None:
        """Let go of it."""
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> "RunLock":
        self.take()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
