"""Which ratings are kept but not counted: bursts, one device over and over, a colleague's.

Whoever rates is answered as anybody is, and nobody is refused: a full hall or a class may come at
once, and of them only what is past the limit is left out. Only the flag is kept, not why.
"""

from handlers.citizen.shown import candidates
from handlers.messages import Text
from handlers.turn import Turn
from storage.queries.colleagues import share_a_unit
from storage.queries.desk import DeskWithUnit
from storage.queries.new_rating import NewRating
from storage.queries.tally import Counted, count, take_back

FLAGGED = "flagged"


def flag(turn: Turn, desk: DeskWithUnit, rating: NewRating) -> Text | None:
    """Flag a new rating if it is not to count; what an official is told of theirs."""
    limits = turn.policy.limits
    if not limits.flags:
        return None
    colleague = not turn.kiosk and _is_colleague(turn, desk, rating)
    # Whose a marked browser is is known while they are linked: then their own units decide.
    marked = turn.incoming.staff_device and turn.who is None and not turn.kiosk
    if colleague or marked or _too_many(turn, desk):
        rating.status = FLAGGED
    return Text(text=_told(turn)) if colleague else None


def _told(turn: Turn) -> str:
    return turn.say(
        "You work with the people at this desk, so this rating is kept but not counted in its figures."
    )


def _is_colleague(turn: Turn, desk: DeskWithUnit, rating: NewRating) -> bool:
    """Whether an official rates a desk of their own unit, or where one of it or they are on duty."""
    if turn.who is None:
        return False
    units = {each.unit_id for each in turn.who.standings}
    if units & {desk.unit_id, rating.unit_id}:
        return True
    on_duty = {each.id for each in candidates(turn, rating)}
    return turn.who.person_id in on_duty or share_a_unit(turn.session, units, on_duty)


def _too_many(turn: Turn, desk: DeskWithUnit) -> bool:
    """Count it for whom it comes from and for the desk. What is too much of one device does not use
    up the desk's measure: nobody can crowd out the others that way."""
    limits = turn.policy.limits
    minutes, seconds = divmod(turn.now.timestamp(), 60)
    window, past = divmod(minutes + seconds / 60, limits.burst_minutes)
    weight = 1 - past / limits.burst_minutes

    def lately(*what: object) -> Counted:
        return Counted((*what, desk.id), int(window), weight)

    # One order for everybody, the shared ones last: two transactions never wait for each other.
    counted = [] if turn.kiosk else [_by_person(turn, desk)]
    most = [] if turn.kiosk else [limits.same_person]
    if turn.incoming.device and not turn.kiosk:
        counted.append(lately("device", turn.incoming.device))
        most.append(limits.same_device)
    of_desk = lately("desk")
    *of_one, of_all = count(turn.session, turn.today, [*counted, of_desk])
    if any(n > limit for n, limit in zip(of_one, most, strict=True)):
        take_back(turn.session, turn.today, of_desk)
        return True
    return of_all > limits.burst


def _by_person(turn: Turn, desk: DeskWithUnit) -> Counted:
    """The whole day, withdrawn ones included: rating anew does not take a flag off."""
    return Counted(("person", turn.incoming.channel, turn.incoming.person, desk.id))
