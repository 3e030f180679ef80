"""A folder of backups: their names, which of them are too old, what a kill left behind."""

import os
import re
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

_NAMED = re.compile(r"backup-(\d{4}-\d{2}-\d{2}-\d{6})\.3tn")
_FORMAT = "%Y-%m-%d-%H%M%S"
_UNFINISHED = ".unfinished"
_LITTER_AFTER = timedelta(days=1)


def name_of(now: datetime) -> str:
    """The name of a backup made now, in UTC."""
    return f"backup-{now.astimezone(UTC):{_FORMAT}}.3tn"


def made_at(name: str) -> datetime | None:
    """When a backup of this name was made; None for any other file."""
    found = _NAMED.fullmatch(name)
    return None if found is None else datetime.strptime(found[1], _FORMAT).replace(tzinfo=UTC)


def unfinished(target: Path) -> tuple[Path, BinaryIO]:
    """A file beside it that says by its name that it is no backup yet."""
    handle, name = tempfile.mkstemp(_UNFINISHED, f".{target.name}.", target.parent)
    return Path(name), os.fdopen(handle, "wb")


def _is_litter(file: Path, now: datetime) -> bool:
    ours = file.name.startswith(".backup-") and file.name.endswith(_UNFINISHED)
    return ours and datetime.fromtimestamp(file.stat().st_mtime, UTC) < now - _LITTER_AFTER


def remove_old(folder: Path, now: datetime, days: int) -> list[Path]:
    """Remove our backups of more than so many days ago, and what killed ones left; the backups."""
    removed = []
    for file in sorted(folder.iterdir()):
        made = made_at(file.name)
        if made is not None and made < now - timedelta(days=days):
            file.unlink()
            removed.append(file)
        elif _is_litter(file, now):
            file.unlink(missing_ok=True)
    return removed
