"""Which day a member's action is about: today, yesterday until noon, or one that is closed."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from babel.dates import get_day_names

from handlers.member.actions import CHECKIN_DAY, MINE, PLEDGE, PLEDGE_DAY
from handlers.member.streak import days_off_of, open_days
from handlers.messages import Choice, Choices, Reply, Text, Title, reply
from handlers.policy import Policy
from handlers.saturdays import policy_of_member
from handlers.texts import Speech
from handlers.turn import Turn
from handlers.workdays import is_persons_working_day
from storage.queries.pledge import OPEN, Pledged, pledges_between


def is_open(turn: Turn, day: date) -> bool:
    """Whether that day can (still) be logged."""
    return day in open_days(turn.now.astimezone(turn.policy.timezone))


def works(turn: Turn, day: date) -> bool:
    """Whether this member works that day."""
    off = days_off_of(turn.session, turn.official.person_id)
    return is_persons_working_day(day, own_policy(turn), off)


def own_policy(turn: Turn) -> Policy:
    """The policy with this member's Saturdays."""
    return policy_of_member(turn.session, turn.official.person_id, turn.policy)


def pledges_of_day(turn: Turn, day: date) -> Sequence[Pledged]:
    """What this member took on for one day."""
    return pledges_between(turn.session, turn.official.person_id, day, day)


def closed(turn: Turn, day: date) -> list[Reply]:
    """A button of a day that is over: nothing is changed, today's is offered."""
    say = turn.say
    ahead = day > turn.today
    return [
        reply(
            Title(
                text=say("{day} has not come yet.", day=f"{day:%d/%m/%Y}")
                if ahead
                else say("{day} is closed; nothing was changed.", day=f"{day:%d/%m/%Y}")
            ),
            Text(text=say("Yesterday can be logged until noon. Shall we go on with today?")),
            Choices(
                label=say("What would you like to do?"),
                choices=(
                    Choice(label=say("Choose for today"), action=PLEDGE.build(), look="primary"),
                    Choice(label=say("My record"), action=MINE.build(), look="quiet"),
                ),
            ),
        )
    ]


def yesterday_choice(turn: Turn) -> list[Choice]:
    """The way to log yesterday, where it was a working day and something of it is open."""
    yesterday = turn.today - timedelta(days=1)
    if not is_open(turn, yesterday) or not works(turn, yesterday):
        return []
    pledged = pledges_of_day(turn, yesterday)
    if pledged and all(each.status != OPEN for each in pledged):
        return []
    pattern = CHECKIN_DAY if pledged else PLEDGE_DAY
    label = turn.say("Log yesterday (late)")
    return [Choice(label=label, action=pattern.build(day=yesterday), look="quiet")]


def dated(day: date, say: Speech) -> str:
    """A day with its weekday, such as "T3 24/11/2026"."""
    name = weekday_names(say.language)[day.weekday()]
    return f"{name} {day:%d/%m/%Y}"


def weekday_names(language: str) -> list[str]:
    """The seven days in short, from Monday on."""
    width: Literal["narrow", "abbreviated"] = "narrow" if language == "vi" else "abbreviated"
    names = get_day_names(width, context="stand-alone", locale=language)
    return [names[number] for number in range(7)]
