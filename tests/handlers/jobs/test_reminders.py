"""Reminders: once a day to whom they are due, never at night, whatever the clock does."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from time import perf_counter
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from handlers.jobs.forget import forget
from handlers.jobs.job import Counts
from handlers.jobs.remind_checkin import remind_checkin
from handlers.jobs.remind_pledge import remind_pledge
from handlers.jobs.reminding import is_quiet
from handlers.messages import Reply
from handlers.policy import Policy
from storage.database import Database
from storage.queries.outbox import next_proactive
from storage.queries.traffic import PROACTIVE
from storage.tables import Claim, Leave, Link, Membership, Outbox, Person, Preference, Unit
from tests.handlers.member.members import link, local, member
from tests.officials import inbox
from tests.people import Place, Talker

MONDAY = "2026-11-16"
Run = Callable[[Session, datetime, Policy], Counts]


@pytest.fixture
def lan(place: Place) -> Talker:
    return member(place, "lan", "P1")


def ticks(place: Place, run: Run, at: datetime, policy: Policy | None = None) -> int:
    """How many were asked."""
    return place.database.run_now(lambda s: run(s, at, policy or Policy()))["asked"]


def queued(place: Place, channel: str = "telegram") -> list[tuple[str, Reply]]:
    """What waits for whom."""

    def work(session: Session) -> list[tuple[str, Reply]]:
        rows = next_proactive(session, channel, place.clock(), most=10_000)
        assert {row.lane for row in rows} <= {PROACTIVE}
        return [
            (row.address or "", Reply.model_validate((row.content or {})["reply"])) for row in rows
        ]

    return place.database.run_now(work)


def change(place: Place, change_it: Callable[[Session, int], Any]) -> None:
    """Do something to Lan's rows."""

    def work(session: Session) -> None:
        person = session.exec(select(Person).where(Person.code == "P1")).one()
        change_it(session, person.id or 0)

    place.database.run_now(work)


def prefers(place: Place, **wanted: Any) -> None:
    change(place, lambda s, person: s.merge(Preference(person_id=person, **wanted)))


async def test_at_eight_members_are_asked_and_the_buttons_lead_into_the_flow(
    place: Place, lan: Talker
) -> None:
    member(place, "hoa", "P3")
    await lan.opens("pledge/261116/cv1/1")
    tuesday = local("2026-11-17", "08:00")
    assert ticks(place, remind_pledge, local("2026-11-17", "07:59")) == 0
    assert ticks(place, remind_pledge, tuesday) == 2
    (address, prompt), (other, first_time) = queued(place)
    assert (address, other) == ("lan", "hoa")

    assert "Như hôm qua" in [choice.label for choice in prompt.choices()]
    assert "Như hôm qua" not in [choice.label for choice in first_time.choices()]
    place.clock = lambda: tuesday
    place.__post_init__()
    assert (await inbox(lan)).startswith(
        "Chào buổi sáng, Lan! Hôm nay bạn chọn việc nào để thực hiện “3 trách nhiệm”?"
    )
    assert "• Hoàn thành tốt việc được giao" in await lan.taps("Như hôm qua")


async def test_in_the_evening_those_are_asked_who_have_something_to_report(
    place: Place, lan: Talker
) -> None:
    hoa, minh = member(place, "hoa", "P3"), member(place, "minh", "P2")
    for person in (lan, hoa):
        await person.opens("pledge/261116/cv1/1")
    await lan.opens("pledge/261116/nd1/1")
    await lan.opens("checkin/261116/cv1/done")
    await hoa.opens("checkin/261116/cv1/not_done")
    assert ticks(place, remind_checkin, local(MONDAY, "16:29")) == 0
    assert ticks(place, remind_checkin, local(MONDAY, "16:30")) == 1
    assert [address for address, _ in queued(place)] == ["lan"]
    assert "Lan ơi, việc “Tiếp đón ân cần, hòa nhã” hôm nay thế nào?" in await inbox(lan)
    assert "cảm ơn" in (await lan.taps("Đã làm")).lower()
    assert minh.seen == []


