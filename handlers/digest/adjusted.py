"""What was sent is kept as figures; what has changed in that week since is told by the next digest."""

import json
from collections.abc import Mapping, Sequence

from sqlmodel import Session

from handlers.digest.figures import STATUSES, Adjusted, Digest, PledgeFigures, RatingFigures
from handlers.weeks import Week, read_week
from storage.queries.digest import last_sent
from storage.queries.traffic import insert_new
from storage.tables import DigestSent

FIGURES = ("ratings", "satisfied", "pledged", *STATUSES)


def figures_of(ratings: RatingFigures, pledges: PledgeFigures, k: int) -> dict[str, float | None]:
    """What of a week is remembered and compared: totals only."""
    return {
        "ratings": ratings.count,
        "satisfied": ratings.share if ratings.count >= k else None,
        "pledged": pledges.all,
        **{status: pledges.of(status) for status in STATUSES},
    }


def remember(session: Session, digest: Digest) -> None:
    """Keep the figures as they went out; the first to be sent are the ones that count."""
    figures = figures_of(digest.ratings, digest.pledges, digest.k)
    values = {
        "unit_id": digest.unit_id,
        "week": str(digest.week),
        "figures": json.dumps(figures, sort_keys=True),
    }
    insert_new(session, DigestSent, values)


def adjusted(
    session: Session,
    unit_id: int,
    week: Week,
    ratings: Sequence[RatingFigures],
    pledges: Sequence[PledgeFigures],
    k: int,
) -> Adjusted | None:
    """How the week sent last differs now; both lists hold the week itself and four before."""
    sent = last_sent(session, unit_id, str(week))
    if sent is None:
        return None
    earlier = read_week(sent[0])
    ago = week.since(earlier)
    if ago >= len(ratings):
        return None
    then: Mapping[str, float | None] = json.loads(sent[1])
    now = figures_of(ratings[ago], pledges[ago], k)
    changed = {
        name: (before, after)
        for name in FIGURES
        if (before := then.get(name)) is not None
        and (after := now[name]) is not None
        and round(before, 6) != round(after, 6)
    }
    if abs((now["ratings"] or 0) - (then.get("ratings") or 0)) < k:
        changed.pop("satisfied", None)  # it would tell the level of the few that came or went
    return Adjusted(earlier, changed) if changed else None
