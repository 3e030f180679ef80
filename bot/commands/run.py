"""`run`: everything at once, until stopped."""

import asyncio
import sys
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from bot.commands.command import CONFIG_HELP, Misused, opened, register, settings_of
from bot.commands.terminal import Terminal
from bot.interpreter import python

if TYPE_CHECKING:
    from bot.config import Settings


def add(app: App, terminal: Terminal) -> None:
    """Register the command."""
    say = terminal.say

    @register(
        app,
        say,
        "run",
        usage="[--demo | --config FILE]",
        summary=say("Run everything: web page, Telegram, reminders; until Ctrl+C."),
        more=say(
            "Without a configuration, or with --demo, it shows an invented organisation on "
            "http://127.0.0.1:8080 and needs neither a token nor a network."
        ),
        epilogue=say(
            "Examples:\n"
            "  python -m bot run --demo\n"
            "  python -m bot run --config config.toml\n"
            "Next: open /healthz to see that it lives, /readyz to see how each door does."
        ),
    )
    def run(
        *,
        demo: Annotated[
            bool,
            Parameter(
                help=say("Show the invented organisation, whatever is configured."),
                negative=(),
                show_default=False,
            ),
        ] = False,
        config: Annotated[Path | None, Parameter(help=say(CONFIG_HELP))] = None,
    ) -> int:
        if demo and config is not None:
            raise Misused(say("Choose one: --demo takes no configuration file."))
        settings = settings_of(config, terminal, demo=demo)
        with opened(settings):
            pass  # the schema and the mark fit: said before anything starts
        in_loop(_everything(settings, terminal))
        return 0


async def _everything(settings: "Settings", terminal: Terminal) -> None:
    from bot.app import run

    def ready() -> None:
        for line in where_to_look(settings, terminal):
            terminal.tell(line)

    await run(settings, ready=ready)


def where_to_look(settings: "Settings", terminal: Terminal) -> Iterator[str]:
    """What the person at the terminal may do now."""
    say, url = terminal.say, settings.public_url
    if settings.demo:
        yield say("Open {url} and be a citizen, a member or a secretary.", url=url)
        yield say(
            "What you rate comes out of: {python} -m bot export ratings --output -",
            python=python(),
        )
        yield say("To set up a real one, see README.md and config.example.toml.")
    else:
        yield say("Citizens come in at {url}/q/CODE, where CODE is a desk's.", url=url)
        yield say("How each door does: {url}/readyz", url=url)
    yield say("Ctrl+C stops.")


def in_loop(work: Coroutine[Any, Any, None]) -> None:
    """Run on uvloop, which is quicker, where there is one (not on Windows)."""
    if sys.platform == "win32":
        asyncio.run(work)
    else:
        import uvloop

        uvloop.run(work)
