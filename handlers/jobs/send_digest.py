"""Sends each secretary the newest week that is due, once, whatever happens in between."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import groupby

from sqlmodel import Session

from handlers.digest.adjusted import remember
from handlers.digest.build import build
from handlers.digest.figures import Digest
from handlers.digest.text import left_out
from handlers.doors import Doors, doors_now
from handlers.jobs.job import Counts, Job
from handlers.local_times import read_week_time
from handlers.messages import Reply
from handlers.organiser.rollup_message import rollup_message
from handlers.policy import Policy
from handlers.proactive import send, speech_for
from handlers.rollup.build import build_week
from handlers.rollup.figures import RollUp
from handlers.secretary.digest_message import digest_message
from handlers.texts import Speech
from handlers.weeks import Week, newest_closed, read_week
from storage.queries.apart import apart
from storage.queries.claims import claim
from storage.queries.digest import last_sent
from storage.queries.digest_readers import (
    Reader,
    digest_key,
    drop_held_digests,
    newest_digests,
    readers,
)
from storage.queries.doors import first_link
from storage.queries.rollup import has_below

WeekTime = tuple[int, time]


@dataclass(frozen=True)
class News:
    """What a unit's secretaries get: its digest, or the whole tree's where units lie below it."""

    digest: Digest
    whole: RollUp | None
    missed: Sequence[Week]

    def message(self, say: Speech) -> Reply:
        """One message."""
        if self.whole is not None:
            return rollup_message(self.whole, say, self.missed)
        return digest_message(self.digest, say, self.missed)


def due_at(week: Week, at: WeekTime, policy: Policy) -> datetime:
    """When the digest of a week goes out: on a weekday (0 is Monday) of the week that follows."""
    weekday, moment = at
    day = week.after().first + timedelta(days=weekday)
    return datetime.combine(day, moment, policy.timezone)


def due_week(now: datetime, at: WeekTime, policy: Policy) -> Week:
    """The newest week whose time has come; missed ones before it are past."""
    closed = newest_closed(now.astimezone(policy.timezone).date())
    return closed if due_at(closed, at, policy) <= now else closed.before()


def time_of(reader: Reader, policy: Policy) -> WeekTime:
    """When this secretary wants the digest."""
    return policy.digest_at if reader.at is None else read_week_time(reader.at)


def send_digests(session: Session, now: datetime, policy: Policy) -> Counts:
    """Queue every digest that is due and claim it in the same transaction; counts."""
    closed = newest_closed(now.astimezone(policy.timezone).date())
    had, counts = newest_digests(session, str(closed)), {"sent": 0, "failed": 0}
    waiting: list[tuple[Week, Reader]] = []
    for reader in readers(session):
        week = due_week(now, time_of(reader, policy), policy)
        # Who had a newer week and moved the time finds an older one due: overtaken, not missed.
        if str(week) > had.get((reader.unit_code, reader.person_code), ""):
            waiting.append((week, reader))
    waiting.sort(key=lambda each: (each[1].unit_code, each[0], each[1].person_code))
    for (unit_code, week), group in groupby(waiting, lambda each: (each[1].unit_code, each[0])):
        of_unit = [reader for _, reader in group]
        sent = apart(session, partial(_send_unit, session, of_unit, week, now, policy))
        if isinstance(sent, Exception):
            left_out(sent, unit=unit_code, week=str(week), section="build")
            counts["failed"] += 1
        else:
            counts["sent"] += sent[0]
            counts["failed"] += sent[1]
    return counts


def _send_unit(
    session: Session, of_unit: Sequence[Reader], week: Week, now: datetime, policy: Policy
) -> tuple[int, int]:
    """How many digests of one unit's week were queued, and how many failed."""
    today = now.astimezone(policy.timezone).date()
    unit_id, sent, failed = of_unit[0].unit_id, 0, 0
    missed, doors = _missed(session, unit_id, week), doors_now(session, now, policy)
    digest = build(session, unit_id, week, policy)
    whole: RollUp | None = None
    if has_below(session, unit_id, week.first, week.last):
        whole = build_week(session, unit_id, week, policy)
    empty = digest.empty and (whole is None or whole.empty)
    news = News(digest, whole, missed)
    for reader in of_unit:
        if empty and _came_after(reader, week, policy):
            continue  # nothing happened before they came: nothing to catch up on
        outcome = apart(session, partial(_send_one, session, reader, news, today, doors, policy))
        if isinstance(outcome, Exception):
            left_out(outcome, unit=reader.unit_code, week=str(week), section="sending")
            failed += 1
        else:
            sent += outcome
    if sent:
        remember(session, digest)
    return sent, failed


def _send_one(
    session: Session, reader: Reader, news: News, today: date, doors: Doors, policy: Policy
) -> bool:
    """Queue it to one chat; an older one that nobody could be sent gives way to it."""
    week = str(news.digest.week)
    key = digest_key(week, reader.unit_code, reader.person_code)
    link = doors.of(reader.links) or first_link(reader.links)
    if link is None or not claim(session, key, today):
        return False
    drop_held_digests(session, reader, week)
    send(session, link, [news.message(speech_for(link, policy))], claim=key)
    return True


def _missed(session: Session, unit_id: int, week: Week) -> list[Week]:
    """The weeks between the digest that went out last and this one."""
    sent = last_sent(session, unit_id, str(week))
    if sent is None:
        return []
    return [week.before(ago) for ago in range(week.since(read_week(sent[0])) - 1, 0, -1)]


def _came_after(reader: Reader, week: Week, policy: Policy) -> bool:
    """Joined when the week was due or later; the day is all that is known of it."""
    since = min(link.since for link in reader.links)
    return since >= due_at(week, time_of(reader, policy), policy).date()


SEND_DIGEST = Job("send_digest", timedelta(minutes=1), send_digests)
