"""One text of “Bà con góp ý – Chúng tôi đã làm”: preview, publish, take down, show again; audited."""

from collections.abc import Sequence
from typing import Literal

from handlers.citizen.improvements import improvement_line
from handlers.citizen.masking import masked
from handlers.errors import Refused
from handlers.messages import Choice, Choices, Note, Reply, Text, Title, reply
from handlers.permissions import secretary
from handlers.routing import Route
from handlers.secretary.desk_actions import (
    IMPROVEMENT,
    IMPROVEMENTS,
    PUBLISH_EVERYWHERE,
    PUBLISH_HERE,
    REWRITE,
    SHOW_AGAIN,
    TAKE_DOWN,
)
from handlers.secretary.own_desk import own_desk
from handlers.turn import Turn
from storage.queries.audit import record
from storage.queries.desk import DeskWithUnit
from storage.queries.improvements import find_improvement, publish, put_back, take_down
from storage.tables import Improvement


def own_improvement(turn: Turn, desk: str, number: int) -> tuple[DeskWithUnit, Improvement]:
    """The desk and the improvement of it or of its whole unit; any other is refused."""
    found = own_desk(turn, desk)
    row = find_improvement(turn.session, number)
    if row is not None and row.unit_id == found.unit_id and row.desk_id in {None, found.id}:
        return found, row
    raise Refused(
        turn.say("This text is not there any more."),
        "an action named an improvement that is not of that desk",
    )


def improvement(turn: Turn, desk: str, number: int) -> Sequence[Reply]:
    """One of them, as people read it, and what can be done."""
    return [improvement_card(turn, *own_improvement(turn, desk, number))]


def improvement_card(turn: Turn, desk: DeskWithUnit, row: Improvement) -> Reply:
    """The text as people read it, where it is shown, and the next steps."""
    say = turn.say
    title = {
        "draft": say("This is how it will look"),
        "put away": say("This draft is put away"),
        "shown": say("This is shown at the desk"),
        "taken down": say("This was taken down"),
    }[_state(row)]
    looks_private = say(
        "This seems to hold a phone number, an identity card number or an e-mail address. Everybody "
        "will read it: please make sure that it is nobody's private one."
    )
    return reply(
        Title(text=title),
        Note(text=improvement_line(say, row.text, row.day or turn.today)),
        Text(text=_where(turn, desk, row)),
        Text(text=looks_private, tone="alert") if masked(row.text)[1] else None,
        Choices(label=say("What would you like to do?"), choices=_steps(turn, desk, row)),
        fresh=True,
    )


def _state(row: Improvement) -> str:
    if row.day is None:
        return "put away" if row.hidden else "draft"
    return "taken down" if row.hidden else "shown"


def _where(turn: Turn, desk: DeskWithUnit, row: Improvement) -> str:
    say = turn.say
    if row.day is None and row.replaces_id is None:
        return say("Nobody sees it yet. Where shall it be shown?")
    if row.day is None:
        return say("Nobody sees the new words yet; the old ones are still shown.")
    if row.desk_id is None:
        return say("At all desks of {unit}.", unit=desk.unit_name)
    return say("At {desk} alone.", desk=desk.name)


def _steps(turn: Turn, desk: DeskWithUnit, row: Improvement) -> tuple[Choice, ...]:
    say, of = turn.say, {"desk": desk.code, "number": row.id}
    first: tuple[Choice, ...]
    change = Choice(label=say("Change the text"), action=REWRITE.build(**of))
    if row.hidden:
        label = say("Show it again") if row.day else say("Keep the draft")
        first = (Choice(label=label, action=SHOW_AGAIN.build(**of), look="primary"),)
        return (*first, _to_all(turn, desk))
    if row.day is None and row.replaces_id is None:
        everywhere = say("Publish at all desks of {unit}", unit=desk.unit_name)
        first = (
            Choice(
                label=say("Publish at this desk"), action=PUBLISH_HERE.build(**of), look="primary"
            ),
            Choice(label=everywhere, action=PUBLISH_EVERYWHERE.build(**of)),
        )
    elif row.day is None:
        label = say("Publish the new words")
        first = (Choice(label=label, action=PUBLISH_HERE.build(**of), look="primary"),)
    else:
        first = ()
    label = say("Take it down") if row.day else say("Put the draft away")
    down = Choice(label=label, action=TAKE_DOWN.build(**of), look="quiet")
    return (*first, change, down, _to_all(turn, desk))


def _to_all(turn: Turn, desk: DeskWithUnit) -> Choice:
    label = turn.say("Back to the list")
    return Choice(label=label, action=IMPROVEMENTS.build(desk=desk.code), look="quiet")


def publish_here(turn: Turn, desk: str, number: int) -> Sequence[Reply]:
    """A draft is shown at this desk; new words replace what is shown."""
    return _publish(turn, *own_improvement(turn, desk, number))


def publish_everywhere(turn: Turn, desk: str, number: int) -> Sequence[Reply]:
    """A draft is shown at every desk of the unit, also at those to come."""
    found, row = own_improvement(turn, desk, number)
    if row.day is None and row.replaces_id is None:
        row.desk_id = None
    return _publish(turn, found, row)


def _publish(turn: Turn, desk: DeskWithUnit, row: Improvement) -> Sequence[Reply]:
    if row.day is None:
        verb: Literal["change", "publish"] = "publish" if row.replaces_id is None else "change"
        row = publish(turn.session, row, turn.today)
        _audit(turn, desk, row, verb)
    return [improvement_card(turn, desk, row)]


def show_again(turn: Turn, desk: str, number: int) -> Sequence[Reply]:
    """What was taken down stands where and under the month it stood before."""
    found, row = own_improvement(turn, desk, number)
    if row.hidden:
        put_back(turn.session, row)
        if row.day is not None:
            _audit(turn, found, row, "publish")
    return [improvement_card(turn, found, row)]


def down(turn: Turn, desk: str, number: int) -> Sequence[Reply]:
    """It is shown no longer, at once; one tap shows it again."""
    found, row = own_improvement(turn, desk, number)
    if not row.hidden:
        take_down(turn.session, row)
        if row.day is not None:
            _audit(turn, found, row, "hide")
    return [improvement_card(turn, found, row)]


def _audit(
    turn: Turn,
    desk: DeskWithUnit,
    row: Improvement,
    verb: Literal["publish", "change", "hide"],
) -> None:
    """Public text, but numbers somebody may have put into it stay out of the log."""
    record(
        turn.session,
        at=turn.now,
        action=f"improvement.{verb}",
        actor_id=turn.official.person_id,
        unit_id=row.unit_id,
        details={"desk": desk.code if row.desk_id else "*", "text": masked(row.text)[0]},
    )


ROUTES = [
    Route(IMPROVEMENT, improvement, secretary),
    Route(PUBLISH_HERE, publish_here, secretary, again=IMPROVEMENTS),
    Route(PUBLISH_EVERYWHERE, publish_everywhere, secretary, again=IMPROVEMENTS),
    Route(SHOW_AGAIN, show_again, secretary, again=IMPROVEMENT),
    Route(TAKE_DOWN, down, secretary, again=IMPROVEMENT),
]
