"""`migrate`: bring the database to this release."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from bot.commands.command import CONFIG_HELP, private_files, register, settings_of
from bot.commands.terminal import Terminal


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
            "database gets its tables. Make a backup before."
        ),
        epilogue=say("Example: python -m bot migrate"),
    )
    def migrate(*, config: Annotated[Path | None, Parameter(help=say(CONFIG_HELP))] = None) -> int:
        settings = settings_of(config, terminal)
        return upgrade_database(settings.database.url, terminal)


def upgrade_database(url: str, terminal: Terminal) -> int:
    """Upgrade and say from where to where."""
    from storage.errors import SchemaIsOld
    from storage.schema import create_or_check, newest, revision, upgrade

    with private_files():
        before = revision(url)
        try:
            create_or_check(url)
        except SchemaIsOld:
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
