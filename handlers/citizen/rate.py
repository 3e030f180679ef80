"""One tap stores the level; a second tap on the same question changes it."""

from collections.abc import Sequence
from dataclasses import replace

from handlers.citizen.actions import RATE, SEE
from handlers.citizen.flagging import flag
from handlers.citizen.notice import VERSION
from handlers.citizen.question import (
    MOST_ENCOUNTERS,
    ask,
    closed_desk,
    encounter,
    find_rating,
    gone,
    stale,
    unknown_desk,
)
from handlers.citizen.reasons import side_of
from handlers.citizen.scheme import SCHEME
from handlers.citizen.shown import Known, bounds, show
from handlers.messages import Reply
from handlers.references import ByCode, Mine, RatingRef
from handlers.routing import Route
from handlers.turn import Turn
from storage.queries.desk import unit_among
from storage.queries.new_rating import NewRating, add_rating
from storage.queries.rating import rated_encounters, save
from storage.queries.tap import Met, meet
from storage.tables import Rating


def rate(turn: Turn, of: RatingRef, level: int) -> Sequence[Reply]:
    """Store or change the level of one encounter."""
    if isinstance(of, ByCode):
        rating = find_rating(turn, of)
        return gone(turn) if rating is None else _change(turn, of, rating, level)
    who = turn.asking_who() if turn.policy.limits.flags and not turn.kiosk else None
    met = meet(turn.session, encounter(turn, of), *bounds(turn, of.day), who)
    if met is None:
        return unknown_desk(turn, of.desk)
    if who is not None:
        turn.learn_who(met.also)
    if met.rating is not None:
        return _change(turn, of, met.rating, level)
    if met.desk.is_closed(turn.today):
        return closed_desk(turn, met.desk)
    if of.day != turn.today:
        return [stale(turn, met.desk, of)]
    return _store(turn, met, of, level)


def _honest(turn: Turn, of: Mine) -> Mine:
    """A forged ordinal cannot skip ahead: the next encounter follows the last."""
    if of.nth == 1:
        return of
    rated = rated_encounters(turn.session, encounter(turn, of), MOST_ENCOUNTERS)
    following = min(rated[-1] + 1 if rated else 1, MOST_ENCOUNTERS)
    return replace(of, nth=min(of.nth, following))


def _change(turn: Turn, of: RatingRef, rating: Rating, level: int) -> Sequence[Reply]:
    if rating.level is None:
        return gone(turn)
    if side_of(level) != side_of(rating.level):
        rating.reasons = ""
    rating.level = level
    save(turn.session, rating)
    return [show(turn, of, rating)]


def _store(turn: Turn, met: Met, asked: Mine, level: int) -> Sequence[Reply]:
    desk, of = met.desk, _honest(turn, asked)
    people = [each for each in met.people if each.is_there(turn.now)]
    alone = people[0] if len(people) == 1 else None
    attribution = "duty" if alone is not None else "asked" if people else "nobody"
    rating = NewRating(
        day=of.day,
        desk_id=desk.id,
        unit_id=desk.unit_id if alone is None else unit_among(alone.units, desk),
        member_id=None if alone is None else alone.id,
        attribution=attribution,
        level=level,
        channel=turn.incoming.channel,
        scheme=SCHEME,
        notice=VERSION,
    )
    told = flag(turn, desk, rating)
    name = met.name if of.nth == asked.nth else None
    code = add_rating(turn.session, encounter(turn, of), rating, name)
    known = Known(desk, met.people, code)
    return [show(turn, of, rating, known=known, remark=told)]


def see(turn: Turn, of: RatingRef) -> Sequence[Reply]:
    """A rating as it stands now; the question if there is none (any more)."""
    rating = find_rating(turn, of)
    if rating is None or rating.level is None:
        return gone(turn) if isinstance(of, ByCode) else ask(turn, of)
    return [show(turn, of, rating)]


ROUTES = [Route(RATE, rate, again=SEE), Route(SEE, see)]
