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
    from storage.schema import create_or_check, newest, revision, upgrade

    with private_files():
        before = revision(url)
        try:
            create_or_check(url)
        except SchemaIsOld:
            with _nothing_running(settings, terminal):
                upgrade(url)
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


@contextmanager
def _nothing_running(settings: "Settings", terminal: Terminal) -> Iterator[None]:
    """The program of the former release would go on with tables it does not know."""
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
        raise CannotDo(
            say("The program is running on this database: stop it first, then migrate.")
        ) from running
    finally:
        database.close()
