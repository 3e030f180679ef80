"""`backup`: everything worth keeping into one file, while the program runs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

from cyclopts import App, Parameter

from bot.commands.command import CONFIG_HELP, CannotDo, private_files, register, settings_of
from bot.commands.terminal import Terminal

if TYPE_CHECKING:
    from sqlmodel import Session

    from bot.backup import Header
    from bot.config import Settings
    from storage.database import Database


def add(app: App, terminal: Terminal) -> None:
    """Register the command."""
    say = terminal.say

    @register(
        app,
        say,
        "backup",
        usage="FILE|FOLDER [--config FILE]",
        summary=say("Put everything worth keeping into one file, while the program runs."),
        more=say(
            "The file is the same for SQLite and PostgreSQL: what was kept in one can be restored into "
            "the other. It holds one moment of the database, with a checksum, readable by this user "
            "only; it is there when it is whole, and never in place of another file. In a folder each "
            "backup gets a name of its own, and those older than privacy.backup_days are removed.\n\n"
            "Not in it: privacy.secret (keep it apart: without it nobody reads comments or receipt "
            "codes), what lives for a day at most, and the tokens of an Official Account."
        ),
        epilogue=say(
            "Examples:\n"
            "  python -m bot backup before-the-upgrade.backup\n"
            "  python -m bot backup /var/backups/bot\n"
            "Next: copy it to another machine, and try it there: python -m bot restore FILE --check"
        ),
    )
    def backup(
        file: Annotated[
            Path, Parameter(help=say("The file to write, or a folder that keeps several."))
        ],
        /,
        *,
        config: Annotated[Path | None, Parameter(help=say(CONFIG_HELP))] = None,
    ) -> int:
        settings = settings_of(config, terminal)
        return back_up(file, settings, datetime.now(UTC), terminal)


def back_up(file: Path, settings: "Settings", now: datetime, terminal: Terminal) -> int:
    """Write the backup and say what is in it."""
    from bot.backup.folder import name_of, remove_old

    say = terminal.say
    target = file / name_of(now) if file.is_dir() else file
    if target.exists():
        raise CannotDo(say("{file} is there already: name another one.", file=target))
    if not target.parent.is_dir():
        raise CannotDo(say("There is no folder {folder}.", folder=target.parent))
    with _existing(settings, terminal) as (database, revision):
        header = _written(database, revision, target, now, terminal)
        _note(database, now, terminal)
    size = f"{target.stat().st_size / 2**20:.1f}"
    terminal.tell(
        say.count(
            "{n} row of {tables} tables written to {file} ({size} MB).",
            "{n} rows of {tables} tables written to {file} ({size} MB).",
            header.total,
            tables=len(header.counts),
            file=target,
            size=size,
        )
    )
    terminal.tell(say("Keep privacy.secret apart from it: one is worth nothing without the other."))
    if file.is_dir():
        removed = remove_old(file, now, settings.privacy.backup_days)
        for each in removed:
            terminal.tell(say("Removed {file}: older than privacy.backup_days.", file=each))
    terminal.result(str(target))
    return 0


@contextmanager
def _existing(settings: "Settings", terminal: Terminal) -> "Iterator[tuple[Database, str]]":
    """The database with its revision, which may be an older one: migrating asks for a backup first."""
    from bot.doctor.database import is_missing
    from storage.database import Database, normalised
    from storage.errors import SchemaIsNewer, WrongMark
    from storage.queries.mark import is_marked_demo
    from storage.schema import revision, revisions

    url = settings.database.own_url
    found = None if is_missing(normalised(url)) else revision(url)
    if found is None:
        raise CannotDo(terminal.say("There is no database yet: nothing to back up."))
    if found not in revisions():
        raise SchemaIsNewer(found)
    database = Database(url, settings.keys(), pool_size=1)
    try:
        marked = database.read_now(is_marked_demo)
        if marked is not None and marked != settings.demo:
            raise WrongMark
        yield database, found
    finally:
        database.close()


def _written(
    database: "Database", revision: str, target: Path, now: datetime, terminal: Terminal
) -> "Header":
    from bot.backup import take
    from bot.cli import VERSION

    with terminal.progress(terminal.say("Writing")) as bar, _appearing(target) as stream:

        def work(session: "Session") -> "Header":
            return take(session, stream, revision, VERSION, now, bar)

        return database.read_now(work)


@contextmanager
def _appearing(target: Path) -> Iterator[BinaryIO]:
    """A stream whose content gets the name when all of it is on the disk, unless the name is taken."""
    from bot.backup.folder import unfinished

    with private_files():
        temporary, stream = unfinished(target)
    try:
        with stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(temporary, target)  # unlike a rename it never replaces
        except FileExistsError:
            raise
        except OSError:  # a disk without links
            if target.exists():
                raise FileExistsError(17, os.strerror(17), str(target)) from None
            os.rename(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def _note(database: "Database", now: datetime, terminal: Terminal) -> None:
    """Remember in the database when this was, for `doctor` and the metrics."""
    from storage.errors import DatabaseUnavailable
    from storage.queries.backup_made import note_backup

    try:
        database.run_now(lambda session: note_backup(session, now))
    except DatabaseUnavailable:
        terminal.tell(
            terminal.say("The backup is whole; the database was too busy to note when it was made.")
        )
