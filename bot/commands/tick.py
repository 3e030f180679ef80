"""`tick`: run what is due once, deliver, exit."""

import asyncio
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast
from zoneinfo import ZoneInfo

from cyclopts import App, Parameter

from bot.commands.command import CONFIG_HELP, CannotDo, opened, register, settings_of
from bot.commands.terminal import Terminal

if TYPE_CHECKING:
    from bot.config import Settings
    from handlers.jobs.job import Counts

_FAR = timedelta(days=31)


def add(app: App, terminal: Terminal) -> None:
    """Register the command."""
    say = terminal.say

    @register(
        app,
        say,
        "tick",
        usage="[--now TIME] [--config FILE]",
        summary=say("Do once what is due, deliver what waits, and end."),
        more=say(
            "For a timer such as cron instead of a program that always runs. Twice, late or beside a "
            "running program it does no harm: what was done is not done again."
        ),
        epilogue=say(
            "Examples:\n  python -m bot tick\n  python -m bot tick --now 2026-11-23T08:00"
        ),
    )
    def tick(
        *,
        now: Annotated[
            datetime | None,
            Parameter(
                help=say(
                    "Act as if it were this local time. Retention counts from it too: "
                    "a far date deletes what is too old by then."
                )
            ),
        ] = None,
        config: Annotated[Path | None, Parameter(help=say(CONFIG_HELP))] = None,
    ) -> int:
        return do_what_is_due(settings_of(config, terminal), now, terminal)


def do_what_is_due(settings: "Settings", now: datetime | None, terminal: Terminal) -> int:
    """Run every job once and deliver; 1 if a job failed."""
    with opened(settings):
        pass  # the schema and the mark fit
    from bot.app import real_clock
    from bot.app import tick as run_all

    moment = now if now is None else _aware(now, settings.schedule.timezone)
    if moment is not None and not _meant(moment, real_clock(), terminal):
        raise CannotDo(terminal.say("Nothing was done."))
    outcome = asyncio.run(run_all(settings, real_clock if moment is None else lambda: moment))
    say, failed = terminal.say, False
    jobs = cast("dict[str, Counts | None]", outcome["jobs"])
    sent = cast("dict[str, Counts]", outcome["sent"])
    for name, counts in jobs.items():
        if counts is None:
            failed = True
            terminal.tell(say("The job {name} failed; the log says where.", name=name))
        else:
            terminal.result(_line(name, counts))
    for name, done in sent.items():
        terminal.result(_line(name, done))
    return 1 if failed else 0


def _meant(moment: datetime, real: datetime, terminal: Terminal) -> bool:
    """A slip of the year would forget what the retention period keeps: ask who sits there."""
    if abs(moment - real) < _FAR or not sys.stdin.isatty():
        return True
    question = terminal.say(
        "{now} is far from today: what is past its retention period then is deleted. "
        "Type yes to go on:",
        now=moment.date(),
    )
    terminal.tell(question)
    return sys.stdin.readline().strip().lower() in {"yes", "y", "có", "co"}


def _aware(moment: datetime, timezone: str) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(timezone))


def _line(name: str, counts: "Counts") -> str:
    return " ".join([f"{name}:", *(f"{what}={n}" for what, n in counts.items())])
