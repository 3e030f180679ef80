"""Citizens' comments of a week: read, answer by receipt code, hide an insult with a logged reason."""

from collections.abc import Sequence

import structlog

from handlers.citizen.masking import masked
from handlers.digest.released import released_now
from handlers.digest.wording import period
from handlers.errors import Refused
from handlers.messages import Choice, Choices, Field, Note, Part, Reply, Text, Title, reply
from handlers.permissions import secretary
from handlers.routing import Route
from handlers.secretary.actions import ANSWER, COMMENTS, HIDE, HIDE_BECAUSE, SEND_ANSWER, WEEK
from handlers.secretary.own_unit import closed_week
from handlers.secretary.ways_back import only_to_digest, to_digest
from handlers.texts import mark
from handlers.turn import Turn
from handlers.weeks import Week
from storage.queries.comments import StoredComment, answer_to, hide_comment, set_answer
from storage.queries.rating import lock_rating

log = structlog.get_logger("comments")

PAGE = 3
LONGEST_ANSWER = 600
WHY = {
    "insult": mark("It insults somebody"),
    "personal": mark("It names a private person"),
    "elsewhere": mark("It is about something else"),
}


def _released(turn: Turn, unit: int, week: Week) -> tuple[Week, list[StoredComment]]:
    closed_week(turn, unit, week)
    return released_now(turn.session, unit, week, turn.policy.k) or (week, [])


def _comment(turn: Turn, unit: int, week: Week, tag: str) -> StoredComment:
    for each in _released(turn, unit, week)[1]:
        if each.tag == tag:
            return each
    raise Refused(
        turn.say("This comment is not there any more: withdrawn, changed or hidden."),
        "an action named a comment that is not there",
    )


