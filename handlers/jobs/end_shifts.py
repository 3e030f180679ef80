"""Ends the shifts that nobody ended, and asks their members, once, whether that is right."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlmodel import Session

from handlers.doors import doors_now
from handlers.jobs.job import Counts, Job
from handlers.jobs.reminding import is_quiet
from handlers.member.shift_end import question
from handlers.member.shift_log import log_lapse
from handlers.member.shift_times import STILL_THERE, question_key
from handlers.policy import Policy
from handlers.proactive import send_each, speech_for
from handlers.saturdays import policy_of_member
from handlers.workdays import Span, is_persons_working_day
from storage.queries.claims import claim, claimed
from storage.queries.days_off import leaves, preference
from storage.queries.duty import Shift, end_lapsed, lapsed_since
from storage.queries.link import reminded_links, standings_of

ASKED_WITHIN = timedelta(days=4)  # over a weekend; nobody remembers an older shift
_BY_DAY = time(7), time(21)  # nobody is asked at midnight about a shift that ended there


def end_shifts(session: Session, now: datetime, policy: Policy) -> Counts:
    """End what is due and ask whoever may be asked now; counts."""
    ended = end_lapsed(session, now)
    for shift in ended:
        log_lapse(session, shift, now)
    asked = _ask(session, _unasked(session, now), now, policy)
    return {"ended": len(ended), "asked": asked}


def _unasked(session: Session, now: datetime) -> list[Shift]:
    found = lapsed_since(session, now - ASKED_WITHIN, now)
    had = claimed(session, [question_key(each) for each in found])
    return [each for each in found if question_key(each) not in had]


def _ask(session: Session, shifts: Sequence[Shift], now: datetime, policy: Policy) -> int:
    """Put the question to each of them, in one chat; how many messages were queued."""
    doors = doors_now(session, now, policy)
    links = reminded_links(session, [each.person_id for each in shifts])
    messages = []
    for shift in shifts:
        link = doors.of(links.get(shift.person_id, ()))
        if link is None or not may_ask(session, shift, now, policy):
            continue
        if not claim(session, question_key(shift), now.astimezone(policy.timezone).date()):
            continue
        assert shift.lapses is not None
        still = now - shift.lapses <= STILL_THERE
        asking = question(speech_for(link, policy), shift, policy.timezone, still=still)
        messages.append((link, asking))
    return len(messages) - send_each(session, messages, until=now + ASKED_WITHIN)


def may_ask(session: Session, shift: Shift, now: datetime, policy: Policy) -> bool:
    """Whether its member is to be asked at this moment: by day, on a day they work (or worked
    this very shift), outside quiet hours, not while they paused or are away."""
    local = now.astimezone(policy.timezone)
    today, wanted = local.date(), preference(session, shift.person_id)
    if not _BY_DAY[0] <= local.time() < _BY_DAY[1]:
        return False
    if is_quiet(f"{local:%H:%M}", wanted.quiet_from, wanted.quiet_to):
        return False
    if wanted.paused_until is not None and wanted.paused_until >= today:
        return False
    if not any(each.role == "member" for each in standings_of(session, shift.person_id)):
        return False
    off = [Span(each.first, each.last) for each in leaves(session, shift.person_id)]
    same_day = shift.starts.astimezone(policy.timezone).date() == today
    own = policy_of_member(session, shift.person_id, policy)
    return same_day or is_persons_working_day(today, own, off)


END_SHIFTS = Job("end_shifts", timedelta(minutes=1), end_shifts)
