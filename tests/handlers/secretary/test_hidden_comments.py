"""Insults are hidden with a logged reason and can be brought back; the rating stays."""

from collections.abc import Callable

import pytest
from sqlmodel import Session, select

from storage.queries.audit import entries
from storage.queries.rating import withdraw
from storage.tables import Answer, Rating
from tests.conftest import Clock
from tests.handlers.digest.branch import MONDAY, W47, Branch
from tests.officials import joined, unit_id
from tests.people import Place, Talker

INSULT = "Đồ ngu, gọi 0905123456"


@pytest.fixture
def branch(staffed: Place, clock: Clock) -> Branch:
    return Branch(staffed.database, clock)


@pytest.fixture
async def sau(staffed: Place, branch: Branch) -> Talker:
    branch.rated("C1", W47.first, 5, 4, 3, 2, 1, comments=["Cháu Lan tận tình", INSULT])
    talker = await joined(staffed, "sau", "C1", "secretary", "S1")
    branch.at(MONDAY, 9)
    return talker


def action(place: Place, path: str) -> str:
    unit = place.database.run_now(lambda s: unit_id(s, "C1"))
    return path.format(unit=unit)


async def hiding(place: Place, sau: Talker) -> str:
    """Begin to hide the insult; the action that names it."""
    shown = await sau.opens(action(place, "comments/{unit}/2026-W47/0"))
    number = shown.split(f" “{INSULT}”")[0].rstrip(" .–")[-1]
    await sau.taps(f"Ẩn {number}")
    return sau.field().action


async def test_a_reason_of_ones_own_is_kept_and_stands_in_the_log(
    staffed: Place, sau: Talker, logged: Callable[[], str]
) -> None:
    await hiding(staffed, sau)
    after = await sau.sends("Lăng mạ, kèm số 0905 123 456")
    assert after.startswith("Đã ẩn góp ý.")
    assert INSULT not in after
    (entry,) = staffed.database.run_now(lambda s: list(entries(s, action="comment.hide")))
    assert entry.details == {"week": "2026-W47", "reason": "Lăng mạ, kèm số •••"}
    assert "Lăng mạ" not in logged()
    stored = staffed.database.run_now(lambda s: s.exec(select(Answer.hidden)).one())
    assert stored.startswith("own:")
    assert "Lăng" not in stored
    counted = staffed.database.run_now(
        lambda s: s.exec(select(Rating).where(Rating.status == "active")).all()
    )
    assert len(counted) == 5


async def test_a_given_reason_is_logged_by_its_word_without_text_or_rating(
    staffed: Place, sau: Talker
) -> None:
    await hiding(staffed, sau)
    await sau.taps("Xúc phạm người khác")
    (entry,) = staffed.database.run_now(lambda s: list(entries(s, action="comment.hide")))
    assert entry.details == {"week": "2026-W47", "reason": "insult"}
    assert entry.unit_id == staffed.database.run_now(lambda s: unit_id(s, "C1"))


@pytest.mark.parametrize("typed", ["", "   ", "dài " * 21])
async def test_an_empty_or_long_reason_is_asked_again_and_nothing_typed_is_lost(
    staffed: Place, sau: Talker, typed: str
) -> None:
    asked = await hiding(staffed, sau)
    await sau.does(action=asked, text=typed)
    assert "Vui lòng viết lý do, tối đa 80 ký tự." in sau.text()
    assert sau.field().value == typed.strip()
    assert staffed.database.run_now(lambda s: s.exec(select(Answer)).all()) == []


async def test_it_is_listed_with_its_reason_and_brought_back(staffed: Place, sau: Talker) -> None:
    await hiding(staffed, sau)
    await sau.sends("Lăng mạ cán bộ")
    listed = await sau.taps("Góp ý đã ẩn (1)")
    assert f" “{INSULT}” – lý do ẩn: Lăng mạ cán bộ" in listed
    back = await sau.taps("Hiện lại 1")
    assert back.startswith("Đã hiện lại góp ý.")
    assert "Tuần 47 không có góp ý nào bị ẩn." in back
    assert INSULT in await sau.taps(sau.buttons()[-2])
    assert "Góp ý đã ẩn (1)" not in sau.buttons()
    log = staffed.database.run_now(lambda s: list(entries(s)))
    assert [e.action for e in log if e.action.startswith("comment")] == [
        "comment.hide",
        "comment.show",
    ]


async def test_where_all_are_hidden_the_digest_still_leads_to_them(
    staffed: Place, sau: Talker
) -> None:
    for _ in range(2):
        await sau.opens(action(staffed, "comments/{unit}/2026-W47/0"))
        await sau.taps(next(label for label in sau.buttons() if label.startswith("Ẩn ")))
        await sau.taps("Không liên quan việc phục vụ")
    assert "Góp ý đã ẩn (2)" in sau.buttons()
    await sau.sends("/bantin")
    assert "Xem góp ý" not in str(sau.buttons())
    await sau.taps("Xem thêm…")
    assert "lý do ẩn: Không liên quan việc phục vụ" in await sau.taps("Góp ý đã ẩn (2)")


async def test_hidden_comments_are_for_the_units_own_secretary(staffed: Place, sau: Talker) -> None:
    asked = await hiding(staffed, sau)
    tag = asked.rsplit("/", 1)[1]
    await sau.sends("Lăng mạ")
    bay = await joined(staffed, "bay", "C2", "secretary", "S2")
    for path in ("hidden/{unit}/2026-W47/0", f"hidden/{{unit}}/2026-W47/{tag}/show"):
        assert (await bay.does(action=action(staffed, path))).refused
    for forged in ("abcdefghij", "0"):
        path = action(staffed, f"hidden/{{unit}}/2026-W47/{forged}/show")
        assert (await sau.does(action=path)).refused
    assert (await sau.does(action=action(staffed, "hidden/{unit}/2026-W48/0"))).refused


async def test_a_second_tap_hides_and_shows_nothing_twice(staffed: Place, sau: Talker) -> None:
    asked = await hiding(staffed, sau)
    tag = asked.rsplit("/", 1)[1]
    because = action(staffed, f"hide/{{unit}}/2026-W47/{tag}/insult")
    await sau.opens(because)
    assert (await sau.does(action=because)).refused
    again = action(staffed, f"hidden/{{unit}}/2026-W47/{tag}/show")
    await sau.opens(again)
    assert (await sau.does(action=again)).refused
    log = staffed.database.run_now(lambda s: list(entries(s)))
    assert len([e for e in log if e.action.startswith("comment")]) == 2


async def test_withdrawing_the_rating_takes_the_hidden_comment_with_it(
    staffed: Place, sau: Talker
) -> None:
    await hiding(staffed, sau)
    await sau.sends("Lăng mạ")

    def withdraw_all(session: Session) -> None:
        for rating in session.exec(select(Rating)).all():
            withdraw(session, rating)

    staffed.database.run_now(withdraw_all)
    assert staffed.database.run_now(lambda s: s.exec(select(Answer)).all()) == []
