"""A member sees own ratings only as totals of k or more, however often they look."""

import asyncio
import itertools
import json
import random
from collections import Counter
from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from storage.database import Database
from storage.tables import OwnScore, Rating
from tests.conftest import Clock
from tests.handlers.digest.branch import W47, Branch
from tests.officials import furnish_officials, inbox, joined
from tests.people import Place, Talker

K = 5


@pytest.fixture
def staffed(place: Place) -> Place:
    place.database.run_now(lambda session: furnish_officials(session, place.clock()))
    return place


@pytest.fixture
def branch(staffed: Place) -> Branch:
    return Branch(staffed.database, staffed.clock, staffed.policy)  # type: ignore[arg-type]


async def lan(place: Place) -> Talker:
    return await joined(place, "chat-P1", "C1", "member", "P1")


async def test_below_k_it_says_so_kindly_and_tells_no_count(staffed: Place, branch: Branch) -> None:
    branch.rated("C1", W47.first, 5, 1, 1, 1, by="P1")
    branch.rated("C1", W47.first, *[4] * 9, by="P2")
    branch.at(W47.after().first, 9)
    said = await (await lan(staffed)).sends("/diemcuatoi")
    assert "chưa đủ 5 lượt đánh giá về bạn nên chưa hiển thị" in said
    assert "4" not in said


async def test_it_leads_back_to_the_menu_with_figures_and_without(
    staffed: Place, branch: Branch
) -> None:
    branch.at(W47.after().first, 9)
    talker = await lan(staffed)
    await talker.sends("/diemcuatoi")
    assert talker.buttons() == ["Hôm đó không phải ca của tôi", "Về trang chính"]
    branch.rated("C1", W47.first, *[5] * 9, by="P1")
    assert "quầy của đơn vị khác" not in await talker.sends("/diemcuatoi")
    assert "Đoàn viên · Chi đoàn Sở Nội vụ" in await talker.taps("Về trang chính")


async def test_a_running_week_is_not_counted(staffed: Place, branch: Branch) -> None:
    branch.at(W47.last, 20)
    branch.rated("C1", W47.first, *[5] * 9, by="P1")
    talker = await lan(staffed)
    assert "chưa hiển thị" in await talker.sends("/diemcuatoi")
    branch.at(W47.after().first, 0, 1)
    assert "Điểm của bạn, 16/11–22/11/2026" in await talker.sends("/diemcuatoi")


async def test_levels_and_reasons_stand_beside_the_period_before(
    staffed: Place, branch: Branch
) -> None:
    talker = await lan(staffed)
    branch.rated("C1", W47.first, 5, 5, 4, 2, 2, by="P1", reasons="high/nd1")
    branch.at(W47.after().first, 9)
    await talker.sends("/diemcuatoi")
    branch.rated("C1", W47.after().first, 5, 5, 5, 5, by="P1", reasons="high/cm3")
    branch.rated("C1", W47.after().last, 3, by="P1", reasons="low/nd2")
    branch.at(W47.after().after().first, 9)
    assert await talker.sends("/diemcuatoi") == (
        "Điểm của bạn, 23/11–29/11/2026\n"
        "Người dân hài lòng: 80% (4/5 lượt đánh giá)\n"
        "Rất hài lòng 4 · Hài lòng 0 · Bình thường 1 · Không hài lòng 0 · Rất không hài lòng 0\n"
        "Được khen: Đúng hẹn (4)\n"
        "Cần tốt hơn: Chưa lắng nghe (1)\n"
        "Kỳ trước (16/11–22/11/2026): 60% (3/5 lượt đánh giá)\n"
        "Chỉ tính các tuần đã kết thúc và từ 5 lượt đánh giá trở lên; số liệu chỉ đổi khi có thêm ít "
        "nhất 5 lượt mới. Bí thư cũng chỉ xem được số tổng hợp, đồng nghiệp thì không."
    )


