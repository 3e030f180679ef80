"""Puts a backup back into an empty database of either kind: all of it or nothing."""

from typing import IO

from bot.backup.container import Damaged
from bot.backup.into_postgresql import into_postgresql
from bot.backup.into_sqlite import into_sqlite
from bot.backup.reasons import UNREADABLE, CannotRestore
from bot.backup.rows import Checked, Rows
from bot.backup.taking import Told
from storage.database import normalised
from storage.keys import Keys


def put_back(
    stream: IO[bytes], sha256: str, url: str, keys: Keys, told: Told, checked: Checked
) -> None:
    """Restore what was judged into an empty database, or raise CannotRestore.

    `checked` looks at the restored database, brought to this release, before it counts.
    """
    into = into_sqlite if normalised(url).get_backend_name() == "sqlite" else into_postgresql
    try:
        into(Rows(stream, sha256, told), url, keys, checked)
    except Damaged as damage:  # it changed since it was judged
        raise CannotRestore(UNREADABLE, detail=damage) from damage
