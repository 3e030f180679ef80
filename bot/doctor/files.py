"""Who else on this machine can read what nobody should."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from bot.config import secrets_folder
from bot.doctor.finding import Finding, Patient
from storage.database import normalised


def check_files(patient: Patient) -> Iterator[Finding]:
    """Permissions of the configuration, the secrets files and the SQLite file."""
    if os.name != "posix":
        return
    open_to_all = [file for file in _private_files(patient) if _others_can_read(file)]
    for file in open_to_all:
        yield Finding(
            "bad",
            patient.say("Every user of this machine can read {file}.", file=file),
            patient.say("Run: chmod 600 {file}", file=file),
        )
    if not open_to_all:
        yield Finding("good", patient.say("Configuration and data are closed to other users."))


def _private_files(patient: Patient) -> Iterator[Path]:
    if patient.config is not None:
        yield patient.config
    folder = secrets_folder()
    if folder is not None:
        yield from sorted(file for file in folder.iterdir() if "__" in file.name)
    url = normalised(patient.settings.database.url)
    if url.drivername == "sqlite" and url.database:
        file = Path(url.database)
        yield from (each for each in (file, Path(f"{file}-wal")) if each.exists())
        yield from (each for each in [file.with_suffix(".secret")] if each.exists())


def _others_can_read(file: Path) -> bool:
    """A readable file in a closed folder is closed."""
    folder = file.resolve().parent
    return bool(file.stat().st_mode & stat.S_IROTH and folder.stat().st_mode & stat.S_IXOTH)