async def test_what_changes_in_a_period_that_was_shown_stays_unseen(
    staffed: Place, branch: Branch
) -> None:
    """A rating changed, withdrawn or attributed later would otherwise stand out alone."""
    talker = await lan(staffed)
    branch.rated("C1", W47.first, 5, 5, 5, 5, 5, 5, by="P1")
    branch.at(W47.after().first, 9)
    shown = await talker.sends("/diemcuatoi")

    def change(session: Session) -> None:
        first, second, *_ = session.exec(select(Rating).where(Rating.level == 5)).all()
        first.level = 1
        second.member_id = None

    await staffed.database.run(change)
    branch.rated("C1", W47.last, 1, 1, 1, 1, 1, 1, by="P1")
    assert await talker.sends("/diemcuatoi") == shown


@pytest.mark.one_database
async def test_two_looks_never_differ_by_fewer_than_k_ratings(
    staffed: Place, branch: Branch
) -> None:
    """Looking every day for forty weeks while ratings trickle in, change and go."""
    chance = random.Random(2026)
    talker = await lan(staffed)
    day, seen = W47.first, list[dict[str, object]]()
    for _ in range(40 * 7):
        for _ in range(chance.choice((0, 0, 0, 1, 1, 2))):
            branch.rated("C1", day, chance.randint(1, 5), by="P1")
        if chance.random() < 0.2:
            await staffed.database.run(lambda s: disturb(s, chance))
        day += timedelta(days=1)
        branch.at(day, 7)
        await talker.sends("/diemcuatoi")
        if (figures := await kept(staffed)) is not None and figures not in seen:
            seen.append(figures)
    assert len(seen) > 8
    for earlier, later in itertools.pairwise(seen):
        assert later["before"] == earlier["now"]
        assert starts(later["now"]) == ends(earlier["now"]) + timedelta(days=1)
    for figures in seen:
        for period in filter(None, figures.values()):
            assert count(period) >= K
            assert ends(period).isoweekday() == 7


def disturb(session: Session, chance: random.Random) -> None:
    rating = chance.choice(session.exec(select(Rating)).all() or [None])  # type: ignore[list-item]
    if rating is not None:
        rating.level = chance.randint(1, 5)


async def kept(place: Place) -> dict[str, object] | None:
    row = await place.database.run(lambda s: s.exec(select(OwnScore)).first())
    return None if row is None else json.loads(row.figures)


def starts(period: object) -> date:
    return date.fromisoformat(period["since"])  # type: ignore[index]


def ends(period: object) -> date:
    return date.fromisoformat(period["until"])  # type: ignore[index]


def count(period: object) -> int:
    return sum(Counter(period["levels"]).values())  # type: ignore[index]


async def test_two_chats_that_look_at_once_see_the_same(
    staffed: Place, branch: Branch, database_url: str, clock: Clock
) -> None:
    branch.rated("C1", W47.first, 5, 5, 5, 5, 1, by="P1")
    first, second = (
        await lan(staffed),
        await joined(staffed, "zalo-P1", "C1", "member", "P1", "zalo"),
    )
    other = Place(Database(database_url, staffed.database.keys), clock, staffed.policy)
    second.place = other
    branch.at(W47.after().first, 9)
    await inbox(first)  # that another chat has joined
    said = await asyncio.gather(first.sends("/diemcuatoi"), second.sends("/diemcuatoi"))
    other.database.close()
    assert said[0] == said[1]
    assert "5 lượt đánh giá" in said[0]


async def test_only_members_have_scores_of_their_own(staffed: Place, branch: Branch) -> None:
    bay = await joined(staffed, "chat-S2", "C2", "secretary", "S2")
    for who in (bay, staffed.person("citizen")):
        assert (await who.does(action="scores")).refused


async def test_ratings_that_are_not_counted_are_told_as_a_number(
    staffed: Place, branch: Branch
) -> None:
    branch.rated("C1", W47.first, *[5] * 5, by="P1")
    branch.rated("C1", W47.first, 1, 1, by="P1", status="flagged")
    branch.rated("C1", W47.first, 1, by="P2", status="flagged")
    branch.at(W47.after().first, 9)
    said = await (await lan(staffed)).sends("/diemcuatoi")
    assert "2 lượt không tính vào điểm" in said
    assert "Rất không hài lòng 0" in said
