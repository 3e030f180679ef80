"""A level typed in words, stars or digits. Negation is read first; what is unclear is no level."""

import re
import unicodedata

from handlers.names import folded

_NEGATION = r"(?:khong|ko|k|kg|kh|hok|hong|chua|chang|cha|not|un)"
_PHRASES: tuple[tuple[str, int], ...] = (  # the first that fits the whole text wins
    (
        (
            rf"(?:rat|hoan toan) {_NEGATION} hai long|{_NEGATION} hai long chut nao"
            r"|very dissatisfied|very unsatisfied"
        ),
        1,
    ),
    (rf"{_NEGATION} hai long(?: lam)?|{_NEGATION} satisfied|dissatisfied|unsatisfied", 2),
    (r"binh thuong|bt|trung binh|tam duoc|neutral|average", 3),
    (r"(?:rat|hoan toan|cuc ky) hai long|hai long lam|very satisfied", 5),
    (r"(?:rat |qua )?(?:tuyet voi|xuat sac)(?: qua)?|excellent", 5),
    (r"hai long|kha hai long|satisfied", 4),
)
_POLITE = {
    *("toi", "em", "con", "chau", "bac", "co", "chu", "anh", "chi", "ong", "ba", "minh", "tui"),
    *("da", "vang", "a", "ah", "nhe", "nha", "oi", "thua", "cam", "thay", "thi", "la", "muc"),
    *("i", "am", "m", "was", "level"),
}
_STARS = re.compile(r"[⭐★🌟\ufe0f\s]+")
_DIGIT = re.compile(r"(?:level |so |chon )?([1-5])(?: ?(?:sao|stars?|diem))?")
# "4/5" is a level; "4-5", "4,5" and "1 5" are two, and which of them is meant is not guessed.
_OF_FIVE = re.compile(r"(?<=[1-5])\s*(?:/|trên)\s*5(?!\d)")


def read_level(text: str) -> int | None:
    """The level 1–5 a text means, or None if it is not clear."""
    stripped = text.strip().replace("\ufe0f", "").replace("\u20e3", "")  # keycap digits: 5️⃣
    if stripped and _STARS.fullmatch(stripped):
        stars = len(re.sub(r"\s", "", stripped))
        return stars if stars <= 5 else None
    plain = folded(_OF_FIVE.sub("", unicodedata.normalize("NFKC", stripped), count=1))
    words = " ".join(word for word in plain.split() if word not in _POLITE)
    if found := _DIGIT.fullmatch(words):
        return int(found[1])
    return next((level for phrase, level in _PHRASES if re.fullmatch(phrase, words)), None)