@pytest.mark.parametrize("late", ["08:00", "09:30", "10:59"])
async def test_two_ticks_and_a_late_one_ask_once(place: Place, lan: Talker, late: str) -> None:
    assert ticks(place, remind_pledge, local(MONDAY, late)) == 1
    assert ticks(place, remind_pledge, local(MONDAY, late)) == 0
    assert ticks(place, remind_pledge, local(MONDAY, "10:59")) == 0
    assert len(queued(place)) == 1
    assert ticks(place, remind_pledge, local("2026-11-17", "08:00")) == 1


@pytest.mark.parametrize("at", ["11:00", "16:00", "23:59", "00:00"])
async def test_a_restart_hours_later_does_not_ask_about_the_morning(
    place: Place, lan: Talker, at: str
) -> None:
    assert ticks(place, remind_pledge, local(MONDAY, at)) == 0


async def test_two_processes_ask_once(database: Database, place: Place, lan: Talker) -> None:
    others = [Database(database.url.render_as_string(hide_password=False), database.keys)
              for _ in range(3)]  # fmt: skip
    with ThreadPoolExecutor(3) as threads:
        at = local(MONDAY, "08:00")
        counts = list(
            threads.map(
                lambda each: each.run_now(lambda s: remind_pledge(s, at, Policy()))["asked"], others
            )
        )
    for each in others:
        each.close()
    assert sum(counts) == 1
    assert len(queued(place)) == 1


@pytest.mark.parametrize("day", ["2026-11-21", "2026-11-22", "2026-11-24", "2026-02-17"])
async def test_weekends_and_holidays_are_left_alone(place: Place, lan: Talker, day: str) -> None:
    assert ticks(place, remind_pledge, local(day, "08:00")) == 0


async def test_what_the_government_moved_is_respected(place: Place, lan: Talker) -> None:
    moved = Policy(
        days_off=frozenset({date(2026, 11, 16)}), working_days=frozenset({date(2026, 11, 21)})
    )
    assert ticks(place, remind_pledge, local(MONDAY, "08:00"), moved) == 0
    assert ticks(place, remind_pledge, local("2026-11-21", "08:00"), moved) == 1


def on_leave(session: Session, person: int) -> None:
    session.add(Leave(person_id=person, first=date(2026, 11, 13), last=date(2026, 11, 16)))


def paused(session: Session, person: int) -> None:
    session.add(Preference(person_id=person, paused_until=date(2026, 11, 16)))


def blocked(session: Session, person: int) -> None:
    session.exec(select(Link)).one().unreachable = True


def elsewhere(session: Session, person: int) -> None:
    session.exec(select(Link)).one().reminders = False


def no_member(session: Session, person: int) -> None:
    session.exec(select(Membership).where(Membership.person_id == person)).one().role = "secretary"


@pytest.mark.parametrize("why", [on_leave, paused, blocked, elsewhere, no_member])
async def test_nobody_is_asked_who_should_be_left_in_peace(
    place: Place, lan: Talker, why: Callable[[Session, int], None]
) -> None:
    change(place, why)
    assert ticks(place, remind_pledge, local(MONDAY, "08:00")) == 0


async def test_after_a_pause_and_after_leave_the_questions_come_again(
    place: Place, lan: Talker
) -> None:
    change(place, on_leave)
    change(place, paused)
    assert ticks(place, remind_pledge, local("2026-11-17", "08:00")) == 1


async def test_who_has_chosen_is_not_asked(place: Place, lan: Talker) -> None:
    await lan.opens("pledge/261116/cv1/1")
    assert ticks(place, remind_pledge, local(MONDAY, "09:30")) == 0


async def test_own_times_win_over_the_usual_one(place: Place, lan: Talker) -> None:
    prefers(place, pledge_at="13:30")
    assert ticks(place, remind_pledge, local(MONDAY, "08:00")) == 0
    assert ticks(place, remind_pledge, local(MONDAY, "13:30")) == 1
    ((_, prompt),) = queued(place)
    lan.seen = [prompt]
    assert "Chào buổi sáng" not in lan.text()


async def test_quiet_hours_put_a_question_off_but_never_for_long(place: Place, lan: Talker) -> None:
    prefers(place, quiet_from="20:00", quiet_to="09:00")
    assert ticks(place, remind_pledge, local(MONDAY, "08:00")) == 0
    assert ticks(place, remind_pledge, local(MONDAY, "09:00")) == 1
    prefers(place, quiet_from="20:00", quiet_to="11:00")
    assert ticks(place, remind_pledge, local("2026-11-17", "10:59")) == 0
    assert ticks(place, remind_pledge, local("2026-11-17", "11:00")) == 0


