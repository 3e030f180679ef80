"""Saturday work: who works on Saturdays, and everything that follows from it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from handlers.jobs.end_shifts import end_shifts
from handlers.jobs.remind_checkin import remind_checkin
from handlers.jobs.remind_pledge import remind_pledge
from handlers.messages import Picture
from handlers.policy import Policy
from handlers.saturdays import policy_of_member, policy_of_unit
from handlers.workdays import is_working_day
from storage.database import Database
from storage.queries.roster import table_of
from storage.queries.saturdays import saturdays
from storage.queries.unit_settings import change_setting, settings_of
from storage.tables import Desk, Duty, Leave, Membership, Person, Unit, UnitSetting
from tests.conftest import Clock
from tests.handlers.digest.branch import W47, Branch
from tests.handlers.digest.test_sections import digest
from tests.handlers.jobs.test_reminders import queued, ticks
from tests.handlers.member.members import local, member
from tests.officials import person_id, unit_id
from tests.people import Place, Talker

SATURDAY, SUNDAY, MONDAY = "2026-11-21", "2026-11-22", "2026-11-23"


@pytest.fixture
def lan(place: Place) -> Talker:
    """Lan is a member of C1."""
    return member(place, "lan", "P1")


@pytest.fixture
def branch(database: Database, clock: Clock) -> Branch:
    return Branch(database, clock)


def decides(place: Place | Branch, unit: str, *, works: bool | None) -> None:
    place.database.run_now(
        lambda session: change_setting(session, unit_id(session, unit), "saturday", works)
    )


def at(place: Place, day: str, time: str = "09:00") -> None:
    """Move the clock of the place."""
    place.clock = lambda: local(day, time)
    place.__post_init__()


async def reports(place: Place, talker: Talker, *days: date) -> None:
    """Choose and report one item on each of these days, at five in the afternoon."""
    for day in days:
        at(place, day.isoformat(), "17:00")
        await talker.opens(f"pledge/{day:%y%m%d}/cv1/1")
        await talker.opens(f"checkin/{day:%y%m%d}/cv1/done")


def week(first: date, days: int) -> list[date]:
    return [first + timedelta(days=n) for n in range(days)]


def test_a_unit_works_on_saturdays_if_it_or_the_nearest_above_says_so(place: Place) -> None:
    def works() -> dict[str, bool]:
        def look(session: Session) -> dict[str, bool]:
            units = saturdays()
            unit = table_of(Unit)
            rows = session.execute(
                select(unit.c.code, units.c.works).join_from(unit, units, unit.c.id == units.c.id)
            )
            found = {code: bool(word) for code, word in rows}
            for each in session.exec(select(Unit)):
                assert bool(settings_of(session, each.id or 0).saturday) == found[each.code]
                fitted = policy_of_unit(session, each.id or 0, Policy())
                assert fitted.saturdays == found[each.code]
            return found

        return place.database.run_now(look)

    assert works() == {"TD": False, "C1": False, "C2": False}
    decides(place, "TD", works=True)
    decides(place, "C2", works=False)
    assert works() == {"TD": True, "C1": True, "C2": False}
    decides(place, "C2", works=None)
    assert works() == {"TD": True, "C1": True, "C2": True}


def test_a_member_of_several_units_works_on_saturdays_if_any_does(place: Place) -> None:
    def works(code: str) -> bool:
        return place.database.run_now(
            lambda s: policy_of_member(s, person_id(s, code), Policy()).saturdays
        )

    def join(session: Session, code: str, role: str) -> None:
        session.add(
            Membership(
                person_id=person_id(session, code), unit_id=unit_id(session, "C2"), role=role
            )
        )

    decides(place, "C2", works=True)
    place.database.run_now(lambda s: join(s, "P1", "member"))
    place.database.run_now(lambda s: join(s, "P2", "secretary"))  # leads it, is no member of it
    assert [works(code) for code in ("P1", "P2", "P3")] == [True, False, True]


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 21), True),
        (date(2026, 11, 22), False),  # a Sunday
        (date(2026, 11, 20), True),
        (date(2028, 1, 1), False),  # New Year on a Saturday
        (date(2027, 5, 1), False),  # a public holiday on a Saturday
    ],
)
def test_saturdays_are_worked_but_no_holiday_is(day: date, *, works: bool) -> None:
    assert is_working_day(day, Policy(saturdays=True)) is works


def test_a_saturday_that_the_settings_name_free_is_free() -> None:
    off = Policy(saturdays=True, days_off=frozenset({date(2026, 11, 21)}))
    assert not is_working_day(date(2026, 11, 21), off)


async def test_on_saturdays_only_members_of_such_units_are_asked(place: Place, lan: Talker) -> None:
    member(place, "hoa", "P3")
    morning, evening = local(SATURDAY, "08:00"), local(SATURDAY, "16:30")
    assert ticks(place, remind_pledge, morning) == 0
    decides(place, "C2", works=True)
    assert ticks(place, remind_pledge, local(SUNDAY, "08:00")) == 0
    assert ticks(place, remind_pledge, morning) == 1
    at(place, SATURDAY)
    hoa = place.person("hoa")
    await hoa.opens("pledge/261121/cv1/1")
    await lan.opens("pledge/261121/cv1/1")
    assert ticks(place, remind_checkin, evening) == 1
    assert {address for address, _ in queued(place)} == {"hoa"}


@pytest.mark.parametrize("run", [remind_pledge, remind_checkin])
async def test_who_is_off_on_saturday_is_not_asked(
    place: Place, lan: Talker, run: Callable[..., dict[str, int]]
) -> None:
    decides(place, "TD", works=True)
    day = date.fromisoformat(SATURDAY)
    place.database.run_now(
        lambda s: s.add(Leave(person_id=person_id(s, "P1"), first=day, last=day))
    )
    assert ticks(place, run, local(SATURDAY, "16:30")) == 0


async def test_a_swapped_saturday_is_worked_by_everybody(place: Place, lan: Talker) -> None:
    swapped = Policy(working_days=frozenset({date.fromisoformat(SATURDAY)}))
    assert ticks(place, remind_pledge, local(SATURDAY, "08:00"), swapped) == 1


async def test_reminders_on_a_saturday_take_no_more_statements_for_more_units(
    place: Place, lan: Talker
) -> None:
    def statements() -> int:
        count = 0

        def counting(*_: object) -> None:
            nonlocal count
            count += 1

        event.listen(place.database.engine, "before_cursor_execute", counting)
        ticks(place, remind_pledge, local(SATURDAY, "07:00"))
        event.remove(place.database.engine, "before_cursor_execute", counting)
        return count

    def grow(session: Session) -> None:
        for n in range(40):
            unit = Unit(code=f"X{n}", name=f"X{n}", folded="x", parent_id=unit_id(session, "TD"))
            session.add(unit)
            session.flush()
            person = Person(code=f"X{n}", full_name=f"X {n}")
            session.add(person)
            session.flush()
            session.add(UnitSetting(unit_id=unit.id or 0, saturday=bool(n % 2)))
            session.add(Membership(person_id=person.id or 0, unit_id=unit.id or 0, role="member"))

    few = statements()
    place.database.run_now(grow)
    assert statements() == few


async def test_a_reported_saturday_lengthens_the_streak_and_a_silent_one_never_breaks_it(
    place: Place, lan: Talker
) -> None:
    decides(place, "C1", works=True)
    monday = date(2026, 11, 2)
    await reports(place, lan, *week(monday, 6))  # with the Saturday
    await reports(place, lan, *week(monday + timedelta(days=7), 5))  # without it
    at(place, "2026-11-16")
    assert "Bạn đã ghi nhận đều 11 ngày làm việc" in await lan.sends("/cuatoi")
    at(place, "2026-11-17", "13:00")  # a silent Monday does break it
    assert "ngày làm việc. Rất đáng khen" not in await lan.sends("/cuatoi")


async def test_a_unit_that_begins_or_ceases_to_work_on_saturdays_breaks_no_streak(
    place: Place, lan: Talker
) -> None:
    await reports(place, lan, *week(date(2026, 11, 2), 5), *week(date(2026, 11, 9), 5))
    at(place, "2026-11-16")
    for works, counted in ((None, 10), (True, 10), (False, 10)):
        decides(place, "C1", works=works)
        assert f"Bạn đã ghi nhận đều {counted} ngày làm việc" in await lan.sends("/cuatoi")


async def test_the_week_counts_the_saturday_and_the_month_shows_no_omission_on_it(
    place: Place, lan: Talker
) -> None:
    await reports(place, lan, date(2026, 11, 2), date(2026, 11, 14))

    async def days() -> dict[str, str]:
        await lan.sends("/cuatoi")
        found = [p for answer in lan.seen for p in answer.parts if isinstance(p, Picture)]
        shown: dict[str, str] = found[0].data["days"]
        return shown

    at(place, "2026-11-17")
    assert "/5 ngày làm việc" in await lan.sends("/cuatoi")
    assert (await days())["7"] == "off"
    decides(place, "C1", works=True)
    assert "/6 ngày làm việc" in await lan.sends("/cuatoi")
    shown = await days()
    assert (shown["7"], shown["8"], shown["9"], shown["14"]) == ("", "off", "missed", "done")


async def test_on_such_a_saturday_it_is_not_called_a_day_off(place: Place, lan: Talker) -> None:
    at(place, SATURDAY)
    assert "Hôm nay là ngày nghỉ" in await lan.sends("/camket")
    decides(place, "C1", works=True)
    assert "ngày nghỉ" not in await lan.sends("/camket")


async def test_leave_over_a_saturday_counts_it(place: Place, lan: Talker) -> None:
    await lan.opens("daysoff/leave")
    before = await lan.sends("20/11 - 23/11")
    decides(place, "C1", works=True)
    await lan.opens("daysoff/leave")
    after = await lan.sends("20/11 - 23/11")
    assert "2 ngày làm việc" in before
    assert "3 ngày làm việc" in after


def test_the_digest_counts_the_units_own_working_days(branch: Branch) -> None:
    c1 = branch.unit("C1", members=["P1"])
    branch.pledged_all_week("C1", "P1", W47)
    (thanked,) = digest(branch, c1).to_thank
    assert thanked.working_days == 5
    decides(branch, "C1", works=True)
    (thanked,) = digest(branch, c1).to_thank
    assert (thanked.checkin_days, thanked.working_days) == (5, 6)
    saturday = W47.first + timedelta(days=5)
    branch.pledged("C1", "P1", saturday, "cv1")
    (thanked,) = digest(branch, c1).to_thank
    assert thanked.checkin_days == 6


def test_five_silent_days_may_include_a_saturday(branch: Branch) -> None:
    c1 = branch.unit("C1", members=["P1"])
    branch.pledged("C1", "P1", date(2026, 11, 16), "cv1")  # a Monday; then silent to Sunday
    assert digest(branch, c1).to_ask == ()
    decides(branch, "C1", works=True)
    (asked,) = digest(branch, c1).to_ask
    assert asked.code == "P1"


def test_about_fridays_forgotten_shift_it_is_asked_on_a_saturday_at_work(
    place: Place, lan: Talker
) -> None:
    def shift(session: Session) -> None:
        desk = session.exec(select(Desk.id).where(Desk.code == "Q1")).one()
        session.add(
            Duty(
                desk_id=desk or 0,
                person_id=person_id(session, "P1"),
                starts=local("2026-11-20", "20:00"),
                lapses=local("2026-11-20", "23:00"),
                origin="chat",
            )
        )

    def asked() -> int:
        run = place.database.run_now
        return run(lambda s: end_shifts(s, local(SATURDAY, "08:00"), Policy()))["asked"]

    place.database.run_now(shift)
    assert asked() == 0
    decides(place, "C1", works=True)
    assert asked() == 1
