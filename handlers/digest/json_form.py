"""A digest as JSON: the shape that scripts rely on (docs: "Digest JSON")."""

from collections.abc import Mapping, Sequence
from typing import Any

from handlers.digest.figures import (
    STATUSES,
    AxisName,
    Change,
    Digest,
    PledgeFigures,
    RatingFigures,
)


def as_json(digest: Digest) -> dict[str, Any]:
    """Only what JSON has. Shares are between 0 and 1; below k ratings the scores are null."""
    return {
        "unit": digest.unit_code,
        "week": str(digest.week),
        "from": digest.week.first.isoformat(),
        "to": digest.week.last.isoformat(),
        "timezone": digest.timezone,
        "ratings": ratings_json(
            digest.ratings.count, None if digest.suppressed else digest.ratings
        ),
        "pledges": pledges_json(digest.pledges, digest.members, digest.axes),
        "changes": [change_json(each) for each in digest.changes],
        "to_thank": [
            {
                "person": each.code,
                "name": each.full_name,
                "because": each.because,
                "checkin_days": each.checkin_days,
                "working_days": each.working_days,
                "praised_for": each.praised_for or None,
            }
            for each in digest.to_thank
        ],
        "to_ask": [
            {
                "person": each.code,
                "name": each.full_name,
                "from": each.since.isoformat(),
                "to": each.until.isoformat(),
            }
            for each in digest.to_ask
        ],
        "comments": [
            {
                "week": str(digest.week),
                "from": each.since.isoformat(),
                "to": each.until.isoformat(),
                "text": each.text,
                "answered": each.answered,
            }
            for each in digest.comments
        ],
    }


def ratings_json(count: int, ratings: RatingFigures | None) -> dict[str, Any]:
    """How many ratings, and what they say: None where that may not be shown."""
    if ratings is None:
        return {
            "count": count,
            "by_level": None,
            "satisfied_share": None,
            "average": None,
            "reasons": [],
            "suppressed": True,
        }
    reasons = sorted(ratings.reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    return {
        "count": ratings.count,
        "by_level": {str(level): ratings.by_level[level] for level in range(1, 6)},
        "satisfied_share": {"value": ratings.share, "of": ratings.count},
        "average": ratings.average,
        "reasons": [{"code": code, "count": count} for code, count in reasons],
        "suppressed": False,
    }


def pledges_json(pledges: PledgeFigures, members: int, axes: Sequence[AxisName]) -> dict[str, Any]:
    """What members took on and what came of it, by responsibility."""
    codes = list(dict.fromkeys([*(axis.code for axis in axes), *pledges.by_axis]))
    return {
        "members": members,
        "members_with_pledge": pledges.people,
        "pledged": pledges.all,
        **{status: pledges.of(status) for status in STATUSES},
        "by_axis": {code: _axis(pledges.by_axis.get(code, {})) for code in codes},
    }


def _axis(counts: Mapping[str, int]) -> dict[str, int]:
    return {
        "pledged": sum(counts.values()),
        **{status: counts.get(status, 0) for status in STATUSES},
    }


def change_json(change: Change) -> dict[str, Any]:
    """A figure that moved, and against what."""
    return {
        "kind": change.kind,
        "reason": change.reason or None,
        "value": change.value,
        "count": change.n,
        "of": change.of,
        "before": change.before.mean,
        "weeks": change.before.weeks,
        "from": change.before.since.isoformat(),
        "to": change.before.until.isoformat(),
    }
