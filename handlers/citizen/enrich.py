"""What may be added to a stored rating: who served, reasons, a comment; each saved as it is given."""

import re
from collections.abc import Callable, Sequence

from handlers.citizen.actions import COMMENT, DONE, REASONS, SEE, WHO, WHY
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
from storage.queries.rating import receipt_of, save, set_comment
from storage.tables import Rating

Change = Callable[[Rating], Sequence[Reply]]


def _with_rating(turn: Turn, of: RatingRef, change: Change) -> Sequence[Reply]:
    """Do something to a rating that is there; otherwise the question, or a word that it is gone."""
    rating = find_rating(turn, of)
    if rating is None or rating.level is None:
        return gone(turn) if isinstance(of, ByCode) else ask(turn, of)
    return change(rating)


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
        return [show(turn, of, rating)]

    return _with_rating(turn, of, change)


def toggle_reason(turn: Turn, of: RatingRef, side: str, code: str, on: int) -> Sequence[Reply]:
    """Set or clear one reason; one of the other side (an old button) changes nothing."""

    def change(rating: Rating) -> Sequence[Reply]:
        tag = find_tag(side, code)
        if tag is not None and rating.level is not None and side == side_of(rating.level):
            rating.reasons = toggled(rating.reasons, tag, on=bool(on))
            save(turn.session, rating)
        return [show(turn, of, rating)]

    return _with_rating(turn, of, change)


def every_reason(turn: Turn, of: RatingRef) -> Sequence[Reply]:
    """The same with all reasons in view."""
    return _with_rating(turn, of, lambda rating: [show(turn, of, rating, every_reason=True)])


def comment(turn: Turn, of: RatingRef) -> Sequence[Reply]:
    """Keep a comment, personal numbers masked; an empty one removes what was there."""

    def change(rating: Rating) -> Sequence[Reply]:
        say = turn.say
        if re.fullmatch("[1-5]", turn.text):  # who sends one digit corrects the level
            return rate(turn, of, int(turn.text))
        text, hidden = masked(turn.text)
        if len(text) > LONGEST_COMMENT:
            error = say(
                "Your comment has {length} characters; at most {most} fit. Please shorten it.",
                length=len(text),
                most=LONGEST_COMMENT,
            )
            return [show(turn, of, rating, comment=comment_field(turn, of, turn.text, error))]
        set_comment(turn.session, rating, text)
        saved = (
            say("Your comment is saved. Thank you!") if text else say("Your comment is removed.")
        )
        told = [Text(text=saved, tone="strong")]
        if hidden:
            told.append(Text(text=_told_hidden(turn, hidden), tone="alert"))
        return [show(turn, of, rating, *told)]

    return _with_rating(turn, of, change)


def _told_hidden(turn: Turn, hidden: int) -> str:
    return turn.say.count(
        "To protect you, {n} number or address in your comment was masked before it was stored.",
        "To protect you, {n} numbers or addresses in your comment were masked before it was stored.",
        hidden,
    )


def done(turn: Turn, of: RatingRef) -> Sequence[Reply]:
    """A short goodbye with the receipt code; free text is no comment any more."""

    def change(rating: Rating) -> Sequence[Reply]:
        assert rating.level is not None
        say = turn.say
        code = receipt_of(turn.session, rating)
        word = level_word(say, rating.level)
        return [
            reply(
                Title(text=say("Thank you, and all the best!")),
                Text(text=say("Your rating: {level}.", level=word)),
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
    Route(DONE, done),
]
