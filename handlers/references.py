"""How an action names a rating without carrying its id: by encounter, or by receipt code."""

from dataclasses import dataclass
from datetime import date


def write_day(day: date) -> str:
    """A day in six digits, such as 261121."""
    return day.strftime("%y%m%d")


def read_day(text: str) -> date:
    """The day six digits mean; ValueError for one that is not in the calendar."""
    return date(2000 + int(text[:2]), int(text[2:4]), int(text[4:]))


@dataclass(frozen=True)
class Mine:
    """The presser's own nth encounter (1–9) with a desk on a day: only the day's key finds it."""

    desk: str
    day: date
    nth: int

    def __str__(self) -> str:
        return f"{self.desk}/{write_day(self.day)}/{self.nth}"


@dataclass(frozen=True)
class ByCode:
    """The rating of a receipt code (ten to sixteen digits): whoever has the code may act on it."""

    code: str

    def __str__(self) -> str:
        return f"c/{self.code}"


RatingRef = Mine | ByCode


def read_ref(text: str) -> RatingRef:
    """The reference in `Q1/261121/1` or `c/0123456789`."""
    first, *rest = text.split("/")
    if first == "c":
        return ByCode(rest[0])
    return Mine(first.upper(), read_day(rest[0]), int(rest[1]))
