"""The settings a unit decides: how each is asked for, read and written out."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from anyascii import anyascii

from handlers.texts import Speech, mark
from storage.queries.unit_settings import MONTH_END

LATEST_CUT_OFF = 28
_CUT_OFFS = (15, 20, 25, MONTH_END)
_MONTH_END = re.compile(r"(ngay )?cuoi thang|month'?s? end|(the )?end of (the )?month|end")
_DAY = re.compile(r"(?:ngay |day )?(\d{1,2})")
_SYMBOL = re.compile(r"[^\W_](?:[\w./& -]*[^\W_])?")
_MOST_LINES, _LONGEST_LINE = 12, 120
_LONGEST_SYMBOL, _LONGEST_TITLE, _LONGEST_NAME = 30, 80, 60
_SIGNS = " .,–-/()'’"
_BETWEEN = ":;&"  # in a line of recipients


class Unfit(Exception):
    """What was typed is no value; the sentence says what is."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence)
        self.sentence, self.values = sentence, values


@dataclass(frozen=True)
class SettingKind:
    """One setting. All sentences are marked. `read` raises Unfit; `usual` is what holds where
    nobody decided. `offered` are the values to press; an empty `typed` means: only these;
    `digits_to` is the highest number that may be typed."""

    label: str
    question: str
    usual: str
    read: Callable[[str], Any]
    typed: str = ""
    hint: str = ""
    offered: tuple[Any, ...] = ()
    most: int = 100
    lines: int = 1
    digits_to: int = 0

    def shown(self, say: Speech, value: Any) -> str:
        """A value as people read it."""
        if value is None:
            return say(self.usual)
        if value is True or value is False:
            return say("yes") if value else say("no")
        if value == MONTH_END:
            return say("the last day of the month")
        if isinstance(value, int):
            return say("day {day}", day=value)
        return str(value)


def clean(text: str) -> str:
    """Typed text with one form for each letter, without what cannot be seen; lines are kept."""
    text = unicodedata.normalize("NFC", text).replace("\r", "\n")
    text = "".join(c for c in text if c == "\n" or unicodedata.category(c)[0] != "C")
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))


def _cut_off(text: str) -> int:
    plain = anyascii(clean(text)).casefold()
    if _MONTH_END.fullmatch(plain):
        return MONTH_END
    found = _DAY.fullmatch(plain)
    if found is not None and 1 <= int(found[1]) <= LATEST_CUT_OFF:
        return int(found[1])
    raise Unfit(mark("Please send a day from 1 to {last}, or: month's end."), last=LATEST_CUT_OFF)


def _line_of(most: int) -> Callable[[str], str]:
    def read(text: str) -> str:
        line = clean(text)
        if not line:
            raise Unfit(mark("Please type something, or take your own setting back."))
        if "\n" in line:
            raise Unfit(mark("Only one line fits here; please take out the line break."))
        if len(line) > most:
            raise Unfit(
                mark("That has {length} characters; at most {most} fit."),
                length=len(line),
                most=most,
            )
        return line

    return read


def _words_of(most: int, *, digits: bool = True, more: str = "") -> Callable[[str], str]:
    """A line of letters of any language and what stands between words on paper."""
    line_of = _line_of(most)

    def read(text: str) -> str:
        return _paper(line_of(text), digits=digits, more=more)

    return read


def _paper(text: str, *, digits: bool = True, more: str = "") -> str:
    """The text, where an official document can hold all of it."""
    unfit = [sign for sign in dict.fromkeys(text) if not _stands(sign, digits, _SIGNS + more)]
    if unfit:
        raise Unfit(
            mark(
                "These cannot stand in a document here: {signs} Please use letters, spaces and {may}"
            )
            if not digits
            else mark(
                "These cannot stand in a document here: {signs} Please use letters, digits, spaces "
                "and {may}"
            ),
            signs=" ".join(unfit),
            may=" ".join(_SIGNS.replace("’", "") + more).strip(),
        )
    if not any(sign.isalpha() for sign in text):
        raise Unfit(mark("Please write it with letters."))
    return text


