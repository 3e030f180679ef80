"""`run`: everything at once, until stopped."""

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from bot.commands.command import CONFIG_HELP, Misused, opened, register, settings_of
from bot.commands.terminal import Terminal

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
            pass  # the schema and the mark fit, said before anything starts
        from bot.app import run as run_everything

        in_loop(run_everything(settings, ready=lambda: announce(settings, terminal)))
        return 0


def announce(settings: "Settings", terminal: Terminal) -> None:
    """Say where to look, once the door is open."""
    say = terminal.say
    terminal.tell(say("Open {url} in a browser. Ctrl+C stops.", url=settings.public_url))
    if settings.demo:
        from bot.web.demo import next_steps

        terminal.tell(say("Then try, in another terminal:"))
        for command, meaning in next_steps(say):
            terminal.tell(f"  {command}  –  {meaning}")


def in_loop(work: Coroutine[Any, Any, None]) -> None:
    """Run on uvloop, which is quicker, where there is one (not on Windows)."""
    if sys.platform == "win32":
        asyncio.run(work)
    else:
        import uvloop

        uvloop.run(work)
