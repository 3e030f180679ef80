"""Personal numbers in a comment are found and masked before it is stored."""

import re
import unicodedata

MASK = "•••"

_SEPARATOR = r"[\s.\-–()_]{0,3}"
# Citizen card 12 digits, old identity card 9, phone 10–11 with 0 or +84 in front. A longer run of
# digits is masked whole: better one number too many than a citizen found out.
_NUMBER = re.compile(rf"\+?\d(?:{_SEPARATOR}\d){{8,}}")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def masked(comment: str) -> tuple[str, int]:
    """The comment with phone, identity numbers and e-mail addresses masked; how many there were.

    Digits of any script count (NFKC first): "０９０５" is a phone number too.
    """
    text = unicodedata.normalize("NFKC", comment)
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c)[0] != "C")
    text, emails = _EMAIL.subn(MASK, text)
    text, numbers = _NUMBER.subn(MASK, text)
    return text.strip(), emails + numbers
