"""Backup files: cut and bent ones, and ones rightly sealed that hold what no release wrote."""

import gzip
import io
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from bot.backup.container import Sealing
from storage.database import Database
from storage.keys import Keys
from tests.databases import migrated
from tests.fuzz.commands import commanded
from tests.fuzz.given import DEEP, Given, nested
from tests.fuzz.watching import SECRETS, Finding
from tests.handlers.access.organisation import furnish

_KEYS = Keys(SECRETS["privacy secret"])
SEEDS = [bytes([0, 0, number, number, 0, 1, 2, 3]) for number in range(12)]


@cache
def _sound() -> bytes:
    """A backup of the whole organisation."""
    with tempfile.TemporaryDirectory(prefix="fuzz") as name:
        url = migrated(f"sqlite:///{name}/bot.sqlite")
        database = Database(url, _KEYS)
        furnish(database)
        database.close()
        commanded(Path(name), "backup", f"{name}/file", may_fail=(0,))
        return (Path(name) / "file").read_bytes()


def run(data: bytes) -> None:
    """Restore one file, or only have it judged; what is refused leaves no database behind."""
    given = Given(data)
    only_judged = given.yes(60)
    with tempfile.TemporaryDirectory(prefix="fuzz") as name:
        folder = Path(name)
        (folder / "file").write_bytes(_torn(given) if given.yes(60) else _resealed(given))
        told = commanded(folder, "restore", f"{name}/file", *(["--check"] if only_judged else []))
        if only_judged and (folder / "bot.sqlite").exists():
            raise Finding("a backup that is only judged leaves a database behind", told)


def _torn(given: Given) -> bytes:
    content = _sound()
    if given.yes(16):
        return given.rest()
    if given.yes(16):
        return gzip.compress(b"\x00" * 200_000_000, 9)
    content = content[: given.number(len(content) + 1)] if given.yes() else content
    for _ in range(given.number(4)):
        at = given.number(len(content) + 1)
        content = content[:at] + given.raw(4) + content[at + given.number(4) :]
    return content


def _is_deep(line: Any) -> bool:
    try:
        return bool(json.dumps(line) is None)
    except RecursionError:
        return True


def _resealed(given: Given) -> bytes:
    """Some lines changed, all of it sealed with our own keys."""
    lines: list[Any] = [json.loads(line) for line in gzip.decompress(_sound()).splitlines()[:-1]]
    for _ in range(1 + given.number(4)):
        at = given.number(len(lines)) if given.yes(200) else 0
        change = given.number(6)
        if change == 0:
            del lines[at]
        elif change == 1:
            lines.insert(at, lines[at])
        elif change == 2:
            lines[at] = given.value()
        elif change == 3:
            lines[at] = nested(given.number(DEEP))
        elif not _is_deep(lines[at]):
            lines[at] = given.changed(lines[at])
        if not lines:
            break
    written = io.BytesIO()
    sealing = Sealing(written, _KEYS)
    for line in lines:
        sealing.line(line)
    sealing.close()
    return written.getvalue()
