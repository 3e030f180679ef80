"""Mistakes in the configuration: what is wrong, where it stands, in one line without the value."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rapidfuzz import process

from handlers.texts import Speaker, mark

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_CLOSE_ENOUGH = 70  # rapidfuzz's score out of 100: one or two letters wrong in a short word

_SENTENCES = {
    "int_parsing": mark("must be a whole number"),
    "int_type": mark("must be a whole number"),
    "int_from_float": mark("must be a whole number"),
    "bool_parsing": mark("must be true or false, without quotation marks"),
    "bool_type": mark("must be true or false, without quotation marks"),
    "float_parsing": mark("must be a number"),
    "float_type": mark("must be a number"),
    "string_type": mark("must be text between quotation marks"),
    "string_too_short": mark("must not be empty"),
    "greater_than": mark("must be more than {gt}"),
    "greater_than_equal": mark("must be at least {ge}"),
    "less_than": mark("must be less than {lt}"),
    "less_than_equal": mark("must be at most {le}"),
    "literal_error": mark("must be one of: {choices}"),
    "tuple_type": mark('must be a list, such as ["Q1", "Q2"]'),
    "model_type": mark("must be a section of its own, headed by its name in square brackets"),
}


class Mistaken(ValueError):
    """A value that cannot be meant; `sentence` says why, in English, with named placeholders."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence)
        self.sentence, self.values = sentence, values


class ConfigMistakes(Exception):
    """The configuration cannot be used; `lines` name every mistake, one a line."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


@dataclass
class Origins:
    """Where the values come from, so that a mistake can be named by the place to mend it."""

    file: str = ""
    text: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def place(self, key: str) -> str:
        """Where `section.key` is set: a variable, a secrets file, a line; else where it belongs."""
        found = self.variables.get(key) or self.secrets.get(key)
        if found:
            return found
        line = line_of(self.text, key.split("."))
        if line is not None:
            return f"{self.file}:{line}: {key}"
        return f"{self.file}: {key}" if self.file else key


def line_of(text: str, path: Sequence[str]) -> int | None:
    """The line on which a key or section of a TOML text begins, counted from 1.

    A statement ends where the text up to there can be parsed, whatever its form: dotted keys,
    inline tables and values over several lines are all found.
    """
    lines = text.splitlines(keepends=True)
    begins = 0
    for end in range(1, len(lines) + 1):
        try:
            data = tomllib.loads("".join(lines[:end]))
        except tomllib.TOMLDecodeError:
            continue
        if _holds(data, path):
            return begins + 1
        begins = end
    return None


def _holds(data: Mapping[str, Any], path: Sequence[str]) -> bool:
    here: Any = data
    for step in path:
        if not isinstance(here, Mapping) or step not in here:
            return False
        here = here[step]
    return True


def reason(error: "ErrorDetails", speech: Speaker, known: Sequence[str]) -> str:
    """Why pydantic refuses a value, in the operator's words; never the value."""
    context = error.get("ctx", {})
    cause = context.get("error")
    if isinstance(cause, Mistaken):
        return speech(cause.sentence, **cause.values)
    if error["type"] == "extra_forbidden":
        return unknown(".".join(str(step) for step in error["loc"]), speech, known)
    sentence = _SENTENCES.get(error["type"])
    if sentence is None:
        return error["msg"]
    # pydantic joins the choices in English: 'polling' or 'webhook'
    choices = ", ".join(re.findall(r"'([^']*)'", str(context.get("expected"))))
    return speech(sentence, **{**context, "choices": choices})


def unknown(name: str, speech: Speaker, known: Sequence[str]) -> str:
    """That there is no such setting, and which one may be meant."""
    sections = dict.fromkeys(each.split(".")[0] for each in known)
    meant = known if "." in name or "__" in name else list(sections)
    close = process.extractOne(name, meant, score_cutoff=_CLOSE_ENOUGH)
    if close is None:
        return speech("there is no such setting")
    return speech("there is no such setting; did you mean {name}?", name=close[0])
