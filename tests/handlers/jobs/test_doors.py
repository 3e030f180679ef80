"""One person, several doors: what comes unasked comes once, through the one that is open."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from handlers.doors import doors_now
from handlers.jobs.end_shifts import end_shifts
from handlers.jobs.remind_checkin import remind_checkin
from handlers.jobs.remind_pledge import remind_pledge
from handlers.policy import Policy
from storage.database import keys_of
from storage.queries.doors import shut_door
from storage.queries.link import links_of
from storage.tables import Duty, Link, Outbox, Person
from tests.handlers.member.members import link, local, member
from tests.people import Place

EIGHT = local("2026-11-16", "08:00")
OA = Policy(windows={"zalo_oa": timedelta(hours=48)})
Change = Callable[[Session, Link], Any]


@pytest.fixture
def linked(place: Place) -> Place:
    """Lan has linked Telegram, then the Zalo bot, then the Official Account, which she wrote to."""
    for chat, channel in (("lan-t", "telegram"), ("lan-b", "zalo_bot"), ("lan-oa", "zalo_oa")):
        place.database.run_now(lambda s, c=chat, n=channel: link(s, "P1", c, n) and None)
    change(place, "zalo_oa", heard)
    return place


def change(place: Place, channel: str, how: Change) -> None:
    def work(session: Session) -> None:
        how(session, session.exec(select(Link).where(Link.channel == channel)).one())

    place.database.run_now(work)


def heard(_: Session, chat: Link) -> None:
    chat.heard = EIGHT.astimezone(UTC) - timedelta(hours=40)


def preferred(_: Session, chat: Link) -> None:
    chat.preferred = True


def blocked(_: Session, chat: Link) -> None:
    chat.unreachable = True


def off(_: Session, chat: Link) -> None:
    chat.reminders = False


def used_up(session: Session, chat: Link) -> None:
    shut_door(session, chat.channel, EIGHT.astimezone(UTC) + timedelta(days=9))


def window_over(_: Session, chat: Link) -> None:
    chat.heard = EIGHT.astimezone(UTC) - timedelta(hours=48)


def never_wrote(_: Session, chat: Link) -> None:
    chat.heard = None


def lost(_: Session, chat: Link) -> None:
    chat.address = "sealed under a secret nobody has"


def asked(place: Place, at: datetime = EIGHT, policy: Policy = OA) -> list[tuple[str, str]]:
    """Where a tick of the pledge question went: (channel, address)."""
    place.database.run_now(lambda s: remind_pledge(s, at, policy))
    return [(row.channel, address) for row, address in waiting(place)]


def waiting(place: Place) -> list[tuple[Outbox, str]]:
    def work(session: Session) -> list[tuple[Outbox, str]]:
        rows = session.exec(select(Outbox).order_by(col(Outbox.id))).all()
        return [(row, keys_of(session).open(row.address)) for row in rows]

    return place.database.run_now(work)


async def test_the_newest_chat_is_asked_and_no_other(linked: Place) -> None:
    assert asked(linked) == [("zalo_oa", "lan-oa")]


async def test_the_preferred_chat_goes_before_a_newer_one(linked: Place) -> None:
    change(linked, "telegram", preferred)
    assert asked(linked) == [("telegram", "lan-t")]


@pytest.mark.parametrize("why", [blocked, off, used_up, window_over, never_wrote, lost])
async def test_where_that_door_is_shut_the_next_one_is_used(linked: Place, why: Change) -> None:
    change(linked, "zalo_oa", preferred)
    change(linked, "zalo_oa", why)
    assert asked(linked) == [("zalo_bot", "lan-b")]


@pytest.mark.parametrize("why", [blocked, off, used_up, lost])
async def test_where_two_doors_are_shut_the_third_is_used(linked: Place, why: Change) -> None:
    change(linked, "zalo_oa", window_over)
    change(linked, "zalo_bot", why)
    assert asked(linked) == [("telegram", "lan-t")]


async def test_where_none_is_open_it_waits_for_the_one_that_goes_first(linked: Place) -> None:
    change(linked, "telegram", used_up)
    change(linked, "zalo_bot", blocked)
    change(linked, "zalo_oa", window_over)
    assert asked(linked) == [("zalo_oa", "lan-oa")]


async def test_who_switched_every_chat_off_is_asked_nowhere(linked: Place) -> None:
    for channel in ("telegram", "zalo_bot", "zalo_oa"):
        change(linked, channel, off)
    assert asked(linked) == []


async def test_a_messenger_without_a_window_may_begin(linked: Place) -> None:
    change(linked, "zalo_oa", window_over)
    assert asked(linked, policy=Policy()) == [("zalo_oa", "lan-oa")]


async def test_the_morning_question_is_worth_nothing_after_its_day(linked: Place) -> None:
    asked(linked)
    ((row, _),) = waiting(linked)
    assert row.until == local("2026-11-17", "00:00").astimezone(UTC)


async def test_the_evening_question_is_worth_nothing_after_noon(place: Place) -> None:
    lan = member(place, "lan", "P1")
    await lan.opens("pledge/261116/cv1/1")
    place.database.run_now(lambda s: remind_checkin(s, local("2026-11-16", "16:30"), OA))
    ((row, _),) = waiting(place)
    assert row.until == local("2026-11-17", "12:00").astimezone(UTC)


async def test_a_shift_that_nobody_ended_is_asked_about_in_one_chat_for_four_days(
    linked: Place,
) -> None:
    def begun(session: Session) -> None:
        lan = session.exec(select(Person).where(Person.code == "P1")).one()
        at = local("2026-11-16", "08:00").astimezone(UTC)
        end = at + timedelta(hours=2)
        session.add(
            Duty(desk_id=1, person_id=lan.id or 0, starts=at, origin="chat", lapses=end, ends=None)
        )

    linked.database.run_now(begun)
    now = local("2026-11-16", "10:05")
    assert linked.database.run_now(lambda s: end_shifts(s, now, OA))["asked"] == 1
    ((row, address),) = waiting(linked)
    assert address == "lan-oa"
    assert row.until == now.astimezone(UTC) + timedelta(days=4)


async def test_what_must_be_heard_comes_even_to_who_switched_all_off(linked: Place) -> None:
    for channel in ("telegram", "zalo_bot", "zalo_oa"):
        change(linked, channel, off)

    def told(session: Session) -> tuple[str | None, str | None]:
        lan = session.exec(select(Person).where(Person.code == "P1")).one()
        doors, links = doors_now(session, EIGHT, OA), links_of(session, lan.id or 0)
        said, reminded = doors.told_in(links), doors.of(links)
        return said and said.channel, reminded and reminded.channel

    assert linked.database.run_now(told) == ("zalo_oa", None)
    change(linked, "zalo_oa", window_over)
    assert linked.database.run_now(told) == ("zalo_bot", None)
    change(linked, "zalo_bot", blocked)
    change(linked, "telegram", used_up)
    assert linked.database.run_now(told) == ("zalo_oa", None)
