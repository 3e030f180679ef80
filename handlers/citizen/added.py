"""What answers an addition to a rating: the whole of it with buttons, short where all is typed."""

from collections.abc import Sequence

from handlers.citizen.actions import COMMENT, SEE, WITHDRAW
from handlers.citizen.reasons import TAGS, side_of, split
from handlers.citizen.scheme import level_word
from handlers.citizen.shown import (
    candidates,
    comment_field,
    group_digits,
    reasons_asked,
    referral,
    served_by,
    show,
    ways_on,
)
from handlers.messages import Choice, Choices, Code, Part, Reply, Text, Title, reply
from handlers.references import RatingRef
from handlers.turn import Turn
from storage.queries.desk import desk_by_id
from storage.queries.rating import comment_of, receipt_of
from storage.tables import Rating


def saved(turn: Turn, of: RatingRef, rating: Rating, *told: Part) -> Reply:
    """The answer to what was added. Where every message counts it is short: what a receipt code is
    for and what not to write was said when the level was stored."""
    if turn.buttons:
        return show(turn, of, rating, *told)
    desk = desk_by_id(turn.session, rating.desk_id)
    field = comment_field(turn, of, comment_of(turn.session, rating))
    return reply(
        *_saved(turn, rating, told),
        *served_by(turn, of, rating, desk, candidates(turn, rating)),
        *reasons_asked(turn, of, rating, every=False),
        field.model_copy(update={"label": turn.say("You may go on writing."), "hint": ""}),
        ways_on(turn, of),
    )


def _saved(turn: Turn, rating: Rating, told: Sequence[Part]) -> list[Part]:
    assert rating.level is not None
    say, code = turn.say, receipt_of(turn.session, rating)
    word = level_word(say, rating.level)
    parts: list[Part] = [Title(text=say("Saved, thank you! Your rating: {level}.", level=word))]
    if code is not None:
        parts.append(Code(label=say("Receipt code"), text=group_digits(code)))
    return [*parts, *told, *referral(turn, rating)]


def closing(turn: Turn, of: RatingRef, rating: Rating, *told: Part) -> Reply:
    """The last word after a comment: short where every message counts, and one may go on writing."""
    if turn.buttons:
        return show(turn, of, rating, *told)
    say, set_ = turn.say, set(split(rating.reasons))
    assert rating.level is not None
    reasons = [t.label(say.language) for t in TAGS[side_of(rating.level)] if t.key in set_]
    chosen = Text(text=say("Reasons: {reasons}.", reasons="; ".join(reasons))) if reasons else None
    see = Choice(label=say("See or change my rating"), action=SEE.build(of=of))
    withdraw = Choice(label=say("Withdraw this rating"), action=WITHDRAW.build(of=of), look="quiet")
    return reply(
        *_saved(turn, rating, told),
        chosen,
        Choices(label=say("What would you like to do?"), choices=(see, withdraw)),
        awaits=COMMENT.build(of=of),
        digits=False,
    )
