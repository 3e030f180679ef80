"""Days that are no single week: the scores of a month, a quarter, a year.

Whoever has the digests of a month's weeks may take them from the month, and the months from the
quarter: what is left are a few days' ratings. So longer days have no scores of their own. They have
those of the whole weeks in them, where the weekly roll-up shows them, added up: nothing that the
weeks do not tell anyway, however periods overlap and wherever somebody moves a cut-off day.
"""

from datetime import date

from handlers.weeks import Week, week_of


def is_a_week(first: date, last: date) -> bool:
    """Whether these days are one ISO week, from its Monday to its Sunday."""
    week = week_of(first)
    return (week.first, week.last) == (first, last)


def whole_weeks(first: date, last: date) -> list[Week]:
    """The ISO weeks that lie in these days, the oldest first."""
    week = week_of(first)
    if week.first < first:
        week = week.after()
    found = []
    while week.last <= last:
        found.append(week)
        week = week.after()
    return found
