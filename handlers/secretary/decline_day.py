"""It was the member's shift after all: declined, with a word to them or without."""

from collections.abc import Sequence

from handlers.member.days import dated
from handlers.messages import Choice, Choices, Field, Reply, Text, Title, reply
from handlers.official.tell_person import tell
from handlers.permissions import secretary
from handlers.routing import Route
from handlers.secretary.detaching import declined, log_decision
from handlers.secretary.dispute_actions import DECLINE, DECLINE_SURE, DISPUTE
from handlers.secretary.disputed_days import decided_already, listed, open_dispute
from handlers.turn import Turn
from storage.queries.dispute import decide

LONGEST_WORD = 200


def ask_decline(turn: Turn, dispute: int, error: str = "") -> Sequence[Reply]:
    """With a word to the member, or without."""
    found, say = open_dispute(turn, dispute), turn.say
    if found is None:
        return decided_already(turn)
    title = say(
        "{day} at {desk} stays the shift of {name}?",
        day=dated(found.day, say),
        desk=found.desk_name,
        name=found.full_name,
    )
    action = DECLINE_SURE.build(dispute=dispute)
    return [
        reply(
            Title(text=title),
            Text(text=say("They hear of it and cannot name that day again.")),
            Field(
                action=action,
                label=say("A word to them, if you like"),
                send=say("Decline with this word"),
                value=turn.text if error else "",
                error=error,
                most=LONGEST_WORD,
                lines=2,
            ),
            Choices(
                label=title,
                choices=(
                    Choice(label=say("Decline without a word"), action=action),
                    Choice(label=say("‹ Go back"), action=DISPUTE.build(dispute=dispute)),
                ),
            ),
        )
    ]


def decline_sure(turn: Turn, dispute: int) -> Sequence[Reply]:
    """It stays the member's shift."""
    found, say, word = open_dispute(turn, dispute), turn.say, turn.text
    if found is None:
        return decided_already(turn)
    if len(word) > LONGEST_WORD:
        error = say("At most {most} characters, please.", most=LONGEST_WORD)
        return ask_decline(turn, dispute, error)
    decide(turn.session, dispute, "declined")
    log_decision(turn, "day.decline", found)
    by = turn.official.full_name
    tell(turn, found.person_id, lambda speech: declined(speech, found, by, word))
    done = say("Declined; {name} hears of it.", name=found.full_name)
    return [listed(turn, 0, Text(text=done, tone="strong"))]


ROUTES = [
    Route(DECLINE, ask_decline, secretary),
    Route(DECLINE_SURE, decline_sure, secretary, again=DISPUTE),
]