def comments(turn: Turn, unit: int, week: Week, page: int) -> Sequence[Reply]:
    """A page of comments, dated to the week, in an order that tells nothing."""
    say = turn.say
    since, found = _released(turn, unit, week)
    if not found:
        title = say("Week {week} has no comments to show.", week=week.number)
        return [reply(Title(text=title), only_to_digest(say, unit, week), fresh=True)]
    page = min(page, (len(found) - 1) // PAGE)
    first = page * PAGE
    shown = list(enumerate(found[first : first + PAGE], start=first + 1))
    parts: list[Part] = [
        Title(
            text=say(
                "Citizens' comments: {n} ({period})",
                n=len(found),
                period=period(since.first, week.last),
            )
        )
    ]
    parts += [Text(text=_line(turn, number, each)) for number, each in shown]
    parts.append(Note(text=say("In random order, without the day and without the level given.")))
    parts += [_reactions(turn, unit, week, number, each) for number, each in shown]
    return [
        reply(*parts, _turn_page(turn, unit, week, page, len(found)), fresh=True),
    ]


def _line(turn: Turn, number: int, comment: StoredComment) -> str:
    if comment.answered:
        return turn.say("{number}. “{text}” (answered)", number=number, text=comment.text)
    return turn.say("{number}. “{text}”", number=number, text=comment.text)


def _reactions(turn: Turn, unit: int, week: Week, number: int, comment: StoredComment) -> Choices:
    say, of = turn.say, {"unit": unit, "week": week, "tag": comment.tag}
    answer = (
        say("Change answer {number}", number=number)
        if comment.answered
        else say("Answer {number}", number=number)
    )
    return Choices(
        label=say("Comment {number}", number=number),
        choices=(
            Choice(label=answer, action=ANSWER.build(**of)),
            Choice(
                label=say("Hide {number}", number=number), action=HIDE.build(**of), look="quiet"
            ),
        ),
        columns=2,
    )


def _turn_page(turn: Turn, unit: int, week: Week, page: int, count: int) -> Choices:
    say = turn.say
    of = {"unit": unit, "week": week}
    turns = []
    if page > 0:
        action = COMMENTS.build(page=page - 1, **of)
        turns.append(Choice(label=say("‹ Back"), action=action, look="quiet"))
    if (page + 1) * PAGE < count:
        action = COMMENTS.build(page=page + 1, **of)
        turns.append(Choice(label=say("More ›"), action=action, look="quiet"))
    turns.append(to_digest(say, unit, week))
    return Choices(label=say("What would you like to do?"), choices=tuple(turns), columns=2)


def answer(turn: Turn, unit: int, week: Week, tag: str) -> Sequence[Reply]:
    """Ask for the answer."""
    comment = _comment(turn, unit, week, tag)
    return [_ask(turn, unit, week, comment, answer_to(turn.session, comment.rating_id))]


def _ask(
    turn: Turn, unit: int, week: Week, comment: StoredComment, value: str = "", error: str = ""
) -> Reply:
    say = turn.say
    return reply(
        Title(text=say("Answer a comment")),
        Text(text=say("“{text}”", text=comment.text)),
        Field(
            action=SEND_ANSWER.build(unit=unit, week=week, tag=comment.tag),
            label=say("Your answer"),
            hint=say("Whoever wrote the comment reads it with their receipt code; nobody else."),
            send=say("Save the answer"),
            value=value,
            error=error,
            most=LONGEST_ANSWER,
            lines=4,
        ),
        fresh=True,
    )


def send_answer(turn: Turn, unit: int, week: Week, tag: str) -> Sequence[Reply]:
    """Keep the answer, personal numbers masked."""
    say = turn.say
    comment = _comment(turn, unit, week, tag)
    text, _ = masked(turn.text)
    if not text or len(text) > LONGEST_ANSWER:
        error = say("Please write an answer of at most {most} characters.", most=LONGEST_ANSWER)
        return [_ask(turn, unit, week, comment, turn.text, error)]
    if not lock_rating(turn.session, comment.rating_id):
        raise Refused(
            say("This comment is not there any more: withdrawn, changed or hidden."),
            "an answer to a rating that was withdrawn meanwhile",
        )
    set_answer(turn.session, comment.rating_id, text, turn.today)
    back = COMMENTS.build(unit=unit, week=week, page=0)
    return [
        reply(
            Title(text=say("The answer is saved.")),
            Text(text=say("“{text}”", text=text)),
            Text(text=say("Whoever wrote the comment reads it with their receipt code.")),
            Choices(
                label=say("What would you like to do?"),
                choices=(
                    Choice(label=say("Back to the comments"), action=back),
                    to_digest(say, unit, week),
                ),
            ),
            fresh=True,
        )
    ]


def hide(turn: Turn, unit: int, week: Week, tag: str) -> Sequence[Reply]:
    """Ask why: a comment is not hidden for being unwelcome."""
    say = turn.say
    comment = _comment(turn, unit, week, tag)
    reasons = tuple(
        Choice(
            label=say(why),
            action=HIDE_BECAUSE.build(unit=unit, week=week, tag=tag, reason=reason),
        )
        for reason, why in WHY.items()
    )
    keep = Choice(
        label=say("Keep it"),
        action=COMMENTS.build(unit=unit, week=week, page=0),
        look="primary",
    )
    title = say("Why hide this comment?")
    return [
        reply(
            Title(text=title),
            Text(text=say("“{text}”", text=comment.text)),
            Note(text=say("The reason is kept. The rating itself goes on counting.")),
            Choices(label=title, choices=(keep, *reasons)),
            fresh=True,
        )
    ]


def hide_because(turn: Turn, unit: int, week: Week, tag: str, reason: str) -> Sequence[Reply]:
    """Take it out of the digest, with the reason in the log and beside the rating."""
    if reason not in WHY:
        return hide(turn, unit, week, tag)
    standing = closed_week(turn, unit, week)
    comment = _comment(turn, unit, week, tag)
    hide_comment(turn.session, comment.rating_id, reason, turn.today)
    log.info("comment hidden", unit=standing.unit_code, week=str(week), reason=reason)
    told = Text(text=turn.say("The comment is hidden."))
    first, *rest = comments(turn, unit, week, 0)
    return [first.model_copy(update={"parts": (told, *first.parts)}), *rest]


ROUTES = [
    Route(COMMENTS, comments, secretary),
    Route(ANSWER, answer, secretary),
    Route(SEND_ANSWER, send_answer, secretary, again=ANSWER),
    Route(HIDE, hide, secretary),
    Route(HIDE_BECAUSE, hide_because, secretary, again=WEEK),
]
