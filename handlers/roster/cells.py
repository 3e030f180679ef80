"""One cell of a roster: what Excel or a CSV holds, turned into text, a code, yes or no."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from handlers.names import folded
from handlers.roster.mistakes import Wrong
from handlers.texts import mark

Cell = str | int | float | bool | date | datetime | time | timedelta | None

MOST_IN_A_NAME = 200
MOST_IN_A_CODE = 40
MOST_IN_A_LABEL = 30  # of a button that stands on a small telephone
MOST_IN_AN_AXIS = 40
_DIGITS_EXCEL_KEEPS = 15
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))  # pasted from Word and chats
_SPACES = re.compile(r"\s+")
_SHORTENED_NUMBER = re.compile(r"\d([.,]\d+)?[eE]\+\d+")
_GUARDED = re.compile(
    r"'(?=\s*[=+\-@\t\r＝＋－＠])"
)  # see handlers.documents.spreadsheets.harmless
_FORMULA_STARTS = "=+-@＝＋－＠'"
_DESK_CODE = re.compile(r"(?=.*[0-9])[A-Za-z][A-Za-z0-9_-]{0,15}", re.ASCII)
_WORD = re.compile(r"[A-Za-z0-9_-]{1,20}", re.ASCII)
_ZERO_LOST = re.compile(r"[35789]\d{8}", re.ASCII)  # a telephone number as a number
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}",
    re.ASCII,
)
_YES = {"yes", "y", "có", "co", "x", "1", "true"}
_ROLES = {
    "member": "member",
    "secretary": "secretary",
    "doan vien": "member",
    "bi thu": "secretary",
}
_SECRETARY = re.compile(r"bi thu (chi doan|doan)( (co so|co quan|khoi|phuong|xa|truong))?")
_OFFICE = re.compile(r"(pho bi thu|uy vien|uv bch|uvbch|uv btv|uvbtv)\b.*")  # that is no role here
_MINUS = {"-", "–", "−"}
_NO = {"no", "n", "không", "khong", "0", "false", ""}


def text(cell: Cell) -> str:
    """The cell as tidy text: composed, trimmed, single-spaced; a whole number without ".0"."""
    if isinstance(cell, str):
        return _tidy(cell)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return _number(cell)
    raise Wrong(mark("Excel made a date or time of this. Format the column as text."))


def _number(cell: float) -> str:
    if abs(cell) >= 10**_DIGITS_EXCEL_KEEPS:
        raise Wrong(
            mark("Excel keeps only 15 digits of a number. Format the column as text and retype it.")
        )
    return str(int(cell)) if cell == int(cell) else repr(cell)


def _tidy(cell: str) -> str:
    composed = unicodedata.normalize("NFC", cell).translate(_INVISIBLE)
    tidy = _SPACES.sub(" ", _GUARDED.sub("", composed)).strip()
    if any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co"} for letter in tidy):
        raise Wrong(mark("There is a control character in this cell. Type the text anew."))
    return tidy


def short_text(cell: Cell) -> str:
    """Text of at most 200 characters, may be empty."""
    found = text(cell)
    return _at_most(found, MOST_IN_A_NAME)


def name(cell: Cell) -> str:
    """Text that must be there."""
    found = short_text(cell)
    if not found:
        raise Wrong(mark("This cell must not be empty."))
    return found


def optional_code(cell: Cell) -> str:
    """A code as it is written, or empty."""
    found = text(cell)
    if len(found) > MOST_IN_A_CODE:
        raise Wrong(
            mark("This code has {length} characters; at most {most} are allowed."),
            length=len(found),
            most=MOST_IN_A_CODE,
        )
    if _SHORTENED_NUMBER.fullmatch(found):
        raise Wrong(mark("Excel shortened this number. Format the column as text and retype it."))
    if found.startswith(tuple(_FORMULA_STARTS)):
        raise Wrong(mark("A code may not begin with {character}."), character=found[0])
    return found


def code(cell: Cell) -> str:
    """A code that must be there."""
    found = optional_code(cell)
    if not found:
        raise Wrong(mark("This cell must not be empty."))
    return found


def person_code(cell: Cell) -> str:
    """A person's code; a telephone number that a workbook holds as a number gets its zero back."""
    found = code(cell)
    return f"0{found}" if isinstance(cell, int | float) and lost_its_zero(found) else found


def lost_its_zero(found: str) -> bool:
    """Whether this looks like a telephone number without its first zero."""
    return _ZERO_LOST.fullmatch(found) is not None


def desk_code(cell: Cell) -> str:
    """The code people type and scan, in capitals."""
    found = code(cell)
    if not _DESK_CODE.fullmatch(found):
        raise Wrong(
            mark(
                "{code} is not a desk code: a letter first, at most 16 letters, digits, _ or -,"
                " and at least one digit, such as Q1."
            ),
            code=found,
        )
    return found.upper()


def word_code(cell: Cell) -> str:
    """The code of a responsibility or a pledge item: it stands in the actions of buttons."""
    found = code(cell)
    if not _WORD.fullmatch(found):
        raise Wrong(
            mark("{code} is not a code: at most 20 letters without accents, digits, _ or -."),
            code=found,
        )
    return found


def label(cell: Cell) -> str:
    """What stands on the button of an item: must be there, and be short."""
    return _at_most(name(cell), MOST_IN_A_LABEL)


def axis_label(cell: Cell) -> str:
    """The name of a responsibility."""
    return _at_most(name(cell), MOST_IN_AN_AXIS)


def _at_most(found: str, most: int) -> str:
    if len(found) > most:
        raise Wrong(
            mark("This text has {length} characters; at most {most} are kept."),
            length=len(found),
            most=most,
        )
    return found


def desk_reference(cell: Cell) -> str:
    """The code of a desk that another row describes, in capitals."""
    return code(cell).upper()


def flag(cell: Cell) -> bool:
    """Yes or no; empty is no."""
    found = text(cell).casefold()
    if found in _YES:
        return True
    if found in _NO:
        return False
    raise Wrong(mark("{found} is neither yes nor no (có, không, x, 1, 0)."), found=found)


def role(cell: Cell) -> str:
    """member or secretary; -member or -secretary where that role ends."""
    found = text(cell).casefold()
    ends, named = ("-", found[1:]) if found[:1] in _MINUS else ("", found)
    if not named:
        raise Wrong(mark("This cell must not be empty."))
    plain = folded(named)
    role = "secretary" if _SECRETARY.fullmatch(plain) else _ROLES.get(plain)
    if _OFFICE.fullmatch(plain):
        raise Wrong(
            mark(
                "{found} is no role here: write member as the role, and this in the column position."
            ),
            found=found,
        )
    if role is None:
        raise Wrong(
            mark(
                "{found} is not a role: write member or secretary, or -member or -secretary to end it."
            ),
            found=found,
        )
    return f"{ends}{role}"


def email(cell: Cell) -> str:
    """An address, or empty."""
    found = text(cell)
    if found and (len(found) > 254 or not _EMAIL.fullmatch(found)):
        raise Wrong(mark("This is not an e-mail address."))
    return found
