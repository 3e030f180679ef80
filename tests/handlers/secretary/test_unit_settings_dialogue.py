"""What a unit decides for itself: shown, changed, inherited again, undone, refused to others."""

from typing import Any

import pytest
from sqlmodel import Session, select

from handlers.messages import Reply
from handlers.secretary.setting_kinds import KINDS, Unfit
from storage.queries.audit import entries
from storage.queries.unit_settings import Settings, own_settings, settings_of
from storage.tables import Person
from tests.officials import joined, unit_id
from tests.people import Place, Talker


@pytest.fixture
async def sau(staffed: Place) -> Talker:
    """Sáu leads C1, below TD."""
    return await joined(staffed, "sau", "C1", "secretary", "S1")


@pytest.fixture
async def tam(staffed: Place) -> Talker:
    """Tám leads C1 and TD."""
    return await joined(staffed, "tam", "TD", "secretary", "S3")


def stored(place: Place, unit: str = "C1") -> Settings:
    return place.database.run_now(lambda s: own_settings(s, unit_id(s, unit)))


def holds(place: Place, unit: str = "C1") -> Settings:
    return place.database.run_now(lambda s: settings_of(s, unit_id(s, unit)))


def id_of(place: Place, unit: str) -> int:
    return place.database.run_now(lambda s: unit_id(s, unit))


def audited(place: Place) -> list[tuple[str, str, dict[str, Any] | None]]:
    """Who did what, and its details."""

    def work(session: Session) -> list[tuple[str, str, dict[str, Any] | None]]:
        codes = {person.id: person.code for person in session.exec(select(Person))}
        found = entries(session, action="setting.change")
        return [(codes[each.actor_id], each.action, each.details) for each in found]

    return place.database.run_now(work)


async def test_every_setting_is_shown_with_whose_word_it_is(
    staffed: Place, sau: Talker, tam: Talker
) -> None:
    td = id_of(staffed, "TD")
    await tam.opens(f"settings/{td}/cut_off/to/25")
    await sau.sends("/caidat")
    await sau.taps("Ký hiệu văn bản")
    said = await sau.sends("BC/ĐTN-SNV")
    assert "Ngày chốt số liệu báo cáo: ngày 25 (theo Thành Đoàn Đà Nẵng)" in said
    assert "Ký hiệu văn bản: BC/ĐTN-SNV (đơn vị tự đặt)" in said
    assert "Làm việc thứ Bảy: không (mặc định)" in said
    assert holds(staffed) == Settings(cut_off=25, symbol="BC/ĐTN-SNV")


async def test_it_hangs_on_the_digest_too(staffed: Place, sau: Talker) -> None:
    c1 = id_of(staffed, "C1")
    await sau.opens(f"digest/{c1}/2026-W46/more")
    assert (await sau.taps("Cài đặt đơn vị")).startswith("Cài đặt của Chi đoàn Sở Nội vụ")


async def test_the_months_end_can_be_chosen_against_the_unit_above(
    staffed: Place, sau: Talker, tam: Talker
) -> None:
    await tam.opens(f"settings/{id_of(staffed, 'TD')}/cut_off/to/20")
    await sau.opens(f"settings/{id_of(staffed, 'C1')}/cut_off")
    said = await sau.taps("Ngày cuối tháng")
    assert "ngày cuối tháng (đơn vị tự đặt)" in said
    assert holds(staffed).cut_off is None
    assert holds(staffed, "C2").cut_off == 20


@pytest.mark.parametrize(
    ("typed", "day"), [("7", 7), (" ngày 28 ", 28), ("cuối tháng", 31), ("Ngày cuối tháng", 31)]
)
async def test_a_cut_off_day_is_typed_as_people_write_it(
    staffed: Place, sau: Talker, typed: str, day: int
) -> None:
    await sau.opens(f"settings/{id_of(staffed, 'C1')}/cut_off")
    await sau.sends(f" {typed}") if typed.isdigit() else await sau.sends(typed)
    assert stored(staffed).cut_off == day


