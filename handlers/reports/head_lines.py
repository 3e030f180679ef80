"""A unit's name in the head of a document: in as few lines as its half allows, broken between words
that do not belong together."""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

_WIDEST = 14.3  # of a line, in em of bold 14 pt: 72 mm less what rounding takes
_EM = {"I": 0.39, " ": 0.25, "M": 0.95, "W": 1.0, "S": 0.56, "J": 0.5, "F": 0.61, "P": 0.61}
_USUAL_EM = 0.75
_MOST_LINES, _MOST_WORDS = 4, 30
# fmt: off
_TOGETHER = {
    "chi đoàn", "thành đoàn", "tỉnh đoàn", "đoàn viên", "đoàn thanh", "thanh niên", "cơ quan",
    "cơ sở", "thành phố", "thị trấn", "thị xã", "đặc khu", "ủy ban", "nhân dân", "hành chính",
    "chính công", "trung tâm", "phục vụ", "dịch vụ", "công cộng", "công ty", "bệnh viện",
    "trường học", "đại học", "cao đẳng", "quản lý", "doanh nghiệp", "lực lượng", "công an",
    "quân sự",
}
# fmt: on
_APART = 2.5  # em a bad place costs


def head_lines(name: str) -> list[str]:
    """The name in capitals, line by line; [] for none."""
    words, torn = name.split(), None
    for count in range(1, min(len(words), _MOST_LINES) + 1) if len(words) <= _MOST_WORDS else ():
        fitting = [lines for lines in _broken(words, count) if _fits(lines)]
        best = min(fitting, key=_cost, default=None)
        if best is not None and not _torn(best):
            return _capitals(best)
        if torn is not None:  # one line more did not help
            break
        torn = best
    if torn is not None:
        return _capitals(torn)
    return _capitals([words]) if words else []  # Word breaks what cannot be broken well


Lines = list[Sequence[str]]


def _broken(words: Sequence[str], count: int) -> Iterator[Lines]:
    for inner in combinations(range(1, len(words)), count - 1):
        places = [0, *inner, len(words)]
        yield [words[one:two] for one, two in pairwise(places)]


def _fits(lines: Lines) -> bool:
    return max(map(_width, lines)) <= _WIDEST


def _cost(lines: Lines) -> float:
    """How long the longest line is, and how many breaks tear something apart."""
    return max(map(_width, lines)) + _APART * _torn(lines)


def _torn(lines: Lines) -> int:
    return sum(_belong(one[-1], two[0]) for one, two in pairwise(lines))


def _capitals(lines: Lines) -> list[str]:
    return [" ".join(line).upper() for line in lines]


def _belong(one: str, two: str) -> bool:
    """Whether two words make one name, such as Sông Trăng, Nội vụ or cơ quan."""
    return f"{one} {two}".lower() in _TOGETHER or (one[:1].isupper() and one.lower() not in _KINDS)


_KINDS = frozenset({"đoàn", "sở", "ban", "phường", "xã", "ubnd", "vp", "khối", "tncs", "minh"})


def _width(words: Sequence[str]) -> float:
    plain = unicodedata.normalize("NFD", " ".join(words).upper())
    return sum(_EM.get(sign, _USUAL_EM) for sign in plain if not unicodedata.combining(sign))
