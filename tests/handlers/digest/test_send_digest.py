"""A digest goes out once per secretary and week, whatever happens."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from sqlmodel import Session, col, select

from bot.delivery.attempt import Outcome, Result
from bot.delivery.written import drop, write_down
from handlers.digest.sections import ORDER
from handlers.jobs import send_digest
from handlers.jobs.forget import forget
from handlers.jobs.send_digest import send_digests
from handlers.messages import Text, reply
from handlers.proactive import send
from handlers.weeks import Week, read_week
from storage.database import Database, keys_of
from storage.queries.link import mark_reachable, mark_unreachable, unlink
from storage.queries.moving import hold
from storage.queries.outbox import confirm_sent, waiting_for
from storage.queries.traffic import chat_name
from storage.tables import DigestPreference, Link, Outbox
from tests.handlers.digest.branch import MONDAY, W47, Branch

FRIDAY = date(2026, 11, 20)


@pytest.fixture
def c1(branch: Branch) -> int:
    """C1 with three members and the secretaries S1 and S2, who came on Friday, a chat each."""
    unit = branch.unit("C1", "Chi đoàn Sở Nội vụ", ["P1", "P2", "P3"])
    branch.link("P1", "chat-P1")
    for code in ("S1", "S2"):
        branch.stands(code, "C1", "secretary")
        branch.link(code, f"chat-{code}", since=FRIDAY)
    branch.rated("C1", W47.first, 5, 5, 4, 4, 3, 2)
    branch.pledged_all_week("C1", "P1", W47)
    return unit


def tick(branch: Branch, day: date = MONDAY, hour: int = 8, minute: int = 0) -> dict[str, int]:
    now = branch.at(day, hour, minute)
    return branch.database.run_now(partial(send_digests, now=now, policy=branch.policy))


def wants(branch: Branch, person: int, unit: int, at: str | None, *, stopped: bool = False) -> None:
    branch.database.run_now(
        lambda s: (
            s.merge(DigestPreference(person_id=person, unit_id=unit, at=at, stopped=stopped))
            and None
        )
    )


def test_each_secretary_gets_one_at_eight_on_monday_and_members_none(
    branch: Branch, c1: int
) -> None:
    assert tick(branch, MONDAY, 7, 59)["sent"] == 0
    assert tick(branch)["sent"] == 2
    heading = "47 – Chi đoàn Sở Nội vụ"
    assert branch.digests() == [("chat-S1", heading), ("chat-S2", heading)]
    assert tick(branch, MONDAY, 8, 1)["sent"] == 0
    assert tick(branch, MONDAY + timedelta(days=6), 23)["sent"] == 0
    assert len(branch.waiting()) == 2


def test_a_week_later_the_next_one_comes(branch: Branch, c1: int) -> None:
    tick(branch)
    assert tick(branch, MONDAY + timedelta(days=7))["sent"] == 2
    assert [heading[:2] for _, heading in branch.digests()] == ["47", "47", "48", "48"]


async def test_two_programs_that_tick_at_once_send_one(
    branch: Branch, c1: int, database_url: str
) -> None:
    other = Database(database_url, branch.database.keys)
    now = branch.at(MONDAY, 8)
    counts = await asyncio.gather(
        *(
            each.run(partial(send_digests, now=now, policy=branch.policy))
            for _ in range(4)
            for each in (branch.database, other)
        )
    )
    other.close()
    assert sum(each["sent"] for each in counts) == 2
    assert len(branch.digests()) == 2


def test_a_tick_that_is_undone_at_the_end_is_made_up_by_the_next(branch: Branch, c1: int) -> None:
    now = branch.at(MONDAY, 8)

    def killed(session: object) -> None:
        send_digests(session, now, branch.policy)  # type: ignore[arg-type]
        raise SystemError("kill -9")

    with pytest.raises(SystemError):
        branch.database.run_now(killed)
    assert branch.waiting() == []
    assert tick(branch)["sent"] == 2


def test_after_weeks_of_downtime_only_the_newest_comes_and_says_so(branch: Branch, c1: int) -> None:
    tick(branch)
    late = MONDAY + timedelta(days=22)  # a Tuesday; the weeks 48, 49 and 50 have ended
    assert tick(branch, late, 10)["sent"] == 2
    assert [heading[:2] for _, heading in branch.digests()] == ["47", "47", "50", "50"]
    assert "Chưa gửi được bản tin từ tuần 48 đến tuần 49" in branch.waiting()[-1][2]
    assert "Chưa gửi được" not in branch.waiting()[0][2]


def test_a_clock_that_was_set_back_sends_nothing_twice_and_nothing_old(
    branch: Branch, c1: int
) -> None:
    for days in (-28, -21, -14, -7, 0):
        tick(branch, MONDAY + timedelta(days=days))
    for days in (-1, -7, -21, 0):
        assert tick(branch, MONDAY + timedelta(days=days), 9)["sent"] == 0
    assert tick(branch, MONDAY + timedelta(days=7), 9)["sent"] == 2


def test_weeks_go_out_in_their_turn_after_the_clock_was_ahead_for_a_moment(
    branch: Branch, c1: int
) -> None:
    tick(branch)
    assert tick(branch, date(2027, 1, 11))["sent"] == 2
    assert tick(branch, MONDAY, 9)["sent"] == 0
    for number in (1, 2, 3):
        monday = MONDAY + timedelta(weeks=number)
        assert tick(branch, monday)["sent"] == 2
        assert tick(branch, monday, 9)["sent"] == 0
    assert tick(branch, date(2027, 1, 11), 9)["sent"] == 0


def test_an_older_week_does_not_follow_a_newer_one_when_the_time_is_moved(
    branch: Branch, c1: int
) -> None:
    person = branch.stands("S3", "C1", "secretary")
    branch.link("S3", "chat-S3", since=FRIDAY)
    tick(branch)
    wants(branch, person, c1, "wed 19:30")
    assert tick(branch, MONDAY, 9)["sent"] == 0


@pytest.mark.one_database
def test_every_week_of_a_year_with_53_comes_exactly_once(branch: Branch, c1: int) -> None:
    branch.stands("S0", "C1", "secretary")
    branch.link("S0", "chat-S0", since=date(2025, 12, 1))
    first = Week(2026, 1).after().first
    for number in range(60):
        for day, hour in ((0, 8), (0, 9), (3, 12)):
            tick(branch, first + timedelta(weeks=number, days=day), hour)
        now = branch.clock()
        branch.database.run_now(lambda s, now=now: forget(s, now, branch.policy))
    to_s0 = [heading for address, heading in branch.digests() if address == "chat-S0"]
    weeks = [int(heading.split(" ")[0]) for heading in to_s0]
    assert weeks == [*range(1, 54), *range(1, 8)]


def test_a_secretary_of_three_units_gets_three(branch: Branch, c1: int) -> None:
    for code in ("C2", "C3"):
        branch.unit(code, members=["P9"])
        branch.rated(code, W47.first, 5)
        branch.stands("S1", code, "secretary")
    assert tick(branch)["sent"] == 4
    assert [heading for address, heading in branch.digests() if address == "chat-S1"] == [
        "47 – Chi đoàn Sở Nội vụ",
        "47 – Chi đoàn C2",
        "47 – Chi đoàn C3",
    ]


def test_a_dead_chat_stops_nobody_and_another_one_that_is_on_stands_in(
    branch: Branch, c1: int
) -> None:
    for code, more in (("S3", ()), ("S4", ("old-S4",)), ("S5", ())):
        branch.stands(code, "C1", "secretary")
        for chat in more:
            branch.link(code, chat)
        branch.link(code, f"dead-{code}", unreachable=True)
    branch.link("S5", "off-S5", reminders=False)
    assert tick(branch)["sent"] == 3
    assert {address for address, _ in branch.digests()} == {"chat-S1", "chat-S2", "old-S4"}


def dies(branch: Branch, chat: str, gone: Callable[[Session, str, str], None]) -> None:
    """Delivery finds a chat gone before what waits for it arrived."""
    name = chat_name(branch.database.keys, "telegram", chat)
    now, windows = branch.clock(), branch.policy.windows
    branch.database.run_now(lambda s: drop(s, "telegram", name, gone, now, windows))


def test_a_digest_whose_chat_turns_out_dead_goes_to_the_next_chat_once(
    branch: Branch, c1: int
) -> None:
    branch.link("S1", "newer-S1")
    tick(branch)
    dies(branch, "newer-S1", mark_unreachable)
    assert [address for address, _ in branch.digests()] == ["chat-S1", "chat-S2"]
    assert tick(branch, MONDAY, 8, 1)["sent"] == 0


def test_a_digest_without_a_living_chat_waits_for_the_person_to_come_back(
    branch: Branch, c1: int
) -> None:
    tick(branch)
    dies(branch, "chat-S1", mark_unreachable)
    assert tick(branch, MONDAY, 9)["sent"] == 0

    def comes_back(session: Session) -> None:
        link = session.exec(select(Link).where(col(Link.unreachable))).one()
        mark_reachable(session, link.id or 0)

    branch.database.run_now(comes_back)
    assert tick(branch, MONDAY + timedelta(days=3))["sent"] == 1
    assert tick(branch, MONDAY + timedelta(days=4))["sent"] == 0


def test_a_digest_that_had_arrived_is_not_sent_again_when_the_chat_dies(
    branch: Branch, c1: int
) -> None:
    branch.link("S1", "newer-S1")
    tick(branch)
    rows = branch.database.run_now(lambda s: list(s.exec(select(Outbox.id)).all()))
    branch.database.run_now(lambda s: confirm_sent(s, [each or 0 for each in rows]))
    dies(branch, "newer-S1", mark_unreachable)
    assert tick(branch, MONDAY, 9)["sent"] == 0


def test_a_digest_that_arrived_in_part_before_the_chat_died_goes_to_the_other_in_full(
    branch: Branch, c1: int
) -> None:
    branch.link("S1", "newer-S1")
    tick(branch)
    name = chat_name(branch.database.keys, "telegram", "newer-S1")

    def half(session: Session) -> None:
        (row,) = waiting_for(session, "telegram", [name])
        rest = reply(Text(text="second half"))
        outcome = Outcome(row, Result.AGAIN, rest)
        now = branch.clock()
        write_down(session, "telegram", [outcome], mark_unreachable, now, branch.policy.windows)

    branch.database.run_now(half)
    dies(branch, "newer-S1", mark_unreachable)
    assert tick(branch, MONDAY, 9)["sent"] == 0
    assert [address for address, _ in branch.digests()] == ["chat-S1", "chat-S2"]


def test_a_digest_that_waits_for_a_chat_that_is_unlinked_goes_to_the_other(
    branch: Branch, c1: int
) -> None:
    branch.link("S1", "newer-S1")
    tick(branch)

    def leaves(session: Session) -> None:
        name = chat_name(branch.database.keys, "telegram", "newer-S1")
        unlink(session, session.exec(select(Link).where(Link.chat == name)).one())

    branch.database.run_now(leaves)
    assert tick(branch, MONDAY, 9)["sent"] == 1
    assert [address for address, _ in branch.digests()] == ["chat-S2", "chat-S1"]


def test_a_chat_that_could_not_be_marked_as_gone_is_not_sent_the_same_again_and_again(
    branch: Branch, c1: int
) -> None:
    def fails(*_: object) -> None:
        raise KeyError("a bug")

    tick(branch)
    dies(branch, "chat-S1", fails)
    assert tick(branch, MONDAY, 9)["sent"] == 0


def test_of_several_chats_the_preferred_one_gets_the_only_copy(branch: Branch, c1: int) -> None:
    branch.link("S1", "preferred-S1", "zalo_bot", preferred=True)
    branch.link("S1", "newer-S1", "web")
    tick(branch)
    assert [address for address, _ in branch.digests()] == ["preferred-S1", "chat-S2"]


WINDOW = {"zalo_oa": timedelta(hours=48)}


def test_where_the_window_of_a_chat_is_over_the_next_one_gets_it(branch: Branch, c1: int) -> None:
    branch.policy = replace(branch.policy, windows=WINDOW)
    branch.link("S1", "oa-S1", "zalo_oa", preferred=True)
    tick(branch)
    assert [address for address, _ in branch.digests()] == ["chat-S1", "chat-S2"]


def held(branch: Branch) -> list[tuple[str, str]]:
    """What delivery holds: (address, what it is about)."""

    def work(session: Session) -> list[tuple[str, str]]:
        keys = keys_of(session)
        rows = session.exec(select(Outbox).where(Outbox.held).order_by(col(Outbox.id))).all()
        return [(keys.open(row.address), keys.open(row.content)) for row in rows]

    return branch.database.run_now(work)


def held_by_delivery(branch: Branch, channel: str) -> None:
    """Delivery finds that nothing may be sent there before its people write."""

    def work(session: Session) -> None:
        for row in session.exec(select(Outbox).where(Outbox.channel == channel)).all():
            hold(session, channel, row.chat, branch.clock())

    branch.database.run_now(work)


def test_a_newer_digest_takes_the_place_of_an_older_one_that_is_held_and_of_nothing_else(
    branch: Branch, c1: int
) -> None:
    branch.policy = replace(branch.policy, windows=WINDOW)
    for code in ("S3", "S4"):
        branch.stands(code, "C1", "secretary")
        branch.link(code, f"oa-{code}", "zalo_oa")
    branch.unit("C2", members=["P9"])
    branch.stands("S3", "C2", "secretary")
    branch.rated("C2", W47.first, 5)

    def greeted(session: Session) -> None:
        link = session.exec(select(Link).where(Link.channel == "zalo_oa")).first()
        assert link is not None
        send(session, link, [reply(Text(text="A card of thanks"))])

    branch.database.run_now(greeted)
    tick(branch)
    held_by_delivery(branch, "zalo_oa")
    assert len(held(branch)) == 4
    branch.rated("C1", W47.after().first, 5, 5, 5, 5, 5)
    assert tick(branch, MONDAY + timedelta(days=7))["sent"] == 5
    assert [address for address, _ in held(branch)] == ["oa-S3"]
    assert "A card of thanks" in held(branch)[0][1]
    to_s3 = [heading[:2] for address, heading in branch.digests() if address == "oa-S3"]
    assert to_s3 == ["48", "48"]
    to_s1 = [heading[:2] for address, heading in branch.digests() if address == "chat-S1"]
    assert to_s1 == ["47", "48"]
    assert tick(branch, MONDAY + timedelta(days=7), 9)["sent"] == 0


def test_of_several_chats_the_newest_with_reminders_gets_the_only_copy(
    branch: Branch, c1: int
) -> None:
    branch.link("S1", "newer-S1", "zalo")
    branch.link("S1", "quiet-S1", "web", reminders=False)
    tick(branch)
    assert [address for address, _ in branch.digests()] == ["newer-S1", "chat-S2"]


def test_who_wants_no_reminders_anywhere_gets_none(branch: Branch, c1: int) -> None:
    branch.stands("S3", "C1", "secretary")
    branch.link("S3", "chat-S3", reminders=False)
    assert tick(branch)["sent"] == 2


def test_each_secretary_may_have_it_at_a_time_of_their_own(branch: Branch, c1: int) -> None:
    person = branch.stands("S3", "C1", "secretary")
    branch.link("S3", "chat-S3", since=FRIDAY)
    wants(branch, person, c1, "wed 19:30")
    assert tick(branch)["sent"] == 2
    wednesday = MONDAY + timedelta(days=2)
    assert tick(branch, wednesday, 19, 29)["sent"] == 0
    assert tick(branch, wednesday, 19, 30)["sent"] == 1
    wants(branch, person, c1, "mon 08:00")
    assert tick(branch, wednesday, 20)["sent"] == 0
    assert tick(branch, MONDAY + timedelta(days=7))["sent"] == 3


def test_who_stopped_it_gets_none(branch: Branch, c1: int) -> None:
    person = branch.stands("S3", "C1", "secretary")
    branch.link("S3", "chat-S3")
    wants(branch, person, c1, None, stopped=True)
    assert tick(branch)["sent"] == 2


def test_who_joins_on_tuesday_still_gets_last_week_unless_nothing_happened_in_it(
    branch: Branch, c1: int
) -> None:
    tick(branch)
    tuesday = MONDAY + timedelta(days=1)
    branch.unit("C2", members=["P9"])
    for unit in ("C1", "C2"):
        branch.stands("S3", unit, "secretary")
    branch.link("S3", "chat-S3", since=tuesday)
    assert tick(branch, tuesday, 10)["sent"] == 1
    assert branch.digests()[-1] == ("chat-S3", "47 – Chi đoàn Sở Nội vụ")
    assert tick(branch, MONDAY + timedelta(days=7))["sent"] == 4


def test_a_week_without_anything_is_one_line(branch: Branch, c1: int) -> None:
    branch.unit("C2", members=["P9"])
    branch.stands("S1", "C2", "secretary")
    tick(branch)
    content = next(content for _, _, content in branch.waiting() if "Chi đoàn C2" in content)
    assert "16/11–22/11/2026: tuần này không có gì mới." in content
    assert "digest_chart" not in content


def test_a_unit_whose_digest_fails_stops_no_other_and_is_named_in_the_log(
    branch: Branch, c1: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    broken = branch.unit("B0")
    branch.stands("S1", "B0", "secretary")
    really = send_digest.build

    def build(session: object, unit: int, *rest: object) -> object:
        if unit == broken:
            raise ZeroDivisionError("Nguyễn Văn P1 said something")
        return really(session, unit, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(send_digest, "build", build)
    assert tick(branch) == {"sent": 2, "failed": 1}
    monkeypatch.undo()
    printed = capfd.readouterr()
    logged = printed.out + printed.err
    assert "B0" in logged
    assert "ZeroDivisionError" in logged
    assert "Nguyễn Văn" not in logged
    assert tick(branch, MONDAY, 9) == {"sent": 1, "failed": 0}


def test_a_section_that_fails_is_named_in_the_log_and_the_rest_goes_out(
    branch: Branch, c1: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object) -> list[object]:
        raise LookupError("what P1 wrote")

    order = tuple((name, fails if name == "pledges" else section) for name, section in ORDER)
    monkeypatch.setattr("handlers.digest.text.ORDER", order)
    assert tick(branch)["sent"] == 2
    content = branch.waiting()[0][2]
    assert "Người dân hài lòng: 67% (4/6 lượt đánh giá)" in content
    assert "Trách nhiệm với công việc: 5" not in content
    printed = capfd.readouterr()
    logged = printed.out + printed.err
    assert "section=pledges" in logged.replace('"section": "pledges"', "section=pledges")
    assert "what P1 wrote" not in logged


def test_a_late_entry_after_sending_is_told_by_the_next_digest(branch: Branch, c1: int) -> None:
    tick(branch)
    branch.pledged("C1", "P2", W47.last, "nd1", status="partly")
    branch.rated("C1", W47.last, 1, 1, 1, 1, 1)
    tick(branch, MONDAY + timedelta(days=7))
    told = "Tuần 47 đã điều chỉnh: lượt đánh giá 6 → 11, hài lòng 67% → 36%, cam kết 5 → 6"
    assert told in branch.waiting()[-1][2]
    tick(branch, MONDAY + timedelta(days=14))
    assert "điều chỉnh" not in branch.waiting()[-1][2]


def test_fewer_than_k_that_came_later_do_not_tell_their_level(branch: Branch, c1: int) -> None:
    tick(branch)
    branch.rated("C1", W47.last, 1)
    tick(branch, MONDAY + timedelta(days=7))
    content = branch.waiting()[-1][2]
    assert "Tuần 47 đã điều chỉnh: lượt đánh giá 6 → 7" in content
    assert "67%" not in content
    assert "57%" not in content


def test_the_whole_message_fits_and_is_short(branch: Branch, c1: int) -> None:
    import json

    branch.rated(
        "C1",
        W47.first,
        *[3] * 9,
        reasons="low/nd2;low/cv4",
        comments=["Chờ lâu quá mà không ai nói gì. " * 20, "Cảm ơn cháu Lan nhiều!"],
    )
    for ago in (1, 2, 3, 4):
        branch.rated("C1", W47.before(ago).first, *[5] * 12, reasons="high/nd1")
        branch.pledged_all_week("C1", "P2", W47.before(ago))
    tick(branch)
    reply = json.loads(branch.waiting()[0][2])["reply"]
    text = "\n\n".join(part["text"] for part in reply["parts"] if "text" in part)
    assert len(text) < 1800
    assert sum(part["kind"] == "picture" for part in reply["parts"]) == 1
    buttons = [c["label"] for p in reply["parts"] if p["kind"] == "choices" for c in p["choices"]]
    assert buttons == [
        "Cảm ơn Nguyễn Văn P1",
        "Hỏi thăm Nguyễn Văn P2",
        "Xem góp ý (2)",
        "Xem thêm…",
    ]


def test_weeks_are_read_and_refused() -> None:
    assert str(read_week("2026w53")) == "2026-W53"
    for wrong in ("2025-W53", "2026-W00", "2026-W54", "47", ""):
        with pytest.raises(ValueError):
            read_week(wrong)
