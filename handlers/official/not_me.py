"""An invitation that reached somebody else: they say so, and the log of the unit has it once."""

from collections.abc import Sequence

from handlers.messages import Choice, Choices, Reply, Text, Title, reply
from handlers.official.actions import JOIN, JOIN_NOT_ME
from handlers.official.invitation import Invitation, read
from handlers.routing import Route
from handlers.turn import Turn
from storage.queries.audit import entries_of, record


def not_me(turn: Turn, token: str) -> Sequence[Reply]:
    """Whoever got a link by mistake: nothing is stored of them, it stays good for the right person.

    The log of the unit says once that somebody else opened it.
    """
    say, found = turn.say, read(turn, token)
    if isinstance(found, Invitation) and found.only is not None:
        _note_refused(turn, found, found.only.code)
    return [
        reply(
            Title(text=say("Nothing was stored about you.")),
            Text(text=say("If the link reached you by mistake, please tell whoever sent it.")),
            Choices(
                label=say("What would you like to do?"),
                choices=(
                    Choice(label=say("Back to the invitation"), action=JOIN.build(token=token)),
                ),
            ),
        )
    ]


def _note_refused(turn: Turn, found: Invitation, code: str) -> None:
    number = found.invite.id
    known = entries_of(turn.session, found.invite.unit_id, "invite.refuse")
    if any((each.details or {}).get("invitation") == number for each in known):
        return
    record(
        turn.session,
        at=turn.now,
        by="program",
        action="invite.refuse",
        unit_id=found.invite.unit_id,
        details={
            "invitation": number,
            "role": found.invite.role,
            "person": code,
        },
    )


ROUTES = [Route(JOIN_NOT_ME, not_me)]
