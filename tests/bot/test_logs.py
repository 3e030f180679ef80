"""Logs are written for whoever reads them; that they cannot be written harms nothing."""

import errno
import io
import sys

import pytest
import structlog

from bot.observability import set_up_logs


class FullDisk(io.StringIO):
    """A log file on a disk that is full until it is not."""

    full = True

    def write(self, text: str) -> int:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(text)

    def flush(self) -> None:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")


def test_a_line_that_cannot_be_written_ends_nothing_and_later_ones_are_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log_file = FullDisk()
    monkeypatch.setattr(sys, "stderr", log_file)
    set_up_logs("INFO")
    log = structlog.get_logger("app")
    log.info("lost")
    log_file.full = False
    log.info("written")
    assert "lost" not in log_file.getvalue()
    assert '"event": "written"' in log_file.getvalue()