@pytest.mark.parametrize(
    ("at", "first", "last", "quiet"),
    [("22:00", "21:00", "06:00", True), ("05:59", "21:00", "06:00", True),
     ("06:00", "21:00", "06:00", False), ("12:00", "11:30", "13:30", True),
     ("13:30", "11:30", "13:30", False), ("03:00", None, None, False)],
)  # fmt: skip
def test_quiet_hours_may_span_midnight(
    at: str, first: str | None, last: str | None, *, quiet: bool
) -> None:
    assert is_quiet(at, first, last) is quiet


async def test_everyone_is_asked_in_the_language_of_their_chat(place: Place) -> None:
    member(place, "lan", "P1", language="en")
    member(place, "hoa-zalo", "P3", channel="zalo")
    assert ticks(place, remind_pledge, local(MONDAY, "08:00")) == 2
    ((_, english),), ((_, vietnamese),) = queued(place), queued(place, "zalo")
    assert "To the work" in [choice.label for choice in english.choices()]
    assert "Trách nhiệm với công việc" in [choice.label for choice in vietnamese.choices()]


async def test_one_unreadable_chat_does_not_keep_the_others_waiting(
    place: Place, lan: Talker
) -> None:
    member(place, "hoa", "P3")
    change(place, lambda s, person: setattr(s.exec(select(Link).where(Link.person_id == person)).one(), "address", "lost"))  # fmt: skip
    counts = place.database.run_now(lambda s: remind_pledge(s, local(MONDAY, "08:00"), Policy()))
    assert counts == {"asked": 1, "unreadable": 1}
    assert [address for address, _ in queued(place)] == ["hoa"]


async def test_claims_are_forgotten_after_a_week_and_notes_with_the_ratings(
    place: Place, lan: Talker
) -> None:
    await lan.opens("pledge/261116/cv1/1")
    await lan.opens("checkin/261116/cv1/done")
    await lan.sends("Xong sớm")
    ticks(place, remind_pledge, local("2026-11-17", "08:00"))

    def claims() -> int:
        return place.database.run_now(lambda s: len(s.exec(select(Claim)).all()))

    def forgets(day: str) -> Counts:
        return place.database.run_now(lambda s: forget(s, local(day, "03:30"), Policy()))

    assert claims() == 1
    forgets("2026-11-24")
    assert claims() == 1
    assert forgets("2026-11-25")["reminders"] == 1
    assert claims() == 0
    assert forgets("2028-11-16")["notes"] == 0
    assert forgets("2028-11-17")["notes"] == 1


def four_thousand(session: Session) -> None:
    unit = session.exec(select(Unit).where(Unit.code == "C1")).one()
    for number in range(4000):
        session.add(Person(code=f"M{number}", full_name=f"Nguyễn Văn {number}"))
    session.flush()
    people = session.exec(select(Person).where(Person.code.startswith("M"))).all()  # type: ignore[attr-defined]
    for person in people:
        session.add(Membership(person_id=person.id or 0, unit_id=unit.id or 0, role="member"))
    session.flush()


@pytest.mark.one_database
def test_four_thousand_members_are_asked_in_a_handful_of_statements(
    place: Place, database: Database
) -> None:
    database.run_now(four_thousand)
    database.run_now(
        lambda s: [link(s, f"M{number}", f"chat{number}") for number in range(4000)] and None
    )
    statements: list[str] = []
    event.listen(
        database.engine, "before_cursor_execute", lambda *given: statements.append(given[2])
    )
    started = perf_counter()
    assert ticks(place, remind_pledge, local(MONDAY, "08:00")) == 4000
    seconds = perf_counter() - started
    assert len(statements) < 100
    assert seconds < 20  # this only catches a loop of statements
    assert database.run_now(lambda s: len(s.exec(select(Outbox)).all())) == 4000
    print(f"4,000 reminders: {seconds:.2f} s, {len(statements)} statements")
    statements.clear()
    assert ticks(place, remind_pledge, local(MONDAY, "08:01")) == 0
    assert len(statements) < 10
