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
from bot.parts import EVERYTHING, PARTS, WEB, UnknownPart, in_order, read_parts

if TYPE_CHECKING:
    from bot.config import Settings


def add(app: App, terminal: Terminal) -> None:
    """Register the command."""
    say = terminal.say

    @register(
        app,
        say,
        "run",
        usage="[--demo | --config FILE] [--only PARTS]",
        summary=say("Run everything: web page, Telegram, reminders; until Ctrl+C."),
        more=say(
            "Without a configuration, or with --demo, it shows an invented organisation on "
            "http://127.0.0.1:8080 and needs neither a token nor a network."
        )
        + "\n\n"
        + say(
            "On PostgreSQL it may run any number of times, on any machines: each does everything, or "
            "with --only a part of it. A part that nobody runs is not done: without delivery answers "
            "wait in the database until a process sends them. The parts:\n"
            "  web        pages and webhooks\n"
            "  telegram   receives from Telegram\n"
            "  zalo       receives from Zalo, bot and Official Account\n"
            "  delivery   sends to both\n"
            "  scheduler  reminders, digests, what is due each day\n"
            "Every process answers /healthz, /readyz and /metrics: without web on web.health_port."
        ),
        epilogue=say(
            "Examples:\n"
            "  python -m bot run --demo\n"
            "  python -m bot run --config config.toml\n"
            "  python -m bot run --only web,telegram,zalo\n"
            "  BOT_WEB__HEALTH_PORT=8081 python -m bot run --only delivery,scheduler\n"
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
        only: Annotated[
            str | None,
            Parameter(help=say("Do only these parts, separated by commas; otherwise everything.")),
        ] = None,
        config: Annotated[Path | None, Parameter(help=say(CONFIG_HELP))] = None,
    ) -> int:
        if demo and config is not None:
            raise Misused(say("Choose one: --demo takes no configuration file."))
        if demo and only is not None:
            raise Misused(say("Choose one: --demo does everything."))
        parts = EVERYTHING if only is None else _read(only, terminal)
        settings = settings_of(config, terminal, demo=demo)
        with opened(settings):
            pass  # the schema and the mark fit: said before anything starts
        in_loop(_run(settings, terminal, parts))
        return 0


def _read(only: str, terminal: Terminal) -> frozenset[str]:
    try:
        return read_parts(only)
    except UnknownPart as unknown:
        known = ", ".join(PARTS)
        raise Misused(
            terminal.say(
                "--only has no part {name}; there are: {parts}.", name=unknown.name, parts=known
            )
            if unknown.name
            else terminal.say("--only names no part; there are: {parts}.", parts=known)
        ) from None


async def _run(settings: "Settings", terminal: Terminal, parts: frozenset[str]) -> None:
    from bot.app import run

    def ready() -> None:
        for line in where_to_look(settings, terminal, parts):
            terminal.tell(line)

    await run(settings, ready=ready, parts=parts)


def where_to_look(
    settings: "Settings", terminal: Terminal, parts: frozenset[str] = EVERYTHING
) -> Iterator[str]:
    """What the person at the terminal may do now."""
    if parts != EVERYTHING:
        yield from _what_is_missing(settings, terminal, parts)
    if WEB in parts:
        yield from _at_the_web(settings, terminal)
    yield terminal.say("Ctrl+C stops.")


def _what_is_missing(
    settings: "Settings", terminal: Terminal, parts: frozenset[str]
) -> Iterator[str]:
    say, missing = terminal.say, ", ".join(in_order(EVERYTHING - parts))
    yield say("This process does: {parts}.", parts=", ".join(in_order(parts)))
    if settings.database.url.startswith("sqlite"):
        yield say(
            "On SQLite one process runs at a time: nobody does {parts} meanwhile.", parts=missing
        )
    else:
        yield say("Let other processes do the rest: {parts}.", parts=missing)
    if WEB not in parts:
        where = settings.web
        yield say(
            "How it is doing: http://{host}:{port}/readyz",
            host=where.host,
            port=where.health_port or where.port,
        )


def _at_the_web(settings: "Settings", terminal: Terminal) -> Iterator[str]:
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


def in_loop(work: Coroutine[Any, Any, None]) -> None:
    """Run on uvloop, which is quicker, where there is one (not on Windows)."""
    if sys.platform == "win32":
        asyncio.run(work)
    else:
        import uvloop

        uvloop.run(work)
