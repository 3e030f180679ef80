"""Settings in the environment and in secrets files: any name, any value."""

import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from bot.config import ConfigMistakes, load
from bot.config.settings import setting_names
from tests.fuzz.given import Given
from tests.fuzz.watching import SECRETS, bounded, tell_nothing

_NAMES = tuple(f"BOT_{name.upper().replace('.', '__')}" for name in setting_names())
_ODD = (
    "BOT_",
    "BOT___",
    "BOT_WEB",
    "BOT_WEB__",
    "BOT_WEB__PORT__X",
    "bot_web__port",
    "BOT_LANGUAGE",
    "BOT_SECRETS_DIR",
)
_VALUES = (
    "", " ", "1", "-1", "8080", "true", "{}", "[]", "[1,", "null", "vi", "en", "DEBUG", "webhook", "polling", "25:99",
    "mon 08:00", "a,b,,c", "sqlite://", "sqlite:///:memory:", "postgresql://", "mysql://x", "http://", "http://[",
    "https://a b", "1e999", "9" * 5000, "٣", "\udcff", "Asia/../etc/passwd", "Asia/Ho_Chi_Minh", "::1/129", "*",
    *SECRETS.values(),
)  # fmt: skip
SEEDS = [bytes([2, number, number, number + 1, number % 30]) for number in range(60)]


def run(data: bytes) -> None:
    """Read one environment."""
    given = Given(data)
    values = {
        "BOT_PRIVACY__SECRET": SECRETS["privacy secret"],
        "BOT_TELEGRAM__TOKEN": SECRETS["telegram token"],
    }
    for _ in range(given.number(6)):
        name = given.pick((*_NAMES, *_ODD))
        value = given.pick(_VALUES) if given.yes(200) else given.text().replace("\x00", "")
        values[name] = value.encode(
            "utf-8", "surrogateescape" if value == "\udcff" else "replace"
        ).decode("utf-8", "surrogateescape")
    with tempfile.TemporaryDirectory(prefix="fuzz") as folder, patch.dict(os.environ):
        for name in [each for each in os.environ if each.upper().startswith("BOT_")]:
            del os.environ[name]
        if given.yes(60):
            values["BOT_SECRETS_DIR"] = _secrets(given, Path(folder))
        os.environ.update(values)
        with bounded("reading the environment"):
            try:
                load(None, demo=given.yes(40))
            except ConfigMistakes as mistakes:
                tell_nothing("a mistake", "\n".join(mistakes.lines), personal=False)


def _secrets(given: Given, folder: Path) -> str:
    for _ in range(given.number(4)):
        name = given.pick(
            (
                "telegram__token",
                "telegram",
                "web__port",
                "privacy__secret",
                "other",
                "TELEGRAM__TOKEN",
            )
        )
        (folder / name).write_bytes(given.raw(60))
    if given.yes(30):
        (folder / "zalo_oa__app_secret").mkdir()
    return str(folder / "nowhere") if given.yes(20) else str(folder)
