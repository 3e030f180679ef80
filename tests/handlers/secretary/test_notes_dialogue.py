"""A secretary reads what the members noted to the days of a closed week, and nobody else's."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from handlers.catalogue import ensure_catalogue
from storage.queries.pledge import keep_note
from storage.tables import DayNote
from tests.handlers.digest.branch import MONDAY, W47, Branch
from tests.officials import joined, person_id, unit_id
from tests.people import Place, Talker

TUESDAY = W47.first + timedelta(days=1)


@pytest.fixture
def branch(staffed: Place) -> Branch:
    branch = Branch(staffed.database, staffed.clock, staffed.policy)  # type: ignore[arg-type]
    staffed.database.run_now(ensure_catalogue)
    branch.pledged_all_week("C1", "P1", W47)
    branch.pledged_all_week("C1", "P2", W47)
    return branch


def note(place: Place, code: str, day: date, text: str) -> None:
    place.database.run_now(lambda s: keep_note(s, person_id(s, code), day, text))


def c1(place: Place) -> int:
    return place.database.run_now(lambda s: unit_id(s, "C1"))


async def secretary(place: Place, branch: Branch, code: str = "S1", unit: str = "C1") -> Talker:
    branch.at(MONDAY, 9)
    return await joined(place, f"chat-{code}", unit, "secretary", code)


async def test_the_notes_of_the_week_are_read_from_the_digest(
    staffed: Place, branch: Branch
) -> None:
    note(staffed, "P2", TUESDAY, "Máy in hỏng cả buổi sáng")
    note(staffed, "P1", W47.first, "Khách rất đông")
    branch.pledged("C1", "P1", W47.before().first, "cv1")
    note(staffed, "P1", W47.before().first, "Chuyện tuần trước")
    sau = await secretary(staffed, branch)
    await sau.sends("/bantin")
    await sau.taps("Xem thêm…")
    said = await sau.taps("Ghi chú của đoàn viên (2)")
    assert said.startswith("Ghi chú của đoàn viên, tuần 47 – Chi đoàn Sở Nội vụ: 2")
    assert "Nguyễn Thị Lan, T2 16/11/2026: Khách rất đông" in said
    assert "Trần Văn Minh, T3 17/11/2026: Máy in hỏng cả buổi sáng" in said
    assert "Chuyện tuần trước" not in said
    assert (await sau.taps("Về bản tin")).startswith("BẢN TIN TUẦN 47")


async def test_without_a_note_there_is_no_button_and_an_old_one_says_so(
    staffed: Place, branch: Branch
) -> None:
    sau = await secretary(staffed, branch)
    await sau.sends("/bantin")
    await sau.taps("Xem thêm…")
    assert not [label for label in sau.buttons() if "Ghi chú" in label]
    await sau.opens(f"notes/{c1(staffed)}/2026-W47/0")
    assert sau.text() == "Tuần 47 không có ghi chú nào của đoàn viên."
    assert sau.buttons() == ["Về bản tin"]


async def test_many_notes_are_turned_page_by_page(staffed: Place, branch: Branch) -> None:
    for offset in range(5):
        day = W47.first + timedelta(days=offset)
        note(staffed, "P1", day, f"Lan ghi {offset}")
        note(staffed, "P2", day, f"Minh ghi {offset}")
    sau = await secretary(staffed, branch)
    await sau.opens(f"notes/{c1(staffed)}/2026-W47/0")
    first = sau.text()
    assert [f"Lan ghi {n}" in first for n in range(5)] == [True] * 5
    assert sau.buttons() == ["Tiếp ›", "Về bản tin"]
    second = await sau.taps("Tiếp ›")
    assert [f"Minh ghi {n}" in second for n in range(5)] == [True] * 5
    assert "Lan ghi" not in second
    assert await sau.taps("‹ Trước") == first
    await sau.opens(f"notes/{c1(staffed)}/2026-W47/99")
    assert sau.text() == second


async def test_what_was_logged_in_another_unit_is_not_read_here(
    staffed: Place, branch: Branch
) -> None:
    branch.stands("P1", "C2", "member")
    saturday = W47.first + timedelta(days=5)
    branch.pledged("C2", "P1", saturday, "cv1")
    note(staffed, "P1", saturday, "Việc của Sở Tư pháp")
    sau = await secretary(staffed, branch)
    await sau.opens(f"notes/{c1(staffed)}/2026-W47/0")
    assert "Việc của Sở Tư pháp" not in sau.text()
    bay = await secretary(staffed, branch, "S2", "C2")
    other = staffed.database.run_now(lambda s: unit_id(s, "C2"))
    await bay.opens(f"notes/{other}/2026-W47/0")
    assert "Việc của Sở Tư pháp" in bay.text()


async def test_a_note_sealed_under_a_lost_secret_spoils_no_other(
    staffed: Place, branch: Branch
) -> None:
    note(staffed, "P1", W47.first, "Khách rất đông")
    note(staffed, "P2", W47.first, "sẽ mất")

    def spoil(session: object) -> None:
        lost = update(DayNote).where(DayNote.person_id == person_id(session, "P2"))  # type: ignore[arg-type]
        session.execute(lost.values(text="not sealed by us"))  # type: ignore[attr-defined]

    await staffed.database.run(spoil)
    sau = await secretary(staffed, branch)
    await sau.opens(f"notes/{c1(staffed)}/2026-W47/0")
    assert "Khách rất đông" in sau.text()
    assert "Trần Văn Minh, T2 16/11/2026: (ghi chú này không còn mở được)" in sau.text()


async def test_a_forged_way_to_the_notes_is_refused(staffed: Place, branch: Branch) -> None:
    note(staffed, "P1", W47.first, "Khách rất đông")
    lan = await joined(staffed, "chat-P1", "C1", "member", "P1")
    bay = await secretary(staffed, branch, "S2", "C2")
    for who in (lan, bay, staffed.person("citizen")):
        assert (await who.does(action=f"notes/{c1(staffed)}/2026-W47/0")).refused, who.name
        assert "Khách rất đông" not in who.text()
    sau = await secretary(staffed, branch)
    assert (await sau.does(action=f"notes/{c1(staffed)}/2026-W48/0")).refused
    assert "Tuần 48 chưa kết thúc." in sau.text()
