"""What waits for an official's answer, as buttons on top of their menu."""

from collections.abc import Iterator

from handlers.messages import Choice, Choices
from handlers.secretary.dispute_actions import DISPUTES
from handlers.secretary.disputed_days import waiting
from handlers.secretary.invite_actions import REQUESTS
from handlers.secretary.member_actions import OFFERED
from handlers.turn import Turn
from storage.queries.joining import open_requests
from storage.queries.role_offers import offers_to


def what_waits(turn: Turn) -> Choices | None:
    """An office offered to them, and for a secretary the requests and days to decide."""
    choices = (*_offers(turn), *_requests(turn), *_days(turn))
    label = turn.say("Waiting for your answer")
    return Choices(label=label, choices=choices) if choices else None


def _offers(turn: Turn) -> Iterator[Choice]:
    for number, unit_name in offers_to(turn.session, turn.official.person_id, turn.now):
        label = turn.say("Office offered to you: {unit}", unit=unit_name)
        yield Choice(label=label, action=OFFERED.build(offer=number), look="primary")


def _requests(turn: Turn) -> Iterator[Choice]:
    led, say = turn.official.units("secretary"), turn.say
    for each in led:
        n = len(open_requests(turn.session, each.unit_id, turn.now))
        if n:
            label = (
                say("Requests to join: {n}", n=n)
                if len(led) == 1
                else say("Requests to join {unit}: {n}", unit=each.unit_name, n=n)
            )
            action = REQUESTS.build(unit=each.unit_id)
            yield Choice(label=label, action=action, look="primary")


def _days(turn: Turn) -> Iterator[Choice]:
    if turn.official.units("secretary") and (n := len(waiting(turn))):
        label = turn.say("Duty days to decide: {n}", n=n)
        yield Choice(label=label, action=DISPUTES.build(), look="primary")
