"""What a start does not wait for."""

import subprocess
import sys
from pathlib import Path

from tests.databases import migrated

_ROOT = Path(__file__).parents[2]
_PROGRAM = """
import sys
from bot.app import build, opened, run
from bot.cli import make_app
from bot.commands.terminal import Terminal
from handlers.texts import Speaker
from storage.schema import create_or_check

make_app(Terminal(Speaker("vi")))
assert create_or_check(sys.argv[1]) is False
late = {"alembic", "mako", "matplotlib", "numpy", "typst", "docxtpl", "docx", "xlsxwriter"}
print(*sorted(late & set(sys.modules)))
"""


def test_no_start_waits_for_what_migrates_draws_or_writes_files(sqlite_url: str) -> None:
    command = [sys.executable, "-c", _PROGRAM, migrated(sqlite_url)]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


_SETTLED = """
import gc
from bot.app import settle

settle()
print(gc.get_freeze_count() > 10_000, gc.get_threshold()[0] > 700)
"""


def test_what_the_start_made_is_not_walked_through_while_people_wait() -> None:
    command = [sys.executable, "-c", _SETTLED]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
