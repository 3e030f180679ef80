"""Who holds a lock: a file beside SQLite, an advisory lock of PostgreSQL; both die with it."""

import hashlib
import os
import sys
from pathlib import Path
from typing import Protocol

import psycopg

_LOCKED_BYTE = 1 << 30  # Windows locks bytes, not files: one far behind anything written
# A standby has advisory locks of its own, which keep nobody out.
_TAKE = """
    SELECT CASE WHEN current_setting('transaction_read_only') = 'off'
    THEN pg_try_advisory_lock(%s) ELSE false END
    """
SILENT_S = 6.0  # after so long without a word the server takes a lock from its holder


class Holder(Protocol):
    """A lock that one process holds. All three may block for a moment: call them in a thread.

    `lease`: for how many seconds after `take` or `alive` were asked it is surely still ours; None
    where it is until we let go of it.
    """

    lease: float | None

    def take(self) -> bool:
        """Try to take it; False if another process holds it or it cannot be told."""
        ...

    def alive(self) -> bool:
        """Whether it is still ours."""
        ...

    def release(self) -> None:
        """Let go of it."""
        ...


class FileLock:
    """A lock file; the system frees it when its holder ends, however that happens."""

    lease: float | None = None

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None

    def take(self) -> bool:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        if not _lock(file):
            os.close(file)
            return False
        os.ftruncate(file, 0)
        os.write(file, str(os.getpid()).encode())
        self._file = file
        return True

    def alive(self) -> bool:
        return self._file is not None

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)  # which unlocks; the file stays, removing it would be a race
            self._file = None

    def holder(self) -> str:
        """The process that wrote its number there last, "" if that cannot be read."""
        try:
            return self.path.read_text().strip()
        except OSError:
            return ""


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> bool:
        os.lseek(file, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        os.lseek(file, 0, os.SEEK_SET)
        return True
else:
    import fcntl

    def _lock(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


class AdvisoryLock:
    """A session-level advisory lock of PostgreSQL over a connection of its own.

    The server ends the session, and with it the lock, of a holder that died, and of one that asked
    nothing for `silent_s`: its process is frozen, or its machine or network is gone.
    """

    def __init__(self, conninfo: str, name: str, *, silent_s: float = SILENT_S) -> None:
        self._conninfo = conninfo
        self._silent_s = silent_s
        self.lease: float | None = silent_s * 5 / 6
        self._key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        self._connection: psycopg.Connection | None = None

    def take(self) -> bool:
        self.release()  # one that the server took so long about that it was given up
        try:
            connection = psycopg.connect(
                self._conninfo,
                autocommit=True,
                options=f"-c idle_session_timeout={self._silent_s * 1000:.0f}",
            )
        except psycopg.Error:
            return False
        try:
            row = connection.execute(_TAKE, [self._key]).fetchone()
        except psycopg.Error:
            row = None
        if row is None or not row[0]:
            connection.close()
            return False
        self._connection = connection
        return True

    def alive(self) -> bool:
        if self._connection is None:
            return False
        try:
            self._connection.execute("SELECT 1")
        except psycopg.Error:
            self.release()
            return False
        return True

    def release(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class NoLock:
    """A database in memory has no second process."""

    lease: float | None = None

    def take(self) -> bool:
        return True

    def alive(self) -> bool:
        return True

    def release(self) -> None:
        return
