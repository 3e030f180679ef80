"""Days and times as people type them: 24/11 - 26/11, 24-26/11, mai, 7h30."""

import re
from dataclasses import dataclass
from datetime import date, time, timedelta

from anyascii import anyascii

from handlers.workdays import Span

FARTHEST = timedelta(days=400)  # what lies farther from today is a typing mistake
LONGEST = timedelta(days=200)  # half a year of parental leave
_AHEAD = timedelta(days=245)  # 20/12 typed in January is last year's, 20/06 is this year's
_WORDS = {
    "hom kia": -2,
    "hom qua": -1,
    "hom nay": 0,
    "ngay mai": 1,
    "ngay kia": 2,
    "mai": 1,
    "mot": 2,
    "yesterday": -1,
    "today": 0,
    "tomorrow": 1,
}
_BETWEEN = re.compile(r"\s*(?:–|—|->|~|\bden het\b|\bden\b|\btoi\b|\buntil\b|\bto\b)\s*")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY = re.compile(r"(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}|\d{2}))?")
_LEADING = re.compile(r"^(?:tu ngay|tu|from|ngay)\s+|(?<=\s)ngay\s+(?=\d)")
_TIME = re.compile(r"([01]?\d|2[0-3])(?:\s*(?:[:h.g]|gio)\s*([0-5]\d)?\s*(?:p|phut)?)?")


@dataclass(frozen=True)
class _Partial:
    """A day whose month or year may be said by the other end of the range."""

    day: int
    month: int | None = None
    year: int | None = None


def read_span(text: str, today: date) -> Span | None:
    """The days a text means, both ends included; None if that is not clear."""
    first, last = _ends(_plain(text), today)
    if first is None or last is None or last < first:
        return None
    near = abs(first - today) <= FARTHEST and abs(last - today) <= FARTHEST
    return Span(first, last) if near and last - first <= LONGEST else None


def read_day(text: str, today: date) -> date | None:
    """The one day a text means."""
    span = read_span(text, today)
    return span.first if span is not None and span.first == span.last else None


def read_time(text: str) -> time | None:
    """The time of day a text means: 7:30, 7h30, 7h, 7, 07.30, 7 giờ 30."""
    found = _TIME.fullmatch(_plain(text))
    return None if found is None else time(int(found[1]), int(found[2] or 0))


def read_times(text: str) -> tuple[time, time] | None:
    """From when to when: "21:00 - 6:30", "từ 21h đến 6h"."""
    halves = _split(_plain(text))
    if len(halves) != 2:
        return None
    first, last = (read_time(half) for half in halves)
    return None if first is None or last is None or first == last else (first, last)


def _plain(text: str) -> str:
    plain = anyascii(text.replace("–", "-").replace("—", "-")).casefold().strip(" .,;!")
    return _LEADING.sub("", re.sub(r"\s+", " ", plain))


def _split(plain: str) -> list[str]:
    """The two ends of a range, or the one day there is."""
    halves = [half for half in _BETWEEN.split(plain) if half]
    if len(halves) == 1 and _ISO.fullmatch(plain) is None:
        dashed = re.sub(r"\d{4}-\d{1,2}-\d{1,2}", lambda iso: iso[0].replace("-", "="), plain)
        halves = [half.strip().replace("=", "-") for half in dashed.split("-") if half.strip()]
    return halves


def _ends(plain: str, today: date) -> tuple[date | None, date | None]:
    halves = _split(plain)
    if len(halves) == 1:
        day = _resolved(_read(halves[0], today), None, today)
        return day, day
    if len(halves) != 2:
        return None, None
    first, last = (_read(half, today) for half in halves)
    end = _resolved(last, None, today)
    if end is None:
        return None, None
    return _resolved(first, end, today), end


def _read(text: str, today: date) -> date | _Partial | None:
    text = text.strip()
    if text in _WORDS:
        return today + timedelta(days=_WORDS[text])
    if iso := _ISO.fullmatch(text):
        return _Partial(int(iso[3]), int(iso[2]), int(iso[1]))
    if found := _DAY.fullmatch(re.sub(r"\s*(?:thang|nam)\s*", "/", text).replace(" ", "")):
        year = int(found[3]) if found[3] else None
        return _Partial(int(found[1]), int(found[2]), year and year + (2000 if year < 100 else 0))
    return _Partial(int(text)) if re.fullmatch(r"\d{1,2}", text) else None


def _resolved(read: date | _Partial | None, end: date | None, today: date) -> date | None:
    """The day itself; what it does not say comes from the end of the range, or from today."""
    if read is None or isinstance(read, date):
        return read
    month = read.month or (end.month if end is not None else None)
    if month is None:
        return None
    if read.year is not None:
        return _date(read.year, month, read.day)
    latest = end or today + _AHEAD
    meant = (_date(year, month, read.day) for year in (latest.year, latest.year - 1))
    return next((day for day in meant if day is not None and day <= latest), None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
