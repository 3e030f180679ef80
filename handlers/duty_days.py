"""On which days, at which desks, the roster or chat had a member on duty: days that are over only."""

from dataclasses import dataclass
from datetime import date, timedelta

from handlers.member.days import dated
from handlers.member.shift_times import clock_time, end_time, midnight
from handlers.texts import Speech
from handlers.turn import Turn
from storage.queries.duty import Shift, duties_between

LAST_DAYS = 30


@dataclass(frozen=True)
class DutyDay:
    """One day at one desk, with the duties that made it one."""

    day: date
    desk_id: int
    desk_code: str
    desk_name: str
    duties: tuple[Shift, ...]


def duty_days(turn: Turn, person_id: int) -> list[DutyDay]:
    """Those of the last days before today, the newest first. Whether anybody was rated on them
    plays no part: it must not show."""
    zone, first = turn.policy.timezone, turn.today - timedelta(days=LAST_DAYS)
    duties = duties_between(
        turn.session, person_id, midnight(first, zone), midnight(turn.today, zone)
    )
    found: dict[tuple[date, str], list[Shift]] = {}
    for ago in range(1, LAST_DAYS + 1):
        day = turn.today - timedelta(days=ago)
        start, end = midnight(day, zone), midnight(day + timedelta(days=1), zone)
        for each in duties:
            if each.starts < end and (each.ends is None or each.ends > start):
                found.setdefault((day, each.desk_code), []).append(each)
    return [
        DutyDay(day, duties[0].desk_id, desk, duties[0].desk_name, tuple(duties))
        for (day, desk), duties in found.items()
    ]


def find_duty_day(turn: Turn, person_id: int, day: date, desk: str) -> DutyDay | None:
    """The one day at the one desk an action names, if it is among them."""
    for each in duty_days(turn, person_id):
        if each.day == day and each.desk_code == desk:
            return each
    return None


def day_label(duty: DutyDay, say: Speech) -> str:
    """A day and a desk as a button names them."""
    return say("{day}: {desk}", day=dated(duty.day, say), desk=duty.desk_name)


def duty_lines(turn: Turn, duty: DutyDay, name: str, say: Speech) -> list[str]:
    """How that day came to be theirs: by the roster, or begun in chat."""
    zone, lines = turn.policy.timezone, []
    for each in duty.duties:
        if each.origin == "roster":
            lines.append(say("By the roster {name} was on duty here that day.", name=name))
        else:
            ended = each.ends or turn.now
            lines.append(
                say(
                    "{name} began a shift here in chat: {began} – {ended}.",
                    name=name,
                    began=clock_time(each.starts, zone),
                    ended=end_time(each, ended, zone),
                )
            )
    return list(dict.fromkeys(lines))
