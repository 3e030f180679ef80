"""Why a level was given: tags of the praising (high) or the blaming (low) side."""

import json
from dataclasses import dataclass
from pathlib import Path

from handlers.citizen.scheme import LOWEST_PRAISE

SHOWN_FIRST = 5
HARASSED = "low/nd4"  # "Bị gây phiền hà": referred on like the two lowest levels


@dataclass(frozen=True)
class Tag:
    """One reason. `key` is side/code, as it is stored and exported."""

    side: str
    code: str
    vi: str
    en: str

    @property
    def key(self) -> str:
        """Side and code: praise and blame never share a key."""
        return f"{self.side}/{self.code}"

    def label(self, language: str) -> str:
        """The words on the button."""
        return self.en if language == "en" else self.vi


def _load() -> dict[str, tuple[Tag, ...]]:
    raw = json.loads(Path(__file__).with_name("reason_tags.json").read_text(encoding="utf-8"))
    return {side: tuple(Tag(side=side, **tag) for tag in tags) for side, tags in raw.items()}


TAGS = _load()


def side_of(level: int) -> str:
    """Levels 4–5 show the high set, 1–3 the low one."""
    return "high" if level >= LOWEST_PRAISE else "low"


def find_tag(side: str, code: str) -> Tag | None:
    """The tag of that side with that code."""
    return next((tag for tag in TAGS.get(side, ()) if tag.code == code), None)


def split(stored: str) -> list[str]:
    """The keys in a stored list."""
    return [key for key in stored.split(";") if key]


def toggled(stored: str, tag: Tag, *, on: bool) -> str:
    """The stored list with a tag set or cleared, in the order of the data."""
    keys = set(split(stored)) - {tag.key} | ({tag.key} if on else set())
    return ";".join(each.key for each in TAGS[tag.side] if each.key in keys)
