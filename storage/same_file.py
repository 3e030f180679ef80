"""Notices a SQLite file that vanished under the running program."""

import contextlib
import errno
import os
from pathlib import Path


class SameFile:
    """Notices a SQLite file that was removed or replaced: what is written there is lost."""

    def __init__(self, path: str | None) -> None:
        self._path = path if path and path != ":memory:" else None
        # Known before its first use: one that vanishes while the program starts may come back.
        self._known: tuple[int, int] | None = None
        with contextlib.suppress(OSError):
            self.check()

    def check(self) -> None:
        """Raise OSError unless the file is still the one it was; the first look may find none."""
        if self._path is None:
            return
        if self._known is None and not Path(self._path).exists():
            return
        status = os.stat(self._path)  # for every commit: a Path takes twice as long
        found = (status.st_dev, status.st_ino)
        if self._known not in {None, found}:
            raise OSError(errno.ESTALE, "the database file was replaced", self._path)
        self._known = found
