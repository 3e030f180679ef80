"""When the last backup was made; and whether secrets lie where copies are made of them."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.doctor.finding import Finding, Patient
from storage.queries.backup_made import last_backup

_OLD_DAYS = 2
_PATIENCE_S = 5


def check_backup(patient: Patient, session: Session) -> Iterator[Finding]:
    """Whether there is a backup of yesterday or today, as far as the database knows."""
    if patient.settings.demo:
        return
    say, made = patient.say, last_backup(session)
    cure = say(
        "Make one now: python -m bot backup FILE. Better every night: see docs/operation.md."
    )
    if made is None:
        yield Finding("mind", say("This database does not know of any backup."), cure)
    elif (days := (patient.clock() - made).days) >= _OLD_DAYS:
        yield Finding("mind", say("The last backup was made {n} days ago.", n=days), cure)
    else:
        day = _local(patient, made)
        yield Finding("good", say("The last backup was made on {day}.", day=day))


def _local(patient: Patient, moment: datetime) -> str:
    zone = ZoneInfo(patient.settings.schedule.timezone)
    return moment.astimezone(zone).date().isoformat()


def check_repository(patient: Patient) -> Iterator[Finding]:
    """A configuration that git keeps goes with its secrets to everybody who has the repository."""
    say, file = patient.say, patient.config
    if file is not None and _is_kept_by_git(file):
        yield Finding(
            "bad",
            say("{file} with its secrets is kept by git.", file=file),
            say(
                "Run: git rm --cached {file}. Then change every secret in it: whoever has the "
                "repository has them.",
                file=file,
            ),
        )


def _is_kept_by_git(file: Path) -> bool:
    git = shutil.which("git")
    folder = file.resolve().parent
    if git is None or not any((each / ".git").exists() for each in (folder, *folder.parents)):
        return False
    command = [git, "-C", str(folder), "ls-files", "--error-unmatch", file.name]
    try:
        asked = subprocess.run(command, capture_output=True, timeout=_PATIENCE_S, check=False)  # noqa: S603 - no shell
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0
