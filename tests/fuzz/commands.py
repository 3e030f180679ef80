"""The commands of the operator in this process: how they end, and all that they say."""

import contextlib
import io
import os
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import patch

from bot.cli import main
from tests.fuzz.watching import SECRETS, Finding, bounded, tell_nothing

_NEVER = ("should not have happened", "không nên xảy ra", "Traceback")


def commanded(folder: Path, *arguments: str, may_fail: Sequence[int] = (0, 1, 2)) -> str:
    """Run a command on the database of this folder; everything it says."""
    config = folder / "config.toml"
    secret = SECRETS["privacy secret"]
    config.write_text(
        f'[database]\nurl = "sqlite:///{folder}/bot.sqlite"\n[privacy]\nsecret = "{secret}"\n'
        '[operator]\nlanguage = "en"\n'
    )
    said = io.StringIO()
    with patch.dict(os.environ, {"BOT_CONFIG": str(config)}), bounded(arguments[0], 20):
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            ended = main(arguments)
    told = said.getvalue()
    tell_nothing(f"`{arguments[0]}`", told, personal=False)
    if ended not in may_fail or any(each in told for each in _NEVER):
        raise Finding(f"`{arguments[0]}` ends with {ended}: {_kind(told)}", told[:1500])
    return told


def _kind(told: str) -> str:
    """The line that is the same for the same fault."""
    line = next((each for each in told.splitlines() if any(n in each for n in _NEVER)), "")
    return line.partition("happened: ")[2][:160]
