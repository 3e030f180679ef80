"""How a digest writes its figures: periods, shares, reasons."""

from collections.abc import Iterable
from datetime import date

from babel.numbers import format_decimal

from handlers.citizen.reasons import find_tag
from handlers.digest.figures import Past
from handlers.texts import Speech
from handlers.weeks import Week, week_of


def period(since: date, until: date) -> str:
    """Two days, such as 16/11–22/11/2026."""
    first = since.strftime("%d/%m" if since.year == until.year else "%d/%m/%Y")
    return f"{first}–{until:%d/%m/%Y}"


def compared_with(week: Week, before: Past, say: Speech) -> str:
    """What a week's figure is held against, inside a sentence."""
    if before.weeks > 1:
        return say("the mean of {weeks} weeks", weeks=before.weeks)
    only = week_of(before.since)
    return say("the week before") if only == week.before() else say("week {week}", week=only.number)


def points(share: float) -> int:
    """A share in whole per cent; half is rounded up."""
    return int(share * 100 + 0.5)


def percent(share: float) -> str:
    """The same as it is read."""
    return f"{points(share)}%"


def number(value: float, language: str) -> str:
    """A mean with at most one decimal."""
    return format_decimal(round(value, 1), format="0.#", locale=language)


def reason_label(key: str, language: str) -> str:
    """What a reason (side/code) is called; its code where the data no longer has it."""
    side, _, code = key.partition("/")
    tag = find_tag(side, code)
    return code if tag is None else tag.label(language)


def reasons_line(reasons: Iterable[tuple[str, int]], language: str) -> str:
    """Reasons and how often each was given."""
    return ", ".join(f"{reason_label(key, language)} ({n})" for key, n in reasons)


def shortened(text: str, most: int) -> str:
    """One line of at most so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def left_out_line(n: int, say: Speech) -> str:
    """How many ratings are kept but not counted, "" for none; of whom they are nobody knows."""
    if not n:
        return ""
    return say(
        "Kept but not counted in the scores: {n} (many at once, one device, or the office's own)",
        n=n,
    )
