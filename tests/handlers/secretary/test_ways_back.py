"""Whatever a secretary opens from a digest leads back to that week's digest."""

import pytest

from handlers.catalogue import ensure_catalogue
from tests.handlers.digest.branch import MONDAY, W47, Branch
from tests.officials import joined, unit_id
from tests.people import Place, Talker

TITLE = "BẢN TIN TUẦN 47"


@pytest.fixture
def branch(staffed: Place) -> Branch:
    branch = Branch(staffed.database, staffed.clock, staffed.policy)  # type: ignore[arg-type]
    staffed.database.run_now(ensure_catalogue)
    branch.pledged_all_week("C1", "P1", W47)
    branch.pledged_all_week("C1", "P2", W47.before())
    branch.rated("C1", W47.first, 5, 5, 4, 4, 2, comments=["Cháu Lan tận tình"])
    return branch


async def reading(place: Place, branch: Branch) -> Talker:
    branch.at(MONDAY.replace(day=30), 9)  # a week later, so that the way back must name the week
    sau = await joined(place, "chat-S1", "C1", "secretary", "S1")
    unit = place.database.run_now(lambda s: unit_id(s, "C1"))
    await sau.opens(f"digest/{unit}/2026-W47")
    return sau


async def test_after_thanks_and_a_kind_question(staffed: Place, branch: Branch) -> None:
    await joined(staffed, "chat-P1", "C1", "member", "P1")
    sau = await reading(staffed, branch)
    assert await sau.taps("Cảm ơn Nguyễn Thị Lan") == "Đã gửi tới Nguyễn Thị Lan."
    assert (await sau.taps("Về bản tin")).startswith(TITLE)
    await sau.taps("Hỏi thăm Trần Văn Minh")
    await sau.taps("Gửi lời này")  # who has no chat: said so, and back
    assert (await sau.taps("Về bản tin")).startswith(TITLE)


@pytest.mark.parametrize("label", ["Nội dung gửi nhóm", "Tải bảng tính"])
async def test_after_what_is_taken_from_it(staffed: Place, branch: Branch, label: str) -> None:
    sau = await reading(staffed, branch)
    await sau.taps("Xem thêm…")
    await sau.taps(label)
    assert (await sau.taps("Về bản tin")).startswith(TITLE)


async def test_from_the_comments_the_answered_and_the_hidden(
    staffed: Place, branch: Branch
) -> None:
    sau = await reading(staffed, branch)
    await sau.taps("Xem góp ý (1)")
    comments = list(sau.seen)
    assert (await sau.taps("Về bản tin")).startswith(TITLE)
    await sau.presses("Trả lời 1", on=comments)
    await sau.sends("Xin cảm ơn!")
    assert (await sau.taps("Về bản tin")).startswith(TITLE)
    await sau.presses("Ẩn 1", on=comments)
    await sau.taps("Xúc phạm người khác")
    assert (await sau.taps("Về bản tin")).startswith(TITLE)
