"""A disputed day, as the secretary who decides it sees it."""

from collections.abc import Sequence

from handlers.member.days import dated
from handlers.messages import Choice, Choices, Reply, Text, Title, reply
from handlers.secretary.dispute_actions import ACCEPT, DECLINE
from handlers.texts import Speech
from storage.queries.dispute import Dispute


def dispute_card(say: Speech, dispute: Dispute, lines: Sequence[str]) -> Reply:
    """Who says what of which day, what is known of that day, and the two answers."""
    says = say(
        "{name} says: {day} at {desk} was not their shift.",
        name=dispute.full_name,
        day=dated(dispute.day, say),
        desk=dispute.desk_name,
    )
    label = say("Was it the shift of {name}?", name=dispute.full_name)
    return reply(
        Title(text=says),
        *(Text(text=each) for each in lines),
        Text(text=label, tone="strong"),
        Choices(
            label=label,
            choices=(
                Choice(
                    label=say("I agree: it was not the shift of {name}", name=dispute.full_name),
                    action=ACCEPT.build(dispute=dispute.id),
                    look="primary",
                ),
                Choice(
                    label=say("I do not agree: it was the shift of {name}", name=dispute.full_name),
                    action=DECLINE.build(dispute=dispute.id),
                ),
            ),
        ),
    )
