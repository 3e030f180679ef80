"""The configuration of the demo: fixed, but for what a visitor may want to change about it."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.config.settings import Settings

_FILE = "var/demo.sqlite"
# What the environment may change in the demo; a token or a host set for real use stays out of it.
_KEYS = {"database.url", "web.port", "web.kiosk_desks"}
_SECTIONS = {"province", "operator"}


def may_change(key: str) -> bool:
    """Whether the demo lets the environment set this `section.key`."""
    return key in _KEYS or key.split(".", maxsplit=1)[0] in _SECTIONS


def demo_values(changes: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The values of the demo, with what the environment changes about it."""
    values: dict[str, dict[str, Any]] = {
        "database": {"url": f"sqlite:///{_FILE}"},
        "web": {"host": "127.0.0.1", "kiosk_desks": ("*",)},
        "operator": {"log_format": "text"},
    }
    for section, keys in changes.items():
        values.setdefault(section, {}).update(keys)
    return values


def secret_of(settings: Settings) -> str:
    """The demo's secret: made once, kept in a file beside its database."""
    from storage.database import normalised

    url = normalised(settings.database.url)
    beside = url.database if url.drivername == "sqlite" else None
    return _kept(Path(beside or _FILE).with_suffix(".secret"))


def _kept(file: Path) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text(encoding="ascii")
    with os.fdopen(opened, "w", encoding="ascii") as out:
        out.write(made := secrets.token_urlsafe(48))
    return made
