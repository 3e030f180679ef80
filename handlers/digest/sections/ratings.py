"""What citizens said: how many, how satisfied, against the weeks before, for which reasons."""

from handlers.citizen.scheme import LEVELS, level_word
from handlers.digest.changes import satisfied_past
from handlers.digest.figures import Digest
from handlers.digest.wording import (
    compared_with,
    left_out_line,
    percent,
    period,
    points,
    reasons_line,
)
from handlers.messages import Part, Text
from handlers.texts import Speech

_REASONS = 3


def section(digest: Digest, say: Speech) -> list[Part]:
    """Below k ratings only how many there were, and why no more is shown."""
    ratings = digest.ratings
    if digest.suppressed or ratings.share is None:
        aside = left_out_line(digest.left_out, say)
        few = [say("Fewer than {k} ratings, so no scores are shown.", k=digest.k)]
        return [
            Text(text=say("Citizens' ratings: {count}", count=ratings.count), tone="strong"),
            Text(text="\n".join(filter(None, [*few, *_which(digest, say), aside]))),
        ]
    head = say(
        "Citizens satisfied: {share} ({satisfied} of {count} ratings)",
        share=percent(ratings.share),
        satisfied=ratings.satisfied,
        count=ratings.count,
    )
    levels = " · ".join(f"{level_word(say, each)} {ratings.by_level[each]}" for each in LEVELS)
    lines = [_against_before(digest, say), levels, *_reasons(digest, say), *_which(digest, say)]
    lines.append(left_out_line(digest.left_out, say))
    return [Text(text=head, tone="strong"), Text(text="\n".join(filter(None, lines)))]


def _which(digest: Digest, say: Speech) -> list[str]:
    """Which ratings these are, where desks and members of different units met."""
    if not digest.across:
        return []
    return [
        say(
            "Each rating counts for the unit of the member rated; where no member is known, for "
            "the desk's unit."
        )
    ]


def _against_before(digest: Digest, say: Speech) -> str:
    before = satisfied_past(digest.week, digest.ratings_before, digest.k)
    share = digest.ratings.share
    if before is None or share is None:
        return say("No earlier weeks with enough ratings to compare with.")
    difference = points(share) - points(before.mean)  # of what is read, not of what lies behind
    values = {
        "points": abs(difference),
        "mean": percent(before.mean),
        "when": compared_with(digest.week, before, say),
        "period": period(before.since, before.until),
    }
    if difference > 0:
        return say("▲ {points} points over {when}: {mean} ({period})", **values)
    if difference < 0:
        return say("▼ {points} points under {when}: {mean} ({period})", **values)
    return say("= {when}: {mean} ({period})", **values)


def _reasons(digest: Digest, say: Speech) -> list[str]:
    lines = []
    if praised := digest.ratings.top("high", _REASONS):
        lines.append(say("Praised: {reasons}", reasons=reasons_line(praised, say.language)))
    if blamed := digest.ratings.top("low", _REASONS):
        lines.append(say("To be better: {reasons}", reasons=reasons_line(blamed, say.language)))
    return lines
