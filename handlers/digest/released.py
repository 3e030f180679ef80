"""Comments: a week's are released when k ratings share its period; until then they wait.

Erased ratings count in a period as they did: it never moves. Once the first of it is erased, none
of its comments are told any more.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlmodel import Session

from handlers.digest.figures import Comment
from handlers.weeks import Week, week_of
from storage.queries.comments import StoredComment, comments_between, ratings_by_day
from storage.queries.digest import rating_counts

_RECENT = 5  # weeks: usually one of them holds k ratings, and nothing older need be read


def released_since(counts: Mapping[Week, int], week: Week, k: int) -> Week | None:
    """The first week of the period that is released with `week`; None if nothing is.

    Weeks are gathered from the oldest on until they hold k ratings together; then the next
    period begins. `counts` must begin with the oldest rating, or right after a week that has k.
    """
    gathered, since = 0, None
    for each in sorted(each for each in counts if each <= week and counts[each]):
        since = since or each
        gathered += counts[each]
        if gathered >= k:
            if each == week:
                return since
            gathered, since = 0, None
    return None


def period_of(
    session: Session, unit_id: int, week: Week, recent: Sequence[int], k: int
) -> Week | None:
    """The same from the database. `recent`: the ratings of the week and of those before it."""
    if not recent[0]:
        return None
    full = next((ago for ago, n in enumerate(recent[1:], start=1) if n >= k), None)
    if full is not None:  # everything older was released by then at the latest
        counts = {week.before(ago): recent[ago] for ago in range(full)}
        return released_since(counts, week, k)
    by_week: dict[Week, int] = {}
    for day, n in ratings_by_day(session, unit_id, week.last):
        by_week[week_of(day)] = by_week.get(week_of(day), 0) + n
    return released_since(by_week, week, k)


def stored_comments(
    session: Session,
    unit_id: int,
    week: Week,
    recent: Sequence[int],
    k: int,
    *,
    hidden: bool = False,
) -> tuple[Week, list[StoredComment]] | None:
    """What is released with a week and the first week it reaches back to (or what was hidden)."""
    since = period_of(session, unit_id, week, recent, k)
    if since is None:
        return None
    found = comments_between(session, unit_id, str(week), since.first, week.last, hidden=hidden)
    return since, found


def released_now(
    session: Session, unit_id: int, week: Week, k: int, *, hidden: bool = False
) -> tuple[Week, list[StoredComment]] | None:
    """The same, counting the week and the four before it first."""
    mondays = [week.before(ago).first for ago in range(_RECENT)]
    recent = [0] * _RECENT
    for each in rating_counts(session, unit_id, mondays, week.last):
        recent[each.ago] += 0 if each.level is None else each.n
    return stored_comments(session, unit_id, week, recent, k, hidden=hidden)


def released(
    session: Session, unit_id: int, week: Week, recent: Sequence[int], k: int
) -> tuple[Comment, ...]:
    """The comments of a week's digest, in an order that tells nothing of when."""
    found = stored_comments(session, unit_id, week, recent, k)
    if found is None:
        return ()
    first: date = found[0].first
    return tuple(Comment(c.tag, c.text, first, week.last, c.answered) for c in found[1])
