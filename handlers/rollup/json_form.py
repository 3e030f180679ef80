"""A roll-up as JSON: every key of a digest for the whole tree, and `roll_up` for its units."""

from typing import Any

from handlers.digest.figures import Digest
from handlers.digest.json_form import as_json as digest_json
from handlers.digest.json_form import change_json, pledges_json, ratings_json
from handlers.rollup.figures import Figures, Named, Node, Panel, Pilot, Ratings, RollUp


def as_json(found: RollUp, own: Digest | None = None) -> dict[str, Any]:
    """Only what JSON has. Scores that may not be shown are null, their `suppressed` true.

    `own` is the unit's own digest, None where the unit itself has nobody. Comments stand there.
    """
    top = found.top.all
    return {
        "unit": found.top.code,
        "week": str(found.week),
        "from": found.first.isoformat(),
        "to": found.last.isoformat(),
        "timezone": found.timezone,
        "ratings": _ratings(top.ratings),
        "pledges": pledges_json(top.pledges, top.members, found.axes),
        "changes": [change_json(each) for each in found.changes],
        "to_thank": [],
        "to_ask": [],
        "comments": [],
        "roll_up": {
            "coverage": _coverage(top),
            "units": [_unit(each, found) for each in found.nodes],
            "to_thank": [_named(each) for each in found.to_thank],
            "to_help": [_named(each) for each in found.to_help],
            "silent": [each.code for each in found.silent],
            "pilot": [_pilot(each) for each in found.pilots],
            "scorecard": {
                "version": found.scorecard.version,
                "panels": [_panel(each) for each in found.scorecard.panels],
            },
        },
        "own": None if own is None else digest_json(own),
    }


def _ratings(ratings: Ratings) -> dict[str, Any]:
    return ratings_json(ratings.count, ratings.scores)


def _scores(ratings: Ratings) -> dict[str, Any]:
    """The same without reasons: they are counted for the whole only."""
    return {name: value for name, value in _ratings(ratings).items() if name != "reasons"}


def _coverage(of: Figures) -> dict[str, int]:
    return {
        "units": of.units,
        "units_active": of.active,
        "members": of.members,
        "members_active": of.pledges.people,
        "members_joined": of.joined,
        "secretaries": of.secretaries,
        "secretaries_joined": of.secretaries_joined,
        "comments": of.comments,
        "comments_answered": of.answered,
    }


def _unit(node: Node, found: RollUp) -> dict[str, Any]:
    """The unit alone; `with_below` where it has units below: then they are in it too."""
    codes = {each.id: each.code for each in found.nodes}
    with_below = _figures(node.all, found) if node.children else None
    return {
        "unit": node.code,
        "name": node.name,
        "kind": node.kind,
        "parent": codes.get(node.parent_id or 0),
        "pilot": node.pilot,
        "closed": None if node.until is None else node.until.isoformat(),
        **_figures(node.own, found),
        "with_below": with_below,
    }


def _figures(of: Figures, found: RollUp) -> dict[str, Any]:
    return {
        "ratings": _scores(of.ratings),
        "left_out": of.left_out,
        "pledges": pledges_json(of.pledges, of.members, found.axes),
        "members": of.members,
        "members_joined": of.joined,
        "secretaries": of.secretaries,
        "secretaries_joined": of.secretaries_joined,
        "comments": of.comments,
        "comments_answered": of.answered,
    }


def _named(each: Named) -> dict[str, Any]:
    return {"unit": each.node.code, "name": each.node.name, "because": each.because}


def _pilot(each: Pilot) -> dict[str, Any]:
    return {
        "unit": each.node.code,
        "name": each.node.name,
        "ratings": _scores(each.node.all.ratings),
        "members": each.node.all.members,
        "members_with_pledge": each.node.all.pledges.people,
        "rest": {
            "ratings": None if each.rest is None else _scores(each.rest),
            "members": each.members,
            "members_with_pledge": each.people,
        },
    }


def _panel(panel: Panel) -> dict[str, Any]:
    return {
        "code": panel.code,
        "points": panel.points,
        "indicators": [
            {"code": each.code, "value": each.value, "of": each.of, "points": each.points}
            for each in panel.indicators
        ],
    }
