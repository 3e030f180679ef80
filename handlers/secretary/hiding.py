"""Hiding an insult with a logged reason, and bringing it back; the rating stays either way."""

from collections.abc import Sequence

import structlog

from handlers.citizen.masking import masked
from handlers.messages import Choice, Choices, Field, Note, Part, Reply, Text, Title, reply
from handlers.paging import PAGE, page_of
from handlers.permissions import secretary
from handlers.routing import Route
from handlers.secretary.actions import (
    COMMENTS,
    HIDDEN,
    HIDE,
    HIDE_BECAUSE,
    HIDE_TYPED,
    SHOW_AGAIN,
    WEEK,
)
from handlers.secretary.comments import comments, find_comment, released_comments
from handlers.secretary.hide_reasons import OWN_WORDS, WHY
from handlers.secretary.own_unit import closed_week
from handlers.secretary.ways_back import to_digest
from handlers.texts import Speech
from handlers.turn import Turn
from handlers.weeks import Week
from storage.queries.audit import record
from storage.queries.comments import StoredComment, hide_comment, show_comment

log = structlog.get_logger("comments")

LONGEST_REASON = 80


def hide(turn: Turn, unit: int, week: Week, tag: str) -> Sequence[Reply]:
    """Ask why: a comment is not hidden for being unwelcome."""
    return [_ask(turn, unit, week, find_comment(turn, unit, week, tag))]


def _ask(
    turn: Turn, unit: int, week: Week, comment: StoredComment, value: str = "", error: str = ""
) -> Reply:
    say, of = turn.say, {"unit": unit, "week": week, "tag": comment.tag}
    reasons = tuple(
        Choice(label=say(why), action=HIDE_BECAUSE.build(reason=reason, **of))
        for reason, why in WHY.items()
    )
    keep = Choice(
        label=say("Keep it"),
        action=COMMENTS.build(unit=unit, week=week, page=0),
        look="primary",
    )
    title = say("Why hide this comment?")
    return reply(
        Title(text=title),
        Text(text=say("“{text}”", text=comment.text)),
        Note(text=say("The reason is kept. The rating itself goes on counting.")),
        Choices(label=title, choices=(keep, *reasons)),
        Field(
            action=HIDE_TYPED.build(**of),
            digits=False,
            label=say("Or in your own words"),
            hint=say("Please do not repeat the comment: the reason stands in the audit log."),
            send=say("Hide it"),
            value=value,
            error=error,
            most=LONGEST_REASON,
        ),
        fresh=True,
    )


def hide_because(turn: Turn, unit: int, week: Week, tag: str, reason: str) -> Sequence[Reply]:
    """Hide it for one of the given reasons."""
    if reason not in WHY:
        return hide(turn, unit, week, tag)
    return _hide(turn, unit, week, find_comment(turn, unit, week, tag), reason)


def hide_typed(turn: Turn, unit: int, week: Week, tag: str) -> Sequence[Reply]:
    """Hide it for a reason of one's own."""
    comment = find_comment(turn, unit, week, tag)
    words, _ = masked(turn.text)
    if not words or len(words) > LONGEST_REASON:
        error = turn.say("Please write a reason of at most {most} characters.", most=LONGEST_REASON)
        return [_ask(turn, unit, week, comment, turn.text, error)]
    return _hide(turn, unit, week, comment, OWN_WORDS, words)


def _hide(
    turn: Turn, unit: int, week: Week, comment: StoredComment, reason: str, words: str = ""
) -> Sequence[Reply]:
    hide_comment(turn.session, comment.rating_id, reason, turn.today, words)
    _log(turn, "comment.hide", unit, week, {"reason": words or reason})
    log.info(
        "comment hidden",
        unit=closed_week(turn, unit, week).unit_code,
        week=str(week),
        reason=reason,
    )
    return _then(comments(turn, unit, week, 0), turn.say("The comment is hidden."))


def _log(turn: Turn, action: str, unit: int, week: Week, more: dict[str, str]) -> None:
    """Who did it in which week; neither the text nor whose rating it belongs to."""
    record(
        turn.session,
        at=turn.now,
        action=action,
        actor_id=turn.official.person_id,
        unit_id=unit,
        details={"week": str(week), **more},
    )


def _then(shown: Sequence[Reply], done: str) -> Sequence[Reply]:
    first, *rest = shown
    told = Text(text=done, tone="strong")
    return [first.model_copy(update={"parts": (told, *first.parts)}), *rest]


def hidden(turn: Turn, unit: int, week: Week, page: int) -> Sequence[Reply]:
    """What was hidden of that week, why, and the way back."""
    say = turn.say
    _, found = released_comments(turn, unit, week, hidden=True)
    title = (
        say("Hidden comments of week {week}: {n}", week=week.number, n=len(found))
        if found
        else say("No comment of week {week} is hidden.", week=week.number)
    )
    page = min(page, max(0, len(found) - 1) // PAGE)
    shown = list(enumerate(found, start=1))[page * PAGE : (page + 1) * PAGE]
    lines: list[Part] = [Text(text=_line(say, number, each)) for number, each in shown]
    back = Choice(
        label=say("Back to the comments"),
        action=COMMENTS.build(unit=unit, week=week, page=0),
        look="quiet",
    )
    return [
        reply(
            Title(text=title),
            *lines,
            *page_of(
                list(enumerate(found, start=1)),
                page,
                lambda each: Choice(
                    label=say("Show {number} again", number=each[0]),
                    action=SHOW_AGAIN.build(unit=unit, week=week, tag=each[1].tag),
                ),
                lambda to: HIDDEN.build(unit=unit, week=week, page=to),
                say,
                title,
            ),
            Choices(
                label=say("What would you like to do?"),
                choices=(back, to_digest(say, unit, week)),
            ),
            fresh=True,
        )
    ]


def _line(say: Speech, number: int, comment: StoredComment) -> str:
    reason = say(WHY[comment.hidden]) if comment.hidden in WHY else comment.words or "–"
    return say(
        "{number}. “{text}” – hidden because: {reason}",
        number=number,
        text=comment.text,
        reason=reason,
    )


def show_again(turn: Turn, unit: int, week: Week, tag: str) -> Sequence[Reply]:
    """Bring it back into the digest."""
    comment = find_comment(turn, unit, week, tag, hidden=True)
    show_comment(turn.session, comment.rating_id)
    _log(turn, "comment.show", unit, week, {})
    return _then(hidden(turn, unit, week, 0), turn.say("The comment is shown again."))


ROUTES = [
    Route(HIDE, hide, secretary),
    Route(HIDE_BECAUSE, hide_because, secretary, again=WEEK),
    Route(HIDE_TYPED, hide_typed, secretary, again=WEEK),
    Route(HIDDEN, hidden, secretary),
    Route(SHOW_AGAIN, show_again, secretary, again=WEEK),
]
