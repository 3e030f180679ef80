"""`digest`: one week of one unit as text, JSON or a page; nothing is sent."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from bot.commands.command import CONFIG_HELP, CannotDo, Misused, opened, register, settings_of
from bot.commands.terminal import Terminal

if TYPE_CHECKING:
    from sqlmodel import Session

    from bot.config import Settings
    from handlers.digest.figures import Digest
    from handlers.rollup.figures import RollUp
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
            "The same digest that its secretaries get, from the same code: of a unit with units below "
            "it the roll-up of all of them. Without --week it is the newest week that has ended."
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
    from handlers.weeks import newest_closed

    policy = settings.policy()
    today = real_clock().astimezone(policy.timezone).date()
    wanted = week or newest_closed(today)
    if wanted.first > today:
        raise CannotDo(terminal.say("Week {week} has not ended yet.", week=wanted))
    digest, whole = _read(settings, unit, wanted, terminal)
    _warn_if_open(wanted, today, terminal)
    if whole is None:
        terminal.result(_written(digest, form, terminal))
    else:
        terminal.result(_written_whole(whole, digest, form, terminal))
    return 0


def _read(
    settings: "Settings", unit: str, week: "Week", terminal: Terminal
) -> "tuple[Digest, RollUp | None]":
    """The unit's own digest, and the roll-up where units lie below it."""
    from handlers.digest.build import build
    from handlers.rollup.build import build_week
    from storage.queries.digest import find_unit
    from storage.queries.rollup import has_below

    policy = settings.policy()

    def read(session: "Session") -> "tuple[Digest, RollUp | None] | None":
        found = find_unit(session, unit)
        if found is None:
            return None
        digest = build(session, found.id, week, policy)
        if not has_below(session, found.id, week.first, week.last):
            return digest, None
        return digest, build_week(session, found.id, week, policy)

    with opened(settings, terminal) as database:
        both = database.read_now(read, from_replica=True)
    if both is None:
        raise CannotDo(terminal.say("There is no unit with the code {code}.", code=unit))
    return both


def _warn_if_open(week: "Week", today: date, terminal: Terminal) -> None:
    if week.last >= today:
        terminal.tell(
            terminal.say("Week {week} has not ended yet: these figures will change.", week=week)
        )


def _written(digest: "Digest", form: Format, terminal: Terminal) -> str:
    from handlers.digest.build import as_json
    from handlers.digest.page import page
    from handlers.digest.text import parts, plain

    if form == "json":
        return _as_text(as_json(digest))
    say = terminal.say
    return page(digest, say) if form == "html" else plain(parts(digest, say))


def _written_whole(whole: "RollUp", own: "Digest", form: Format, terminal: Terminal) -> str:
    from handlers.digest.text import plain
    from handlers.rollup.json_form import as_json
    from handlers.rollup.page import page
    from handlers.rollup.text import parts

    if form == "json":
        return _as_text(as_json(whole, own if whole.top.works else None))
    say = terminal.say
    return page(whole, say) if form == "html" else plain(parts(whole, say))


def _as_text(found: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False, indent=2)
