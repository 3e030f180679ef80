"""The welcome after joining: what comes next, by role."""

from collections.abc import Collection, Sequence

from babel.dates import get_day_names

from handlers.local_times import write_time
from handlers.messages import Part, Reply, Text, Title
from handlers.official.home import home
from handlers.policy import Policy
from handlers.texts import Speech
from handlers.turn import Turn


def welcome(turn: Turn) -> Sequence[Reply]:
    """They are in: warm words, what happens from tomorrow on, their menu."""
    say, who = turn.say, turn.official
    title = Title(text=say("Welcome, {name}! You are in.", name=who.given_name))
    return home(turn, title, *what_comes(say, turn.policy, {each.role for each in who.standings}))


def what_comes(say: Speech, policy: Policy, roles: Collection[str]) -> list[Part]:
    """What the bot does unasked, and what may be asked at any time."""
    parts: list[Part] = []
    if "member" in roles:
        text = say(
            "Each working day at {morning} I ask what you take on, at {evening} how it went: ten "
            "seconds each. At any time: /camket to pledge, /baocao to report.",
            morning=write_time(policy.pledge_at),
            evening=write_time(policy.checkin_at),
        )
        parts.append(Text(text=text))
    if "secretary" in roles:
        weekday, at = policy.digest_at
        text = say(
            "Each {weekday} at {time} you get the digest of your unit's week. At any time: /bantin for "
            "any week, /doanvien for your members and invitations.",
            weekday=get_day_names("wide", locale=say.language)[weekday],
            time=write_time(at),
        )
        parts.append(Text(text=text))
    return parts


def already_in(turn: Turn) -> Sequence[Reply]:
    """The link of somebody who is in already: nothing changes, their menu follows."""
    say = turn.say
    title = Title(text=say("You have joined already, {name}.", name=turn.official.given_name))
    return home(turn, title)
