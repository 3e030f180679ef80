"""Asking every member whose time has come: in bulk, once a day, never more than 3 hours late."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlmodel import Session

from handlers.doors import doors_now
from handlers.jobs.job import Counts
from handlers.member.shift_times import midnight
from handlers.messages import Reply
from handlers.policy import Policy
from handlers.proactive import send_each, speech_for
from handlers.texts import Speech
from handlers.workdays import is_working_day
from storage.queries.link import reminded_links
from storage.queries.reminders import Due, claim_reminders, due_members

LATEST = timedelta(hours=3)  # after its time: a restart at night must not ask about the morning
_AT_ONCE = 1000

Compose = Callable[[Due, Speech], Reply]


@dataclass(frozen=True)
class Reminder:
    """One daily question. what: "pledge" or "checkin"; `prepare(session, members, local)` reads
    what the messages to these members need and returns what composes one; `good_for`: how long
    after the midnight its day begins with an answer is taken."""

    what: str
    usual: Callable[[Policy], time]
    good_for: timedelta
    prepare: Callable[[Session, Sequence[Due], datetime], Compose]


def remind(session: Session, now: datetime, policy: Policy, reminder: Reminder) -> Counts:
    """Queue the question to everybody who is due; counts."""
    local = now.astimezone(policy.timezone)
    counts = {"asked": 0, "unreadable": 0}
    if not is_working_day(local.date(), replace(policy, saturdays=True)):
        return counts
    for due in _batches(_due(session, local, policy, reminder)):
        asked, unreadable = _ask(session, due, local, policy, reminder)
        counts["asked"] += asked
        counts["unreadable"] += unreadable
    return counts


def _due(session: Session, local: datetime, policy: Policy, reminder: Reminder) -> list[Due]:
    until = f"{local:%H:%M}"
    earliest = local - LATEST
    found = due_members(
        session,
        reminder.what,
        local.date(),
        usual=f"{reminder.usual(policy):%H:%M}",
        after=f"{earliest:%H:%M}" if earliest.date() == local.date() else "",
        until=until,
        only_saturday_workers=not is_working_day(local.date(), policy),
    )
    return [each for each in found if not is_quiet(until, each.quiet_from, each.quiet_to)]


def is_quiet(at: str, first: str | None, last: str | None) -> bool:
    """Whether a time of day lies in quiet hours, which may span midnight; all are "HH:MM"."""
    if first is None or last is None:
        return False
    if first <= last:
        return first <= at < last
    return at >= first or at < last


def _batches(due: Sequence[Due]) -> Iterator[Sequence[Due]]:
    for start in range(0, len(due), _AT_ONCE):
        yield due[start : start + _AT_ONCE]


def _ask(
    session: Session, due: Sequence[Due], local: datetime, policy: Policy, reminder: Reminder
) -> tuple[int, int]:
    """How many messages were queued, and how many people have only chats that cannot be read."""
    day: date = local.date()
    ids = [each.person_id for each in due]
    claimed = claim_reminders(session, reminder.what, day, ids)
    mine = [each for each in due if each.person_id in claimed]
    links = reminded_links(session, [each.person_id for each in mine])
    compose = reminder.prepare(session, mine, local)
    doors = doors_now(session, local, policy)
    found = [(each, doors.of(links.get(each.person_id, ()))) for each in mine]
    messages = [
        (link, compose(each, speech_for(link, policy))) for each, link in found if link is not None
    ]
    until = midnight(day, policy.timezone) + reminder.good_for
    send_each(session, messages, until=until)
    return len(messages), len(found) - len(messages)
