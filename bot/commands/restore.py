"""`restore`: a backup into an empty database, of either kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from bot.commands.command import CONFIG_HELP, CannotDo, private_files, register, settings_of
from bot.commands.migrate import nothing_running
from bot.commands.terminal import Terminal

if TYPE_CHECKING:
    from sqlmodel import Session

    from bot.backup import Header
    from bot.config import Settings
    from bot.doctor import Finding


def add(app: App, terminal: Terminal) -> None:
    """Register the command."""
    say = terminal.say

    @register(
        app,
        say,
        "restore",
        usage="FILE [--check] [--config FILE]",
        summary=say("Put a backup into an empty database."),
        more=say(
            "Reads the whole backup first: its checksum, its counts, whether privacy.secret opens it. "
            "Then all of it is restored or nothing, counted and looked over; a backup of an earlier "
            "release is brought to this one. A database that holds anything is never touched, and "
            "the program must not run on it.\n\n"
            "What happened after the backup is gone: ratings and withdrawals, invitations that were "
            "used, roles that ended. docs/operation.md says what to look after."
        ),
        epilogue=say(
            "Examples:\n"
            "  python -m bot restore backup-2026-11-22-193000.3tn --check\n"
            "  BOT_DATABASE__URL=postgresql://bot@db.example.vn/bot python -m bot restore FILE\n"
            "Next: python -m bot doctor, then python -m bot run"
        ),
    )
    def restore(
        file: Annotated[Path, Parameter(help=say("The backup."))],
        /,
        *,
        check: Annotated[
            bool,
            Parameter(
                help=say("Only read it and say whether it could be restored; write nothing."),
                negative=(),
                show_default=False,
            ),
        ] = False,
        config: Annotated[Path | None, Parameter(help=say(CONFIG_HELP))] = None,
    ) -> int:
        settings = settings_of(config, terminal)
        return bring_back(file, settings, terminal, only_check=check)


def bring_back(
    file: Path, settings: "Settings", terminal: Terminal, *, only_check: bool = False
) -> int:
    """Judge it, restore it, look it over; 1 if something in it must be mended."""
    from bot.backup import CannotRestore, judged, put_back

    say, keys = terminal.say, settings.keys()
    findings: list[Finding] = []
    try:
        with file.open("rb") as stream:
            with terminal.progress(say("Checking the backup")) as bar:
                header, sha256 = judged(stream, keys, demo=settings.demo, told=bar)
            _told(header, terminal)
            if only_check:
                terminal.result(say("The backup is whole and can be restored with these secrets."))
                return 0
            with _target(settings, terminal) as url, terminal.progress(say("Restoring")) as bar:
                put_back(
                    stream,
                    sha256,
                    url,
                    keys,
                    bar,
                    lambda s: findings.extend(_look(s, settings, terminal)),
                )
    except CannotRestore as reason:
        raise CannotDo(reason.said(say)) from reason
    for finding in findings:
        terminal.tell(str(finding))
    terminal.result(say.count("{n} row was restored.", "{n} rows were restored.", header.total))
    terminal.tell(
        say(
            "What happened after the backup is not in it, such as withdrawn ratings: see "
            "docs/operation.md. Next: python -m bot doctor"
        )
    )
    return 1 if any(each.kind == "bad" for each in findings) else 0


def _told(header: "Header", terminal: Terminal) -> None:
    terminal.tell(
        terminal.say(
            "Backup of {made} (UTC), release {program}, revision {revision}: {n} rows.",
            made=header.made[:16].replace("T", " "),
            program=header.program,
            revision=header.revision,
            n=header.total,
        )
    )


@contextmanager
def _target(settings: "Settings", terminal: Terminal) -> Iterator[str]:
    """The address to restore into, while nothing runs there."""
    sentence = terminal.say(
        "The program is running on this database: stop it first, then restore into an empty one."
    )
    with private_files(), nothing_running(settings, terminal, sentence):
        yield settings.database.own_url


def _look(session: "Session", settings: "Settings", terminal: Terminal) -> "list[Finding]":
    """What the doctor thinks of the organisation and the audit log."""
    import httpx

    from bot.doctor.finding import Patient
    from bot.doctor.organisation import check_organisation

    with httpx.Client() as http:
        patient = Patient(settings, None, terminal.say, lambda: datetime.now(UTC), http)
        return [each for each in check_organisation(patient, session) if each.kind != "good"]
