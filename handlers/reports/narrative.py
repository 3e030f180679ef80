"""What a report tells in words: each section's own text, or the one made from the figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import category, normalize

from handlers.reports.automatic import Told
from handlers.reports.sections import Section, sections
from handlers.texts import DEFAULT, Speaker, Speech

LONGEST = 3000
"""Characters of one section."""

OWN, FIXED = "own", "fixed"


def official() -> Speech:
    """The language of the document, whoever reads it."""
    return Speaker(DEFAULT)


@dataclass(frozen=True)
class Written:
    """A section with the text it has now; `own`: somebody wrote it."""

    section: Section
    text: str
    own: bool

    @property
    def paragraphs(self) -> list[str]:
        """Its lines; an empty one separates nothing."""
        return [line.strip() for line in self.text.split("\n") if line.strip()]


@dataclass(frozen=True)
class Narrative:
    """The words of a report as they are kept: `own` by section, and all of them once `fixed`."""

    own: Mapping[str, str]
    fixed: Mapping[str, str]

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Narrative":
        """What was kept; {} for nothing yet."""
        return cls(kept.get(OWN, {}), kept.get(FIXED, {}))

    def kept(self) -> dict[str, Any]:
        """The form in which it is stored."""
        return {OWN: dict(self.own), **({FIXED: dict(self.fixed)} if self.fixed else {})}

    def written(self, told: Told, say: Speech) -> list[Written]:
        """Every section with its text; what is fixed stays as it was approved."""
        return [self._one(each, told, say) for each in sections(told.now.axes, say)]

    def _one(self, section: Section, told: Told, say: Speech) -> Written:
        own = self.own.get(section.key)
        text = self.fixed.get(section.key) or own or section.automatic(told, say)
        return Written(section, text, own is not None)

    def with_text(self, section: Section, text: str, told: Told, say: Speech) -> "Narrative":
        """The same with another text; an empty or the automatic one is the section's own no more."""
        own = {key: kept for key, kept in self.own.items() if key != section.key}
        text = tidy(text)
        if text and text != section.automatic(told, say):
            own[section.key] = text
        return Narrative(own, {})

    def fixed_now(self, written: Sequence[Written]) -> "Narrative":
        """The same with every section as it reads now."""
        return Narrative(self.own, {each.section.key: each.text for each in written})


def tidy(text: str) -> str:
    """Lines without blanks at their ends, no two empty ones in a row, in composed letters; without
    signs that control anything."""
    text = normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    lines: list[str] = []
    for line in text.split("\n"):
        kept = "".join(" " if category(sign) == "Cc" else sign for sign in line).strip()
        if kept or (lines and lines[-1]):
            lines.append(kept)
    return "\n".join(lines).strip()
