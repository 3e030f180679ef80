"""gettext catalogues: English is the source, vi.po is complete; compiled in memory at start."""

from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Protocol

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}  # a language is named in itself
DEFAULT = "vi"
_HERE = Path(__file__).parent


@cache
def catalogue(language: str) -> NullTranslations:
    """The translations of a language; English needs none."""
    if language == "en":
        return NullTranslations()
    with (_HERE / f"{language}.po").open("rb") as source:
        messages = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return GNUTranslations(compiled)


class Speech(Protocol):
    """Says a sentence in a person's language; placeholders by name."""

    language: str

    def __call__(self, sentence: str, /, **values: object) -> str: ...

    def count(self, singular: str, plural: str, n: int, /, **values: object) -> str:
        """The same for a sentence that depends on a number, given to it as {n}."""
        ...


class Speaker:
    """A Speech in one language; `always` are values every sentence may use ({citizen})."""

    def __init__(self, language: str, **always: object) -> None:
        self.language = language
        self._catalogue = catalogue(language)
        self._always = always

    def __call__(self, sentence: str, /, **values: object) -> str:
        text = self._catalogue.gettext(sentence)
        return text.format(**{**self._always, **values}) if "{" in text else text

    def count(self, singular: str, plural: str, n: int, /, **values: object) -> str:
        """See Speech.count."""
        chosen = self._catalogue.ngettext(singular, plural, n)
        return chosen.format(n=n, **{**self._always, **values})


@lru_cache(maxsize=32)
def speaker(language: str, citizen: str) -> Speaker:
    """The same for everybody in a language: what was said is known again by who said it."""
    return Speaker(language, citizen=citizen)


def other_languages(language: str) -> list[tuple[str, str]]:
    """The languages one could switch to: (code, name)."""
    return [(code, name) for code, name in LANGUAGES.items() if code != language]


def mark(sentence: str) -> str:
    """Mark a sentence for the catalogue where it is named before it is said."""
    return sentence


def spoken(preference: str | None) -> str:
    """The language for a client that says `preference` (BCP 47): English if it asks for it."""
    if preference and preference.lower().split("-")[0].split("_")[0] == "en":
        return "en"
    return DEFAULT