@pytest.mark.parametrize(
    ("name", "typed", "wrong"),
    [
        ("cut_off", "29 thôi", "Xin gửi một ngày từ 1 đến 28"),
        ("cut_off", "ngày 29", "Xin gửi một ngày từ 1 đến 28"),
        ("symbol", "BC<ĐTN>", "Ký hiệu chỉ gồm chữ, số"),
        ("symbol", "B" * 31, "Nội dung có 31 ký tự; tối đa 30 ký tự"),
        ("place", "Đ" * 61, "Nội dung có 61 ký tự; tối đa 60 ký tự"),
        ("place", "😀<b>", "Văn bản không dùng được: 😀 < >"),
        ("place", "12", "Xin viết bằng chữ"),
        ("signer_title", "PHÓ\nBÍ THƯ", "Mục này chỉ gồm một dòng"),
        ("signer_title", "BÍ THƯ {{ x }}", "Văn bản không dùng được: { }"),
        ("signer_name", "123", "Văn bản không dùng được: 1 2 3"),
        ("recipients", "Thành Đoàn\nSở <Nội vụ>", "Văn bản không dùng được: < >"),
        ("recipients", "\n".join("abcdefghijklm"), "Tối đa 12 dòng, mỗi dòng 120 ký tự"),
        ("recipients", " - \n;", "Xin nhập nội dung"),
    ],
)
async def test_what_does_not_fit_is_said_and_nothing_typed_is_lost(
    staffed: Place, sau: Talker, name: str, typed: str, wrong: str
) -> None:
    await sau.opens(f"settings/{id_of(staffed, 'C1')}/{name}")
    said = await sau.sends(typed)
    assert wrong in said
    assert typed.strip() in said
    assert stored(staffed) == Settings()
    assert audited(staffed) == []
    assert sau.field().action.endswith(f"/{name}/typed")


async def test_recipients_are_kept_line_by_line_without_bullets(
    staffed: Place, sau: Talker
) -> None:
    await sau.opens(f"settings/{id_of(staffed, 'C1')}/recipients")
    said = await sau.sends("- Thành Đoàn;\n\n  •  Đảng ủy   Sở;\n- Lưu: VT.")
    assert stored(staffed).recipients == "Thành Đoàn\nĐảng ủy Sở\nLưu: VT."
    assert "Nơi nhận: Thành Đoàn; Đảng ủy Sở; Lưu: VT. (đơn vị tự đặt)" in said


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("place", "Phường 12 (Bà Rịa – Vũng Tàu)"),
        ("place", "Cư M'gar"),
        ("signer_title", "PHÓ BÍ THƯ THƯỜNG TRỰC, CHI ĐOÀN 5/2"),
        ("signer_name", "H'Lan Niê Kđăm"),
        ("signer_name", "สมชาย ใจดี"),
        ("recipients", "Sở Nội vụ: 02 bản; P.TC&CB"),
    ],
)
async def test_what_stands_on_paper_is_taken_as_it_is(
    staffed: Place, sau: Talker, name: str, typed: str
) -> None:
    await sau.opens(f"settings/{id_of(staffed, 'C1')}/{name}")
    await sau.sends(typed)
    assert getattr(stored(staffed), name) == typed


def test_a_box_holds_as_much_as_its_message_says() -> None:
    for kind in (KINDS[name] for name in ("symbol", "place", "signer_title", "signer_name")):
        with pytest.raises(Unfit) as unfit:
            kind.read("A" * (kind.most + 1))
        assert unfit.value.values["most"] == kind.most


async def test_what_was_set_is_offered_for_correction(staffed: Place, sau: Talker) -> None:
    c1 = id_of(staffed, "C1")
    await sau.does(action=f"settings/{c1}/place/typed", text="Đà  Nẵng\u200b")
    await sau.opens(f"settings/{c1}/place")
    assert sau.field().value == "Đà Nẵng"


