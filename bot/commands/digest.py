"""`digest`: one week of one unit as text, JSON or a page; nothing is sent."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from bot.commands.command import CONFIG_HELP, CannotDo, Misused, opened, register, settings_of
from bot.commands.terminal import Terminal

if TYPE_CHECKING:
    from sqlmodel import Session

    from bot.config import Settings
    from handlers.digest.figures import Digest
    from handlers.weeks import Week

Format = Literal["text", "json", "html"]


def add(app: App, terminal: Terminal) -> None:
    """Register the command."""
    say = terminal.say

    @register(
        app,
        say,
        "digest",
        usage="--unit CODE [--week 2026-W47] [--format text|json|html] [--config FILE]",
        summary=say("Show a unit's weekly digest; nothing is sent."),
        more=say(
            "The same digest that its secretaries get, from the same code. Without --week it is the "
            "newest week that has ended."
        ),
        epilogue=say(
            "Examples:\n"
            "  python -m bot digest --unit C1\n"
            "  python -m bot digest --unit C1 --week 2026-W47 --format json"
        ),
    )
    def digest(
        *,
        unit: Annotated[str, Parameter(help=say("The unit's code."))],
        week: Annotated[str | None, Parameter(help=say("The week, such as 2026-W47."))] = None,
        format: Annotated[  # noqa: A002 - the option's name
            Format | None, Parameter(help=say("How to print it; otherwise as text."))
        ] = None,
        config: Annotated[Path | None, Parameter(help=say(CONFIG_HELP))] = None,
    ) -> int:
        from handlers.weeks import read_week

        try:
            wanted = None if week is None else read_week(week)
        except ValueError:
            raise Misused(
                say("There is no week {week}. Write it like 2026-W47.", week=week)
            ) from None
        settings = settings_of(config, terminal)
        return show(settings, unit, wanted, format or "text", terminal)


def show(
    settings: "Settings", unit: str, week: "Week | None", form: Format, terminal: Terminal
) -> int:
    """Print the digest; a week that has not ended is shown as it stands, and said so."""
    from bot.app import real_clock
    from handlers.digest.build import as_json
    from handlers.weeks import newest_closed

    policy = settings.policy()
    today = real_clock().astimezone(policy.timezone).date()
    wanted = week or newest_closed(today)
    found = _read(settings, unit, wanted, terminal)
    _warn_if_open(wanted, today, terminal)
    if form == "json":
        terminal.result(json.dumps(as_json(found), ensure_ascii=False, indent=2))
    else:
        terminal.result(_written(found, form, terminal))
    return 0


def _read(settings: "Settings", unit: str, week: "Week", terminal: Terminal) -> "Digest":
    from handlers.digest.build import build
    from storage.queries.digest import find_unit

    def read(session: "Session") -> "Digest | None":
        found = find_unit(session, unit)
        return None if found is None else build(session, found.id, week, settings.policy())

    with opened(settings, terminal) as database:
        digest = database.run_now(read)
    if digest is None:
        raise CannotDo(terminal.say("There is no unit with the code {code}.", code=unit))
    return digest


def _warn_if_open(week: "Week", today: date, terminal: Terminal) -> None:
    if week.last >= today:
        terminal.tell(
            terminal.say("Week {week} has not ended yet: these figures will change.", week=week)
        )


def _written(digest: "Digest", form: Format, terminal: Terminal) -> str:
    from handlers.digest.page import page
    from handlers.digest.text import parts, plain

    say = terminal.say
    return page(digest, say) if form == "html" else plain(parts(digest, say))
