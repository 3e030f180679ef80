"""“Bà con góp ý – Chúng tôi đã làm”: written by a secretary, read by citizens, audited."""

from datetime import UTC, datetime

import pytest

from storage.queries.audit import Entry, entries, verify
from storage.tables import Improvement
from tests.conftest import Clock
from tests.officials import joined
from tests.people import Place, Talker

CHAIRS = "Đã kê thêm 10 ghế ở phòng chờ."


async def at_the_desk(place: Place, desk: str = "Q3") -> str:
    """What a citizen reads under the question."""
    return await place.person("an", "web").opens(f"open/{desk}")


async def wrote(talker: Talker, text: str, desk: str = "Q3") -> str:
    await talker.opens(f"desk/{desk}/done/write")
    return await talker.sends(text)


async def published(talker: Talker, text: str, desk: str = "Q3") -> str:
    await wrote(talker, text, desk)
    return await talker.taps("Cho hiện tại quầy này")


def audited(place: Place) -> list[Entry]:
    return place.database.run_now(
        lambda s: [each for each in entries(s) if each.action.startswith("improvement.")]
    )


@pytest.fixture
async def bay(staffed: Place) -> Talker:
    return await joined(staffed, "bay", "C2", "secretary", "S2")


async def test_a_text_is_previewed_and_seen_by_nobody_until_it_is_published(
    staffed: Place, bay: Talker
) -> None:
    await bay.opens("desk/Q3")
    await bay.taps("Bà con góp ý – Chúng tôi đã làm")
    await bay.taps("Viết điều mới")
    said = await bay.sends(f"  {CHAIRS}\n")
    assert f"Bà con góp ý – Chúng tôi đã làm (11/2026): {CHAIRS}" in said
    assert "Chưa ai nhìn thấy" in said
    assert CHAIRS not in await at_the_desk(staffed)
    assert "Chỉ tại Quầy 3 – Đất đai." in await bay.taps("Cho hiện tại quầy này")
    said = await at_the_desk(staffed)
    assert f"Bà con góp ý – Chúng tôi đã làm (11/2026): {CHAIRS}" in said
    assert CHAIRS not in await at_the_desk(staffed, "Q13")
    assert CHAIRS not in await at_the_desk(staffed, "Q1")


async def test_published_for_the_unit_it_stands_at_every_desk_of_it_and_no_other(
    staffed: Place, bay: Talker
) -> None:
    await wrote(bay, CHAIRS)
    await bay.taps("Cho hiện tại mọi quầy của Chi đoàn Sở Tư pháp")
    for desk, there in (("Q3", True), ("Q13", True), ("Q1", False)):
        assert (CHAIRS in await at_the_desk(staffed, desk)) == there
    await bay.opens("desk/Q13/done")
    assert f"11/2026: {CHAIRS}" in bay.buttons()


async def test_the_newest_three_are_shown_with_the_month_of_each(
    staffed: Place, bay: Talker, clock: Clock
) -> None:
    for month in (9, 10, 11, 12):
        clock.now = datetime(2026, month, 20, 2, tzinfo=UTC)
        await published(bay, f"Việc tháng {month}.")
    an = staffed.person("an", "web")
    await an.opens("open/Q3")
    notes = [part for part in an.seen[0].parts if part.kind == "note"]
    (shown,) = [part for part in notes if "Chúng tôi đã làm" in part.text]
    assert shown.text == "Bà con góp ý – Chúng tôi đã làm (12/2026): Việc tháng 12."
    assert [line.split("(")[1] for line in shown.more.split("\n\n")] == [
        "11/2026): Việc tháng 11.",
        "10/2026): Việc tháng 10.",
    ]


async def test_it_stands_below_the_levels_and_the_notice_and_says_that_it_replaces_no_survey(
    staffed: Place, bay: Talker
) -> None:
    await published(bay, CHAIRS)
    an = staffed.person("an", "web")
    await an.opens("open/Q3")
    kinds = [part.kind for part in an.seen[0].parts]
    assert kinds == ["title", "text", "text", "choices", "note", "note", "note"]
    texts = [part.text for part in an.seen[0].parts if part.kind == "note"]
    assert CHAIRS in texts[1]
    assert texts[2] == "Không thay thế phiếu khảo sát theo quy định."


async def test_taken_down_and_shown_again_keeps_its_month(
    staffed: Place, bay: Talker, clock: Clock
) -> None:
    await published(bay, CHAIRS)
    clock.move(days=40)
    assert "đã được gỡ xuống" in await bay.presses("Gỡ xuống")
    assert CHAIRS not in await at_the_desk(staffed)
    await bay.taps("Cho hiện lại")
    assert f"(11/2026): {CHAIRS}" in await at_the_desk(staffed)


