"""What may be added to a stored rating: who served, reasons, a comment; each saved as it is given."""

import re
from collections.abc import Callable, Sequence

from handlers.citizen.actions import COMMENT, DONE, REASONS, SEE, WHO, WHY
from handlers.citizen.added import closing, saved
from handlers.citizen.masking import masked
from handlers.citizen.question import ask, find_rating, gone
from handlers.citizen.rate import rate
from handlers.citizen.reasons import find_tag, side_of, toggled
from handlers.citizen.scheme import level_word
from handlers.citizen.shown import (
    LONGEST_COMMENT,
    SOMEONE_ELSE,
    candidates,
    comment_field,
    group_digits,
    show,
)
from handlers.messages import Choice, Choices, Code, Reply, Text, Title, reply
from handlers.references import ByCode, RatingRef
from handlers.routing import Route
from handlers.turn import Turn
from storage.queries.desk import desk_by_id, unit_of_member
from storage.queries.rating import comment_of, receipt_of, save, set_comment
from storage.tables import Rating

Change = Callable[[Rating], Sequence[Reply]]


def _with_rating(turn: Turn, of: RatingRef, change: Change) -> Sequence[Reply]:
    """Do something to a rating that is there; otherwise the question, or a word that it is gone."""
    rating = find_rating(turn, of)
    if rating is not None and rating.level is not None:
        return change(rating)
    answers = gone(turn) if isinstance(of, ByCode) else ask(turn, of)
    if not turn.text:
        return answers
    lost = turn.say("There is no rating to add this to (any more), so it was not stored.")
    first, *rest = answers
    parts = (Text(text=lost, tone="alert"), *first.parts)
    return [first.model_copy(update={"parts": parts}), *rest]


def who_served(turn: Turn, of: RatingRef, person: int) -> Sequence[Reply]:
    """Attribute a rating to someone who was on duty there that day, or to nobody in particular."""

    def change(rating: Rating) -> Sequence[Reply]:
        desk = desk_by_id(turn.session, rating.desk_id)
        on_duty = {each.id for each in candidates(turn, rating)}
        if person == SOMEONE_ELSE:
            rating.member_id, rating.attribution = None, "unknown"
            rating.unit_id = desk.unit_id
        elif person in on_duty:
            rating.member_id, rating.attribution = person, "citizen"
            rating.unit_id = unit_of_member(turn.session, person, desk)
        save(turn.session, rating)
        return [saved(turn, of, rating)]

    return _with_rating(turn, of, change)


def toggle_reason(turn: Turn, of: RatingRef, side: str, code: str, on: int) -> Sequence[Reply]:
    """Set or clear one reason; one of the other side (an old button) changes nothing."""

    def change(rating: Rating) -> Sequence[Reply]:
        tag = find_tag(side, code)
        if tag is not None and rating.level is not None and side == side_of(rating.level):
            rating.reasons = toggled(rating.reasons, tag, on=bool(on))
            save(turn.session, rating)
        return [saved(turn, of, rating)]

    return _with_rating(turn, of, change)


def every_reason(turn: Turn, of: RatingRef) -> Sequence[Reply]:
    """The same with all reasons in view."""
    return _with_rating(turn, of, lambda rating: [show(turn, of, rating, every_reason=True)])


def comment(turn: Turn, of: RatingRef) -> Sequence[Reply]:
    """Keep a comment, personal numbers masked.

    A form shows the whole comment and replaces it (an empty one removes it); in a chat one
    message follows another, and each is added to what was said before.
    """

    def change(rating: Rating) -> Sequence[Reply]:
        # Who sends one digit corrects the level; where digits choose, it was read as one before.
        if turn.buttons and re.fullmatch("[1-5]", turn.text):
            return rate(turn, of, int(turn.text))
        before = comment_of(turn.session, rating) if turn.incoming.action is None else ""
        return _keep_comment(turn, of, rating, before) or [closing(turn, of, rating, *_told(turn))]

    return _with_rating(turn, of, change)


def _keep_comment(
    turn: Turn, of: RatingRef, rating: Rating, before: str = ""
) -> Sequence[Reply] | None:
    """Store what was typed after `before`; the page again, with what is wrong, if it is too long."""
    text = "\n".join(filter(None, (before, masked(turn.text)[0])))
    if len(text) > LONGEST_COMMENT:
        error = turn.say(
            "Your comment has {length} characters; at most {most} fit. Please shorten it.",
            length=len(text),
            most=LONGEST_COMMENT,
        )
        return [show(turn, of, rating, comment=comment_field(turn, of, turn.text, error))]
    set_comment(turn.session, rating, text)
    return None


def _told(turn: Turn) -> list[Text]:
    text, hidden = masked(turn.text)
    say = turn.say
    saved = say("Your comment is saved.") if text else say("Your comment is removed.")
    told = [Text(text=saved, tone="strong")]
    if hidden:
        told.append(Text(text=_told_hidden(turn, hidden), tone="alert"))
    return told


def _told_hidden(turn: Turn, hidden: int) -> str:
    return turn.say.count(
        "To protect you, {n} number or address in your comment was masked before it was stored.",
        "To protect you, {n} numbers or addresses in your comment were masked before it was stored.",
        hidden,
    )


def done(turn: Turn, of: RatingRef) -> Sequence[Reply]:
    """A short goodbye with the receipt code; free text is no comment any more.

    A form may bring a comment that was typed but not sent: it is kept too.
    """

    def change(rating: Rating) -> Sequence[Reply]:
        assert rating.level is not None
        say = turn.say
        told: list[Text] = []
        if turn.text and masked(turn.text)[0] != comment_of(turn.session, rating):
            if (mistaken := _keep_comment(turn, of, rating)) is not None:
                return mistaken
            told = _told(turn)
        code = receipt_of(turn.session, rating)
        word = level_word(say, rating.level)
        return [
            reply(
                Title(text=say("Thank you, and all the best!")),
                Text(text=say("Your rating: {level}.", level=word)),
                *told,
                None
                if code is None
                else Code(
                    label=say("Receipt code (keeping it is optional)"), text=group_digits(code)
                ),
                Choices(
                    label=say("What would you like to do?"),
                    choices=(
                        Choice(label=say("See or change my rating"), action=SEE.build(of=of)),
                    ),
                ),
            )
        ]

    return _with_rating(turn, of, change)


ROUTES = [
    Route(WHO, who_served, again=SEE),
    Route(WHY, toggle_reason, again=SEE),
    Route(REASONS, every_reason),
    Route(COMMENT, comment, again=SEE),
    Route(DONE, done, again=SEE),
]
