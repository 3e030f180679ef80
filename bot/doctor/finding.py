"""One thing the doctor found, and what every check gets to work with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import httpx

from bot.config import Settings
from handlers.texts import Speech

SIGNS = {"good": "✔", "mind": "!", "bad": "✘"}


@dataclass(frozen=True)
class Finding:
    """`good`, worth a thought (`mind`) or `bad`; `remedy` says what to do unless it is good."""

    kind: Literal["good", "mind", "bad"]
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        line = f"{SIGNS[self.kind]} {self.text}"
        return f"{line} → {self.remedy}" if self.remedy else line


@dataclass(frozen=True)
class Patient:
    """The installation under examination. `config` is the file it was read from, if any."""

    settings: Settings
    config: Path | None
    say: Speech
    clock: Callable[[], datetime]
    http: httpx.Client


Check = Callable[[Patient], Iterable[Finding]]
