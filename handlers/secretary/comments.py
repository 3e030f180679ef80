"""Citizens' comments of a week: read them, answer by receipt code (handlers.secretary.hiding hides)."""

from collections.abc import Sequence

from handlers.citizen.masking import masked
from handlers.digest.released import released_now
from handlers.digest.wording import period
from handlers.errors import Refused
from handlers.messages import Choice, Choices, Field, Note, Part, Reply, Text, Title, reply
from handlers.permissions import secretary
from handlers.routing import Route
from handlers.secretary.actions import ANSWER, COMMENTS, HIDDEN, HIDE, SEND_ANSWER
from handlers.secretary.own_unit import closed_week
from handlers.secretary.ways_back import to_digest
from handlers.turn import Turn
from handlers.weeks import Week
from storage.queries.comments import StoredComment, answer_to, set_answer
from storage.queries.rating import lock_rating

PAGE = 3
LONGEST_ANSWER = 600


def released_comments(
    turn: Turn, unit: int, week: Week, *, hidden: bool = False
) -> tuple[Week, list[StoredComment]]:
    """What a week of one's own unit releases (or what of it was hidden), and since when."""
    closed_week(turn, unit, week)
    found = released_now(turn.session, unit, week, turn.policy.k, hidden=hidden)
    return found or (week, [])


def find_comment(
    turn: Turn, unit: int, week: Week, tag: str, *, hidden: bool = False
) -> StoredComment:
    """The comment an action names; refused where it is not there (any more)."""
    for each in released_comments(turn, unit, week, hidden=hidden)[1]:
        if each.tag == tag:
            return each
    raise Refused(
        turn.say("This comment is not there any more: withdrawn, changed or hidden."),
        "an action named a comment that is not there",
    )


def comments(turn: Turn, unit: int, week: Week, page: int) -> Sequence[Reply]:
    """A page of comments, dated to the week, in an order that tells nothing."""
    say = turn.say
    since, found = released_comments(turn, unit, week)
    if not found:
        title = say("Week {week} has no comments to show.", week=week.number)
        ways = (*hidden_choice(turn, unit, week), to_digest(say, unit, week))
        choices = Choices(label=say("What would you like to do?"), choices=ways)
        return [reply(Title(text=title), choices, fresh=True)]
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
    turns += [*hidden_choice(turn, unit, week), to_digest(say, unit, week)]
    return Choices(label=say("What would you like to do?"), choices=tuple(turns), columns=2)


def hidden_choice(turn: Turn, unit: int, week: Week) -> list[Choice]:
    """The way to what was hidden, where anything was."""
    n = len(released_comments(turn, unit, week, hidden=True)[1])
    if not n:
        return []
    action = HIDDEN.build(unit=unit, week=week, page=0)
    return [Choice(label=turn.say("Hidden comments ({n})", n=n), action=action, look="quiet")]


def answer(turn: Turn, unit: int, week: Week, tag: str) -> Sequence[Reply]:
    """Ask for the answer."""
    comment = find_comment(turn, unit, week, tag)
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
            digits=False,
            label=say("Your answer"),
            hint=say("Whoever wrote the comment reads it with their receipt code; nobody else."),
            send=say("Save the answer"),
            value=value,
            error=error,
            most=LONGEST_ANSWER,
            lines=4,
        ),
        Choices(
            label=say("What would you like to do?"),
            choices=(
                Choice(
                    label=say("‹ Go back"),
                    action=COMMENTS.build(unit=unit, week=week, page=0),
                    look="quiet",
                ),
            ),
        ),
        fresh=True,
    )


def send_answer(turn: Turn, unit: int, week: Week, tag: str) -> Sequence[Reply]:
    """Keep the answer, personal numbers masked."""
    say = turn.say
    comment = find_comment(turn, unit, week, tag)
    text, _ = masked(turn.text)
    if error := _mistake(turn, text):
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


def _mistake(turn: Turn, text: str) -> str:
    if not text:
        return turn.say("Please write an answer of at most {most} characters.", most=LONGEST_ANSWER)
    if len(text) > LONGEST_ANSWER:
        return turn.say(
            "That has {length} characters; at most {most} fit.",
            length=len(text),
            most=LONGEST_ANSWER,
        )
    return ""


ROUTES = [
    Route(COMMENTS, comments, secretary),
    Route(ANSWER, answer, secretary),
    Route(SEND_ANSWER, send_answer, secretary, again=ANSWER),
]
