"""What every command shares: its help, its --config, the database it opens, how it fails."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App, Group

from bot.commands.terminal import Terminal
from handlers.texts import Speaker, Speech, mark

if TYPE_CHECKING:
    from bot.config import Settings
    from storage.database import Database

Add = Callable[[App, Terminal], None]

CONFIG_HELP = mark(
    "The configuration file. Otherwise BOT_CONFIG names it, or it is config.toml in this folder."
)


def register(
    app: App, say: Speech, name: str, *, usage: str, summary: str, more: str, epilogue: str
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """A decorator that adds a command, with a help that teaches."""
    return app.command(
        name=name,
        usage=say("Usage: python -m bot {name} {usage}", name=name, usage=usage).rstrip(),
        help=f"{summary}\n\n{more}",
        help_epilogue=epilogue,
        group_parameters=Group(say("Options")),
        group_arguments=Group(say("What to name")),
    )


class CannotDo(Exception):
    """A command found that its work cannot be done; `lines` tell the operator why."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Misused(CannotDo):
    """The command was asked for something that makes no sense."""


def settings_of(config: Path | None, terminal: Terminal, *, demo: bool = False) -> "Settings":
    """The settings; from here on the terminal speaks the language they ask for."""
    from bot.config import load

    settings = load(config, demo=demo)
    terminal.say = Speaker(settings.operator.language)
    if settings.demo:
        terminal.tell(
            terminal.say(
                "This is the demo: everything in it is invented ({url}).", url=_shown(settings)
            )
        )
    return settings


def _shown(settings: "Settings") -> str:
    from storage.database import normalised

    return normalised(settings.database.url).render_as_string(hide_password=True)


@contextmanager
def private_files() -> Iterator[None]:
    """What is created meanwhile can be read by this user only; Windows has other means."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def opened(settings: "Settings", terminal: Terminal | None = None) -> Iterator["Database"]:
    """The database, created (and said so) if it is empty; it must fit this release and mode."""
    from storage.database import Database
    from storage.queries.mark import mark_or_check
    from storage.schema import create_or_check

    with private_files():
        new = create_or_check(settings.database.own_url)
    if new and terminal is not None:
        terminal.tell(terminal.say("A new database was created: {url}.", url=_shown(settings)))
    database = Database(settings.database.url, settings.keys(), terms=settings.database.terms())
    try:
        database.run_now(lambda session: mark_or_check(session, demo=settings.demo))
        yield database
    finally:
        database.close()
