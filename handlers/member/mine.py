"""A member's own record: today, this week, the streak, and the month as a picture."""

from collections.abc import Sequence
from datetime import date, timedelta

from handlers.member.actions import CHECKIN, MINE, MONTH, PLEDGE, REMINDERS
from handlers.member.days import own_policy, pledges_of_day, yesterday_choice
from handlers.member.month import Month, last_of, month_picture
from handlers.member.reporting import outcome_word, streak_line
from handlers.member.streak import days_off_of, open_days, streak_of
from handlers.messages import Choice, Choices, Part, Reply, Text, Title, reply
from handlers.permissions import member
from handlers.routing import Route
from handlers.saturdays import is_saturday_at_work
from handlers.turn import Turn
from handlers.weeks import week_of
from handlers.workdays import is_persons_working_day, working_days_between
from storage.queries.pledge import OPEN, first_pledge_day, pledges_between


def mine(turn: Turn) -> Sequence[Reply]:
    """Everything at a glance."""
    return show_month(turn, turn.today.replace(day=1))


def show_month(turn: Turn, first: date) -> Sequence[Reply]:
    """The record with the calendar of one month, at most from the first pledge until now."""
    person = turn.official.person_id
    since = first_pledge_day(turn.session, person)
    newest = turn.today.replace(day=1)
    oldest = min(newest, (since or newest).replace(day=1))
    first = max(oldest, min(first.replace(day=1), newest))
    say = turn.say
    streak = streak_of(turn.session, person, turn.now, turn.policy)
    footer = streak_line(say, streak) if streak else ""
    return [
        reply(
            Title(text=say("Your record, {name}", name=turn.official.given_name)),
            *(_today(turn) if first == newest else []),
            Text(text=streak_line(say, streak), tone="strong") if streak else _beginning(turn),
            month_picture(say, _month(turn, first, since), footer),
            _turn_pages(turn, first, oldest, newest),
            _further(turn),
        )
    ]


def _today(turn: Turn) -> list[Part]:
    say = turn.say
    pledged = pledges_of_day(turn, turn.today)
    parts: list[Part] = [
        Text(
            text=say(
                "Today: {item} – {outcome}",
                item=each.label(say.language),
                outcome=outcome_word(say, each.status),
            )
        )
        for each in pledged
    ]
    if not pledged:
        parts = [Text(text=say("Today: nothing chosen yet."))]
    return [*parts, _week(turn)]


def _week(turn: Turn) -> Text:
    """The ISO week so far; what is not done is just a number among others."""
    week, person = week_of(turn.today), turn.official.person_id
    pledged = pledges_between(turn.session, person, week.first, week.last)
    off = days_off_of(turn.session, person)
    worked = working_days_between(week.first, week.last, own_policy(turn), off)
    reported = {each.day for each in pledged if each.status != OPEN}
    counted = {
        status: sum(each.status == status for each in pledged)
        for status in ("done", "partly", "not_done")
    }
    return Text(
        text=turn.say(
            "This week ({first} – {last}): reported {days} of {working} working days; "
            "done {done}, partly {partly}, not this time {not_done}.",
            first=f"{week.first:%d/%m}",
            last=f"{week.last:%d/%m}",
            days=len(reported & set(worked)),
            working=len(worked),
            **counted,
        )
    )


def _beginning(turn: Turn) -> Text:
    return Text(text=turn.say("Every day is a good day to begin."))


def _month(turn: Turn, first: date, since: date | None) -> Month:
    person, policy = turn.official.person_id, own_policy(turn)
    off = days_off_of(turn.session, person)
    return Month(
        first=first,
        today=turn.today,
        since=since,
        pledged=pledges_between(turn.session, person, first, last_of(first)),
        works=lambda day: is_persons_working_day(day, policy, off),
        open_=open_days(turn.now.astimezone(policy.timezone)),
        forgives=lambda day: is_saturday_at_work(day, policy),
    )


def _turn_pages(turn: Turn, first: date, oldest: date, newest: date) -> Choices | None:
    say, turns = turn.say, []
    if first > oldest:
        before = (first - timedelta(days=1)).replace(day=1)
        turns.append(
            Choice(
                label=say("‹ {month}", month=f"{before:%m/%Y}"),
                action=MONTH.build(first=before),
                look="quiet",
            )
        )
    if first < newest:
        after = last_of(first) + timedelta(days=1)
        turns.append(
            Choice(
                label=say("{month} ›", month=f"{after:%m/%Y}"),
                action=MONTH.build(first=after),
                look="quiet",
            )
        )
    return Choices(label=say("Months"), choices=tuple(turns), columns=2) if turns else None


def _further(turn: Turn) -> Choices:
    say = turn.say
    return Choices(
        label=say("What would you like to do?"),
        choices=(
            Choice(label=say("Choose for today"), action=PLEDGE.build(), look="primary"),
            Choice(label=say("Say how it went"), action=CHECKIN.build()),
            *yesterday_choice(turn),
            Choice(label=say("Reminders and days off"), action=REMINDERS.build(), look="quiet"),
        ),
    )


ROUTES = [Route(MINE, mine, may=member), Route(MONTH, show_month, may=member)]
