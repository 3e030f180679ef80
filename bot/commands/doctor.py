"""`doctor`: look the installation over."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from bot.commands.command import CONFIG_HELP, register, settings_of
from bot.commands.terminal import Terminal

_PATIENCE_S = 5.0


def add(app: App, terminal: Terminal) -> None:
    """Register the command."""
    say = terminal.say

    @register(
        app,
        say,
        "doctor",
        usage="[--config FILE]",
        summary=say("Look the installation over: what is wrong and what to do."),
        more=say(
            "Checks configuration, permissions, database, roster, clock, public address, Telegram "
            "and Zalo. It changes nothing. ✔ is good, ! is worth a thought, ✘ must be mended."
        ),
        epilogue=say("Example: python -m bot doctor --config /etc/bot/config.toml"),
    )
    def doctor(*, config: Annotated[Path | None, Parameter(help=say(CONFIG_HELP))] = None) -> int:
        return look_over(config, terminal)


def look_over(config: Path | None, terminal: Terminal) -> int:
    """Print every finding; 1 if one of them is bad."""
    import httpx

    from bot.config import ConfigMistakes, config_file
    from bot.doctor import Finding, examine
    from bot.doctor.finding import Patient

    try:
        settings = settings_of(config, terminal)
    except ConfigMistakes as mistakes:
        for line in mistakes.lines:
            terminal.result(str(Finding("bad", line)))
        terminal.tell(terminal.say("Mend the configuration first; the rest is checked after."))
        return 1
    bad = 0
    file = None if settings.demo else config_file(config)
    with httpx.Client(timeout=_PATIENCE_S) as http:
        patient = Patient(settings, file, terminal.say, lambda: datetime.now(UTC), http)
        for finding in examine(patient):
            terminal.result(str(finding))
            bad += finding.kind == "bad"
    if bad:
        terminal.tell(
            terminal.say.count("{n} thing must be mended.", "{n} things must be mended.", bad)
        )
    else:
        terminal.tell(terminal.say("Nothing must be mended."))
    return 1 if bad else 0