def _stands(sign: str, digits: bool, signs: str) -> bool:
    return unicodedata.category(sign)[0] in "LM" or sign in signs or (digits and sign.isdecimal())


def _symbol(text: str) -> str:
    line = _line_of(_LONGEST_SYMBOL)(text)
    if not _SYMBOL.fullmatch(line):
        raise Unfit(mark("A symbol is made of letters, digits and / . & -, such as BC/ĐTN."))
    return line


def _recipients(text: str) -> str:
    lines = [each.lstrip("-–•* ").rstrip(";, ") for each in clean(text).split("\n")]
    lines = [each for each in lines if each]
    if not lines:
        raise Unfit(mark("Please type something, or take your own setting back."))
    if len(lines) > _MOST_LINES or max(map(len, lines)) > _LONGEST_LINE:
        raise Unfit(
            mark("At most {lines} lines of {most} characters fit."),
            lines=_MOST_LINES,
            most=_LONGEST_LINE,
        )
    return "\n".join(_paper(each, more=_BETWEEN) for each in lines)


def _yes_or_no(text: str) -> bool:
    plain = anyascii(clean(text)).casefold()
    if plain in {"yes", "co"}:
        return True
    if plain in {"no", "khong"}:
        return False
    raise Unfit(mark("Please choose yes or no."))


KINDS: dict[str, SettingKind] = {
    "cut_off": SettingKind(
        label=mark("Last day of a month that reports count"),
        question=mark("Up to which day of the month do your reports count?"),
        usual=mark("the last day of the month"),
        read=_cut_off,
        typed=mark("Or another day from 1 to 28"),
        offered=_CUT_OFFS,
        most=40,
        digits_to=31,
    ),
    "symbol": SettingKind(
        label=mark("Symbol of documents"),
        question=mark("Which symbol stands behind the number of your documents?"),
        usual="BC/ĐTN",
        read=_symbol,
        typed=mark("The symbol, such as BC/ĐTN"),
        most=_LONGEST_SYMBOL,
    ),
    "place": SettingKind(
        label=mark("Place before the date"),
        question=mark("Which place stands before the date of your documents?"),
        usual=mark("not set"),
        read=_words_of(_LONGEST_NAME),
        typed=mark("The place, such as Đà Nẵng"),
        most=_LONGEST_NAME,
    ),
    "signer_title": SettingKind(
        label=mark("Title of who signs"),
        question=mark("As what does the signer sign?"),
        usual="BÍ THƯ",
        read=_words_of(_LONGEST_TITLE),
        typed=mark("The title, such as PHÓ BÍ THƯ"),
        most=_LONGEST_TITLE,
    ),
    "signer_name": SettingKind(
        label=mark("Name of who signs"),
        question=mark("Whose name stands below the signature?"),
        usual=mark("left blank"),
        read=_words_of(_LONGEST_NAME, digits=False),
        typed=mark("First and last name"),
        hint=mark("The name is this unit's own: units below do not take it over."),
        most=_LONGEST_NAME,
    ),
    "recipients": SettingKind(
        label=mark("Recipients (Nơi nhận)"),
        question=mark("Who receives your documents? One recipient a line."),
        usual=mark("not set"),
        read=_recipients,
        typed=mark("The recipients, one a line"),
        most=1500,
        lines=5,
    ),
    "saturday": SettingKind(
        label=mark("Saturday is a working day"),
        question=mark("Does your unit work on Saturdays?"),
        usual=mark("no"),
        read=_yes_or_no,
        hint=mark(
            "Then members are asked on Saturdays too. A Saturday that is reported lengthens a"
            " streak; one that is not never breaks it."
        ),
        offered=(True, False),
    ),
}
