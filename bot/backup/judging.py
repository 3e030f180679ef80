"""Judges a backup before anything is written: is it whole, ours, and does it fit here."""

from typing import IO

from bot.backup.container import FOREIGN, FORMAT, Damaged, End, Header, Lines, secret_names
from bot.backup.reasons import (
    CHANGED,
    NEWER,
    OF_DEMO,
    OF_REAL,
    OLD_SECRET,
    OTHER_SECRET,
    UNREADABLE,
    CannotRestore,
)
from bot.backup.taking import Told
from storage.keys import Keys
from storage.schema import revisions

_TELL_EVERY = 5000


def judged(stream: IO[bytes], keys: Keys, *, demo: bool, told: Told) -> tuple[Header, str]:
    """Read all of it; its header and its checksum, or CannotRestore."""
    try:
        lines = Lines(stream)
        header = lines.header
        _release(header)
        _counted(lines, told)
        _ours(header, lines.end, keys)
    except Damaged as damage:
        raise CannotRestore(UNREADABLE, detail=damage) from damage
    except FOREIGN as error:
        raise CannotRestore(UNREADABLE, detail=type(error).__name__) from error
    assert lines.end is not None
    if header.demo != demo:
        raise CannotRestore(OF_DEMO if header.demo else OF_REAL)
    return header, lines.end.named


def _release(header: Header) -> None:
    if header.format > FORMAT or header.revision not in revisions():
        raise CannotRestore(NEWER, program=header.program, revision=header.revision)


def _counted(lines: Lines, told: Told) -> None:
    """Every table there, in order, with as many rows as the header says."""
    found: dict[str, int] = {}
    table, done = "", 0
    for line in lines:
        if line.startswith(b"["):
            found[table] = found.get(table, 0) + 1
            done += 1
            if done % _TELL_EVERY == 0:
                told(done, lines.header.total)
        else:
            table = table_named(line)
            found[table] = 0
    if lines.end is None or not lines.end.whole:
        raise Damaged("the checksum is another one")
    if list(found.items()) != list(lines.header.counts.items()):
        raise Damaged("rows are missing")


def table_named(line: bytes) -> str:
    """The table whose rows follow this line."""
    name = line.removeprefix(b'{"table":"').removesuffix(b'"}\n')
    return name.decode("ascii", "replace")


def _ours(header: Header, end: End | None, keys: Keys) -> None:
    """Made under a secret that is configured; and so was everything it holds."""
    assert end is not None
    configured = set(secret_names(keys))
    if not header.secrets or header.secrets[0] not in configured:
        raise CannotRestore(OTHER_SECRET)
    if not end.made_with(keys):
        raise CannotRestore(CHANGED)
    if missing := len(set(header.secrets) - configured):
        raise CannotRestore(OLD_SECRET, n=missing)
