"""Names without accents, as they are searched and compared."""

import re
import unicodedata

from anyascii import anyascii

_GAP = re.compile(r"[^a-z0-9]+")


def folded(text: str) -> str:
    """Only a-z, 0-9 and single spaces: "Đoàn  Thuế-Q.1" becomes "doan thue q 1"."""
    plain = anyascii(unicodedata.normalize("NFC", text)).casefold()
    return _GAP.sub(" ", plain).strip()
