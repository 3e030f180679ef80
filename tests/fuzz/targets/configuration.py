"""The configuration file: any bytes, any TOML, any value for any setting."""

import json
import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from bot.config import ConfigMistakes, load
from bot.config.settings import setting_names
from tests.fuzz.given import ODD_TEXTS, Given
from tests.fuzz.watching import SECRETS, bounded, tell_nothing

_NAMES = tuple(setting_names())
_VALUES = (
    "1", "-1", "0.5", "true", "inf", "nan", "[]", "[1]", "{}", "2026-11-23", "07:30:00", '""', '"x"', "[[[]]]", "1e999",
    "{ a = { b = 1 } }", '["mon", "tue"]', '"mon 08:00"', '"sqlite:///x"', '"postgresql://a:b@[::1/x"', '"http://[::1"',
    '"https://a:99999/"', "9" * 30, "9" * 5000, "[" * 2000 + "]" * 2000, '"\\u0000"', '"127.0.0.1"', '["2026-02-31"]',
)  # fmt: skip
SEEDS = [bytes([0, 0, 1, number, 0, number, 3]) for number in range(60)] + [
    b"\xff\xff\xff[web]\nport = 1\n",
    b'\xff\xff\xff[telegram]\ntoken = "x"\n[[a]]\n',
]


def run(data: bytes) -> None:
    """Read one file: settings, or every mistake in a sentence without any secret."""
    given = Given(data)
    content = given.rest() if given.yes(60) else _toml(given)
    with tempfile.TemporaryDirectory(prefix="fuzz") as folder, patch.dict(os.environ) as _:
        for name in [each for each in os.environ if each.upper().startswith("BOT_")]:
            del os.environ[name]
        path = Path(folder) / "config.toml"
        path.write_bytes(content)
        with bounded("reading the configuration"):
            try:
                load(path)
            except ConfigMistakes as mistakes:
                said = "\n".join(mistakes.lines)
                said.encode()
                tell_nothing("a mistake", said, personal=False)


def _toml(given: Given) -> bytes:
    sections: dict[str, dict[str, str]] = {
        "privacy": {"secret": json.dumps(SECRETS["privacy secret"])}
    }
    sections["telegram"] = {"token": json.dumps(SECRETS["telegram token"] + given.text(5))}
    for _ in range(given.number(8)):
        section, _, name = given.pick((*_NAMES, "other.name", "web.other")).partition(".")
        value = (
            given.pick(_VALUES)
            if given.yes(160)
            else json.dumps(given.pick((*ODD_TEXTS, given.text())))
        )
        sections.setdefault(section, {})[name] = value
    lines = []
    for section, values in sections.items():
        lines.append(
            given.pick(
                (f"[{section}]", f"[{section}]", f"[{section}]", f"[[{section}]]", f"[{section}.x]")
            )
        )
        lines += [f"{name} = {value}" for name, value in values.items()]
    if given.yes(30):
        lines.insert(
            0,
            given.pick(
                ("web = 1", "telegram = []", "= 1", "[", "\ufeff", "operator.language = []")
            ),
        )
    return "\n".join(lines).encode("utf-8", "surrogatepass")
