"""/diemcuatoi: a member's own ratings as totals of closed weeks, moving only by k at a time.

What was shown is kept and shown again until k ratings of later weeks have come together; they
make the next period. Whatever changes in a period that was shown stays unseen: the difference of
any two looks holds k ratings or none.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from handlers.citizen.actions import START
from handlers.citizen.reasons import split
from handlers.citizen.scheme import LEVELS, level_word
from handlers.digest.figures import RatingFigures
from handlers.digest.wording import left_out_line, percent, period, reasons_line
from handlers.member.actions import OWN_SCORES
from handlers.member.shift_actions import NOT_MINE
from handlers.messages import Choice, Choices, Note, Part, Reply, Text, Title, reply
from handlers.permissions import member
from handlers.routing import Route
from handlers.turn import Turn
from handlers.weeks import newest_closed, week_of
from storage.queries.across_units import person_crosses
from storage.queries.left_out import left_out_of
from storage.queries.own_scores import Score, keep_shown, own_counts, shown_last
from storage.tables import OwnScore

_REASONS = 3


@dataclass(frozen=True)
class Shown:
    """One period of a member's ratings, as it was shown."""

    since: date
    until: date
    ratings: RatingFigures
    across: bool = False  # some were given at desks of another unit than the one they count for
    left_out: int = 0  # besides, kept but not counted


def own_scores(turn: Turn) -> Sequence[Reply]:
    """The newest period that has k ratings, beside the one before it."""
    row = _moved_on(turn)
    if row is None:
        return [_too_few(turn)]
    figures = json.loads(row.figures)
    return [_tell(turn, _read(figures["now"]), _read(figures["before"]))]


def _moved_on(turn: Turn) -> OwnScore | None:
    """What to show: a new period if k ratings of closed weeks have come, else the last one."""
    person, until = turn.official.person_id, newest_closed(turn.today).last
    last = shown_last(turn.session, person)
    new = own_counts(turn.session, person, None if last is None else last.through, until)
    count = sum(score.n for score in new)
    if count < turn.policy.k:
        return last
    since = (
        week_of(min(score.first for score in new)).first
        if last is None
        else last.through + timedelta(days=1)
    )
    figures = {
        "now": {
            **_written(since, until, new),
            "across": person_crosses(turn.session, person, since, until),
            "left_out": left_out_of(turn.session, person, since, until),
        },
        "before": None if last is None else json.loads(last.figures)["now"],
    }
    return keep_shown(turn.session, person, until, count, json.dumps(figures))


def _written(since: date, until: date, scores: Sequence[Score]) -> dict[str, Any]:
    levels, reasons = dict.fromkeys(LEVELS, 0), dict[str, int]()
    for score in scores:
        levels[score.level] += score.n
        for key in split(score.reasons):
            reasons[key] = reasons.get(key, 0) + score.n
    days = {"since": since.isoformat(), "until": until.isoformat()}
    return {**days, "levels": {str(level): n for level, n in levels.items()}, "reasons": reasons}


def _read(written: dict[str, Any] | None) -> Shown | None:
    if written is None:
        return None
    levels = {int(level): n for level, n in written["levels"].items()}
    since, until = (date.fromisoformat(written[name]) for name in ("since", "until"))
    figures = RatingFigures(levels, written["reasons"])
    across, aside = written.get("across", False), written.get("left_out", 0)
    return Shown(since, until, figures, across, aside)


def _too_few(turn: Turn) -> Reply:
    say = turn.say
    return reply(
        Title(text=say("Your ratings")),
        Text(
            text=say(
                "There are not yet {k} ratings of you in weeks that have ended, so nothing is shown: "
                "nobody should be recognised by a single answer. Thank you for every visitor you "
                "receive well!",
                k=turn.policy.k,
            )
        ),
        _to_menu(turn),
    )


def _tell(turn: Turn, now: Shown | None, before: Shown | None) -> Reply:
    assert now is not None
    say, ratings = turn.say, now.ratings
    levels = " · ".join(f"{level_word(say, each)} {ratings.by_level[each]}" for each in LEVELS)
    lines = [levels]
    if praised := ratings.top("high", _REASONS):
        lines.append(say("Praised: {reasons}", reasons=reasons_line(praised, say.language)))
    if blamed := ratings.top("low", _REASONS):
        lines.append(say("To be better: {reasons}", reasons=reasons_line(blamed, say.language)))
    if aside := left_out_line(now.left_out, say):
        lines.append(aside)
    return reply(
        Title(text=say("Your ratings, {period}", period=period(now.since, now.until))),
        Text(text=_satisfied(turn, ratings), tone="strong"),
        Text(text="\n".join(lines)),
        _against(turn, before),
        _which(turn, now),
        Note(
            text=say(
                "Only weeks that have ended, and only from {k} ratings on; these figures move when at "
                "least {k} new ratings have come. Your secretary sees totals too, your colleagues "
                "do not.",
                k=turn.policy.k,
            )
        ),
        _to_menu(turn),
    )


def _which(turn: Turn, now: Shown) -> Part | None:
    """Which figures of units these ratings are part of, where that may surprise."""
    if not now.across:
        return None
    return Text(
        text=turn.say(
            "You were also rated at desks of other units. These ratings are in here too, and count "
            "for your unit, not for the desk's."
        )
    )


def _to_menu(turn: Turn) -> Choices:
    say = turn.say
    choices = (
        Choice(label=say("That day was not my shift"), action=NOT_MINE.build(page=0), look="quiet"),
        Choice(label=say("To my menu"), action=START.build(), look="quiet"),
    )
    return Choices(label=say("What would you like to do?"), choices=choices)


def _satisfied(turn: Turn, ratings: RatingFigures) -> str:
    return turn.say(
        "Citizens satisfied: {share} ({satisfied} of {count} ratings)",
        share=percent(ratings.share or 0.0),
        satisfied=ratings.satisfied,
        count=ratings.count,
    )


def _against(turn: Turn, before: Shown | None) -> Part | None:
    if before is None or before.ratings.share is None:
        return None
    line = turn.say(
        "The period before ({period}): {share} ({satisfied} of {count} ratings)",
        period=period(before.since, before.until),
        share=percent(before.ratings.share),
        satisfied=before.ratings.satisfied,
        count=before.ratings.count,
    )
    return Text(text=line)


ROUTES = [Route(OWN_SCORES, own_scores, member)]
