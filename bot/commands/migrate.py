"""`migrate`: bring the database to this release."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from bot.commands.command import CONFIG_HELP, CannotDo, private_files, register, settings_of
from bot.commands.terminal import Terminal

if TYPE_CHECKING:
    from bot.config import Settings


def add(app: App, terminal: Terminal) -> None:
    """Register the command."""
    say = terminal.say

    @register(
        app,
        say,
        "migrate",
        usage="[--config FILE]",
        summary=say("Bring the database to this release."),
        more=say(
            "Needed once after installing a newer release: the other commands say so. An empty "
            "database gets its tables. Stop the program and make a backup before."
        ),
        epilogue=say("Example: python -m bot migrate"),
    )
    def migrate(*, config: Annotated[Path | None, Parameter(help=say(CONFIG_HELP))] = None) -> int:
        settings = settings_of(config, terminal)
        return upgrade_database(settings, terminal)


def upgrade_database(settings: "Settings", terminal: Terminal) -> int:
    """Upgrade and say from where to where."""
    url = settings.database.own_url
    from storage.errors import SchemaIsOld
    from storage.schema import create_or_check, newest, revision

    with private_files():
        before = revision(url)
        try:
            create_or_check(url)
        except SchemaIsOld:
            _migrated(settings, terminal)
    say, after = terminal.say, newest()
    if before == after:
        terminal.result(say("The database already stands at {after}: nothing to do.", after=after))
    elif before is None:
        terminal.result(say("The database was empty and now stands at {after}.", after=after))
    else:
        terminal.result(
            say("The database went from {before} to {after}.", before=before, after=after)
        )
    return 0


def _migrated(settings: "Settings", terminal: Terminal) -> None:
    from storage.errors import SchemaInUse
    from storage.schema import revisions, upgrade

    say, ahead = terminal.say, list(revisions())
    running = say("The program is running on this database: stop it first, then migrate.")
    with (
        nothing_running(settings, terminal, running),
        terminal.progress(say("Bringing the database to this release")) as bar,
    ):
        try:
            upgrade(settings.database.own_url, told=lambda to: bar(ahead.index(to) + 1, len(ahead)))
        except SchemaInUse as held:
            raise CannotDo(
                say(
                    "Another program uses the tables: stop it first, then migrate. Nothing was changed."
                )
            ) from held


@contextmanager
def nothing_running(settings: "Settings", terminal: Terminal, sentence: str) -> Iterator[None]:
    """Nothing of ours runs on the database, or CannotDo with this sentence: what runs would go on
    with tables it does not know."""
    from bot.alone import AlreadyRunning, InUse, alone_with, other_sessions
    from storage.database import Database

    say, database = terminal.say, Database(settings.database.own_url, settings.keys(), pool_size=1)
    try:
        with alone_with(database):
            if others := other_sessions(database):
                terminal.tell(
                    say.count(
                        "{n} other session is connected to this database: if it is the program, stop it.",
                        "{n} other sessions are connected to this database: if one is the program, stop it.",
                        others,
                    )
                )
            yield
    except (AlreadyRunning, InUse) as running:
        raise CannotDo(sentence) from running
    finally:
        database.close()
