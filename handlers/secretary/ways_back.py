"""The way from what hangs on a digest back to it, so that no message is a dead end."""

from handlers.messages import Choice, Choices
from handlers.secretary.actions import WEEK
from handlers.texts import Speech
from handlers.weeks import Week


def to_digest(say: Speech, unit: int, week: Week) -> Choice:
    """The button to the digest of that week."""
    action = WEEK.build(unit=unit, week=week)
    return Choice(label=say("Back to the digest"), action=action, look="quiet")


def only_to_digest(say: Speech, unit: int, week: Week) -> Choices:
    """The same where nothing else is left to do."""
    return Choices(label=say("What would you like to do?"), choices=(to_digest(say, unit, week),))