async def test_a_change_is_undone_and_every_step_is_audited(staffed: Place, sau: Talker) -> None:
    c1 = id_of(staffed, "C1")
    await sau.does(action=f"settings/{c1}/place/typed", text="Huế")
    await sau.does(action=f"settings/{c1}/place/typed", text="Đà Nẵng")
    after_second = list(sau.seen)
    assert (await sau.taps("Hoàn tác")).startswith("Đã bỏ.")
    assert stored(staffed).place == "Huế"
    assert "Hoàn tác" not in sau.buttons()
    assert (await sau.presses("Hoàn tác", on=after_second)).startswith(
        "Mục này đã được thay đổi thêm sau đó"
    )
    assert stored(staffed).place == "Huế"
    assert audited(staffed) == [
        ("S1", "setting.change", {"name": "place", "before": None, "after": "Huế"}),
        ("S1", "setting.change", {"name": "place", "before": "Huế", "after": "Đà Nẵng"}),
        ("S1", "setting.change", {"name": "place", "before": "Đà Nẵng", "after": "Huế"}),
    ]


async def test_taken_back_it_is_as_the_unit_above_has_it(
    staffed: Place, sau: Talker, tam: Talker
) -> None:
    await tam.opens(f"settings/{id_of(staffed, 'TD')}/saturday/to/yes")
    assert holds(staffed).saturday is True
    await sau.opens(f"settings/{id_of(staffed, 'C1')}/saturday")
    assert "Dùng theo đoàn cấp trên" not in sau.buttons()
    await sau.taps("Không")
    assert holds(staffed).saturday is False
    await sau.taps("Làm việc thứ Bảy")
    await sau.taps("Dùng theo đoàn cấp trên")
    assert holds(staffed).saturday is True
    assert stored(staffed).saturday is None


async def test_the_same_value_again_is_no_change(staffed: Place, sau: Talker) -> None:
    c1 = id_of(staffed, "C1")
    await sau.opens(f"settings/{c1}/saturday/to/yes")
    assert "không có gì thay đổi" in await sau.opens(f"settings/{c1}/saturday/to/yes")
    assert len(audited(staffed)) == 1


async def test_the_signers_name_is_not_taken_over_below(staffed: Place, tam: Talker) -> None:
    td = id_of(staffed, "TD")
    await tam.does(action=f"settings/{td}/signer_name/typed", text="Võ Thị Tám")
    await tam.does(action=f"settings/{td}/signer_title/typed", text="PHÓ BÍ THƯ")
    assert holds(staffed) == Settings(signer_title="PHÓ BÍ THƯ")
    assert holds(staffed, "TD").signer_name == "Võ Thị Tám"


async def test_of_several_units_one_is_chosen(tam: Talker) -> None:
    await tam.sends("/settings")
    assert tam.buttons() == ["Chi đoàn Sở Nội vụ", "Thành Đoàn Đà Nẵng"]
    assert "Các đơn vị cấp dưới dùng theo" in await tam.taps("Thành Đoàn Đà Nẵng")


@pytest.mark.parametrize(
    "action", ["", "/saturday", "/saturday/to/yes", "/saturday/inherit", "/place/typed", "/undo/1"]
)
async def test_another_units_settings_are_refused(
    staffed: Place, sau: Talker, tam: Talker, action: str
) -> None:
    await tam.opens(f"settings/{id_of(staffed, 'TD')}/saturday/to/no")  # entry 1
    before = stored(staffed, "TD")
    await sau.does(action=f"settings/{id_of(staffed, 'TD')}{action}", text="Huế")
    assert "Mục này dành cho bí thư của đơn vị đó." in sau.text()
    assert stored(staffed, "TD") == before


async def test_an_entry_of_another_unit_undoes_nothing(
    staffed: Place, sau: Talker, tam: Talker
) -> None:
    await tam.opens(f"settings/{id_of(staffed, 'TD')}/saturday/to/yes")
    assert await sau.opens(f"settings/{id_of(staffed, 'C1')}/undo/1") == (
        "Không có thay đổi nào để hoàn tác."
    )
    assert stored(staffed, "TD").saturday is True


async def test_forged_names_and_values_change_nothing(staffed: Place, sau: Talker) -> None:
    c1 = id_of(staffed, "C1")
    for action in ("saturday/to/maybe", "cut_off/to/29", "unit_id/to/3", "unit_id/inherit"):
        await sau.opens(f"settings/{c1}/{action}")
    await sau.does(action=f"settings/{c1}/unit_id/typed", text="3")
    assert stored(staffed) == Settings()
    assert isinstance(sau.seen[0], Reply)
