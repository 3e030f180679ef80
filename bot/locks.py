"""One sender per bot token, one program per SQLite file."""

import asyncio
import hashlib
from pathlib import Path

import structlog

from bot.lock_holders import AdvisoryLock, FileLock, Holder, NoLock
from storage.database import Database

log = structlog.get_logger("locks")


class AlreadyRunning(Exception):
    """Another program runs on this SQLite file; it must be stopped first."""

    def __init__(self, file: Path, holder: str) -> None:
        who = f" (process {holder})" if holder else ""
        super().__init__(
            f"{file} is already in use by another `run`{who}: stop it first, "
            "or give this one a database of its own"
        )


class SenderLock:
    """Who sends (and polls) with one bot token: `keep` takes it, watches it, takes it again.

    `generation` counts how often it was taken: what was remembered before may no longer hold.
    """

    def __init__(self, holder: Holder, name: str, *, every: float = 1.0) -> None:
        self._holder, self.name, self._every = holder, name, every
        self._held, self._lost = asyncio.Event(), asyncio.Event()
        self._lost.set()
        self.generation = 0
        self._told = False

    @property
    def held(self) -> bool:
        """Whether this process may send."""
        return self._held.is_set()

    async def wait_held(self) -> None:
        """Until this process may send."""
        await self._held.wait()

    async def wait_lost(self) -> None:
        """Until it may not any more."""
        await self._lost.wait()

    async def keep(self) -> None:
        """Until cancelled: hold the lock whenever it can be had. Lets go of it at the end."""
        try:
            while True:
                await self._look()
                await asyncio.sleep(self._every)
        finally:
            self._set(held=False)
            # Not in a thread: this must happen even while the loop is being closed.
            self._holder.release()

    async def _look(self) -> None:
        if self.held:
            if not await asyncio.to_thread(self._holder.alive):
                log.warning("sending is no longer ours", door=self.name)
                self._set(held=False)
            return
        # Shielded: a lock taken after the cancellation must be known, or it is never let go.
        taken = asyncio.ensure_future(asyncio.to_thread(self._holder.take))
        try:
            got_it = await asyncio.shield(taken)
        except asyncio.CancelledError:
            await taken
            raise
        if got_it:
            self.generation += 1
            self._set(held=True)
            log.info("sending from here", door=self.name)
        elif not self._told:
            log.info("another process sends, standing by", door=self.name)
        self._told = not got_it

    def _set(self, *, held: bool) -> None:
        (self._held if held else self._lost).set()
        (self._lost if held else self._held).clear()


def conninfo(database: Database) -> str:
    """What psycopg needs to open a connection of its own to this database."""
    return database.url.set(drivername="postgresql").render_as_string(hide_password=False)


def _file_of(database: Database) -> Path | None:
    file = database.file
    return None if file is None or str(file) == ":memory:" else file


def sender_lock(database: Database, channel: str, token: str, *, every: float = 1.0) -> SenderLock:
    """The lock of one channel and token on this database."""
    name = f"{channel}-{hashlib.sha256(token.encode()).hexdigest()[:12]}"
    return SenderLock(_holder(database, "sender", name), channel, every=every)


def token_lock(database: Database, channel: str, account: str) -> Holder:
    """The lock under which one process at a time renews an account's tokens on this database."""
    name = f"{channel}-{hashlib.sha256(account.encode()).hexdigest()[:12]}"
    return _holder(database, "tokens", name)


def _holder(database: Database, what: str, name: str) -> Holder:
    if not database.is_sqlite:
        return AdvisoryLock(conninfo(database), f"{what}/{name}")
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