async def test_new_words_are_previewed_while_the_old_ones_are_still_shown(
    staffed: Place, bay: Talker, clock: Clock
) -> None:
    await published(bay, CHAIRS)
    clock.move(days=40)
    await bay.presses("Sửa nội dung")
    assert bay.field().value == CHAIRS
    said = await bay.sends("Đã kê thêm 20 ghế.")
    assert "nội dung cũ vẫn đang hiện" in said
    assert CHAIRS in await at_the_desk(staffed)
    await bay.taps("Cho hiện nội dung mới")
    said = await at_the_desk(staffed)
    assert "(11/2026): Đã kê thêm 20 ghế." in said
    assert CHAIRS not in said


async def test_a_draft_is_changed_in_place_and_put_away_with_a_way_back(
    staffed: Place, bay: Talker
) -> None:
    await wrote(bay, "Nháp")
    await bay.taps("Sửa nội dung")
    assert CHAIRS in await bay.sends(CHAIRS)
    await bay.taps("Cất bản nháp")
    await bay.opens("desk/Q3/done")
    assert not [each for each in bay.buttons() if CHAIRS in each]
    await bay.opens("desk/Q3/done/1")
    await bay.taps("Giữ lại bản nháp")
    await bay.opens("desk/Q3/done")
    assert f"Bản nháp: {CHAIRS}" in bay.buttons()
    assert audited(staffed) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("x" * 301, "Nội dung có 301 ký tự; tối đa 300 ký tự."),
        ("   ", "Xin viết nội dung, tối đa 300 ký tự."),
    ],
)
async def test_a_text_too_long_or_empty_is_asked_again_and_nothing_typed_is_lost(
    staffed: Place, bay: Talker, text: str, wrong: str
) -> None:
    await bay.opens("desk/Q3/done/write")
    assert bay.buttons() == ["‹ Quay lại"]
    await bay.does(action="desk/Q3/done/written", text=text)
    assert wrong in bay.field().error
    assert bay.field().value == text.strip()
    rows = await staffed.database.run(lambda s: s.get(Improvement, 1))
    assert rows is None


@pytest.mark.parametrize("private", ["0905 123 456", "048123456789", "an@example.vn"])
async def test_what_looks_like_somebodys_number_is_warned_of_and_kept_out_of_the_log(
    staffed: Place, bay: Talker, private: str
) -> None:
    text = f"Anh An ({private}) đã được trả lời."
    assert "có vẻ chứa số điện thoại" in await wrote(bay, text)
    await bay.taps("Cho hiện tại quầy này")
    (entry,) = audited(staffed)
    assert private not in str(entry.details)
    assert "có vẻ chứa" not in await wrote(bay, CHAIRS)


async def test_every_change_that_people_see_is_audited_once(staffed: Place, bay: Talker) -> None:
    await published(bay, CHAIRS)
    await bay.opens("desk/Q3/done/1/here")  # an old button, pressed again
    await bay.taps("Sửa nội dung")
    await bay.sends("Mới.")
    await bay.taps("Cho hiện nội dung mới")
    await bay.taps("Gỡ xuống")
    await bay.opens("desk/Q3/done/1/down")
    await bay.taps("Cho hiện lại")
    found = audited(staffed)
    assert [each.action for each in found] == [
        "improvement.publish",
        "improvement.change",
        "improvement.hide",
        "improvement.publish",
    ]
    assert [each.details for each in found][:2] == [
        {"desk": "Q3", "text": CHAIRS},
        {"desk": "Q3", "text": "Mới."},
    ]
    assert all(each.actor_id for each in found)
    assert staffed.database.run_now(verify) is None


STEPS = ["", "/write", "/written", "/here", "/unit", "/again", "/down"]


@pytest.mark.parametrize("step", STEPS)
async def test_an_improvement_of_another_unit_cannot_be_touched(
    staffed: Place, bay: Talker, step: str
) -> None:
    await published(bay, CHAIRS)
    sau = await joined(staffed, "sau", "C1", "secretary", "S1")
    for action in (f"desk/Q3/done/1{step}", f"desk/Q1/done/1{step}"):
        await sau.does(action=action, text="Giả mạo")
        assert "Giả mạo" not in sau.text()
        assert CHAIRS not in sau.text()
    assert f"(11/2026): {CHAIRS}" in await at_the_desk(staffed)
    assert len(audited(staffed)) == 1
    assert "không còn nữa" in await bay.opens("desk/Q13/done/1")
