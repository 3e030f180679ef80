"""A secretary's desks: found, looked at, printed; nobody else's."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from bot.drawing import Drawing
from handlers.messages import Code, Document
from handlers.names import folded
from handlers.secretary.desk_printing import MOST_AT_ONCE
from handlers.secretary.desk_sheets import SHEETS
from handlers.staff_link import staff_url
from storage.tables import Desk, Unit
from tests.officials import URL, joined, unit_id
from tests.people import Place, Talker
from tests.printed import codes, rendered, texts

REFUSED = "Mục này dành cho bí thư của đơn vị có quầy đó."


def documents(talker: Talker) -> list[Document]:
    return [p for answer in talker.seen for p in answer.parts if isinstance(p, Document)]


async def printed(talker: Talker) -> bytes:
    """The file that came, drawn as delivery draws it."""
    (part,) = documents(talker)
    made = await Drawing().drawn(part)
    assert made is not None
    assert made.media_type == "application/pdf"
    return made.content


def close(place: Place, code: str, until: date) -> None:
    def change(session: Session) -> None:
        session.exec(select(Desk).where(Desk.code == code)).one().until = until

    place.database.run_now(change)


async def test_a_secretary_sees_the_desks_of_their_unit_and_opens_one(staffed: Place) -> None:
    bay = await joined(staffed, "bay", "C2", "secretary", "S2")
    assert "Quầy và tờ dán" in await buttons_of_home(bay)
    await bay.taps("Quầy và tờ dán")
    assert [each for each in bay.buttons() if "·" in each] == [
        "Q13 · Quầy 13 – Chứng thực – Chi đoàn Sở Tư pháp",
        "Q3 · Quầy 3 – Đất đai – Chi đoàn Sở Tư pháp",
    ]
    said = await bay.taps("Q13 · Quầy 13 – Chứng thực – Chi đoàn Sở Tư pháp")
    assert "Quầy Q13 · Chi đoàn Sở Tư pháp" in said
    assert "Đang trực: Nguyễn Thị Lan." in said
    links = [p.text for answer in bay.seen for p in answer.parts if isinstance(p, Code)]
    assert links == [f"{URL}/q/Q13"]
    await bay.opens("desk/Q3")
    assert "Đang trực: chưa có ai." in bay.text()


async def buttons_of_home(talker: Talker) -> list[str]:
    await talker.sends("/start")
    return talker.buttons()


@pytest.mark.parametrize("channel", ["telegram", "web", "zalo"])
async def test_each_button_of_a_desk_delivers_a_sheet_that_opens_its_link(
    staffed: Place, channel: str
) -> None:
    bay = await joined(staffed, "bay", "C2", "secretary", "S2", channel)
    for sheet, language, _ in SHEETS:
        said = await bay.opens(f"desk/Q3/print/{sheet}/{language}")
        pdf = await printed(bay)
        staff = sheet == "staff"
        expected = staff_url(URL, staffed.database.keys, "Q3") if staff else f"{URL}/q/Q3"
        (page,) = rendered(pdf, 150)
        assert {each.text for each in codes(page, 150)} == {expected}
        assert ("Please rate" in texts(pdf)[0]) == (language != "vi")
        assert ("phía sau quầy" in said) == staff
        assert documents(bay)[0].name.endswith(".pdf")
        assert "Quay lại quầy" in bay.buttons()


async def test_all_desks_come_in_one_file_and_a_search_narrows_it(staffed: Place) -> None:
    tam = await joined(staffed, "tam", "TD", "secretary", "S3")
    await tam.sends("/desks")
    assert len([each for each in tam.buttons() if "·" in each]) == 4
    await tam.taps("In cả 4 quầy")
    await tam.taps("Tờ dán tường A4")
    assert [text.split("Mã quầy ")[1].split()[0] for text in texts(await printed(tam))] == [
        "Q1",
        "Q13",
        "Q2",
        "Q3",
    ]
    await tam.opens("desks/page/0/so noi vu")
    await tam.taps("In cả 2 quầy")
    await tam.taps("Biển để bàn A6")
    (page,) = rendered(await printed(tam), 150)
    assert [each.text[-2:] for each in codes(page, 150)] == ["Q1", "Q1", "Q2", "Q2"]


async def test_a_long_list_is_paged_and_searched_without_accents(staffed: Place) -> None:
    def many(session: Session) -> None:
        c2 = unit_id(session, "C2")
        for number in range(20, 40):
            name = f"Quầy {number} – Bảo hiểm"
            session.add(Desk(code=f"Q{number}", name=name, folded=folded(name), unit_id=c2))

    staffed.database.run_now(many)
    bay = await joined(staffed, "bay", "C2", "secretary", "S2")
    await bay.sends("/quay")
    assert len([each for each in bay.buttons() if "·" in each]) == 8
    await bay.taps("Tiếp ›")
    assert len([each for each in bay.buttons() if "·" in each]) == 8
    await bay.sends("dat dai")
    assert [each[:3] for each in bay.buttons() if "·" in each] == ["Q3 "]
    assert "Không tìm thấy" in await bay.sends("xyzzy")
    assert "Xem tất cả các quầy" in bay.buttons()


async def test_a_closed_desk_and_the_desks_of_a_closed_unit_are_left_out(staffed: Place) -> None:
    yesterday = staffed.clock().date() - timedelta(days=1)
    close(staffed, "Q3", yesterday)
    bay = await joined(staffed, "bay", "C2", "secretary", "S2")
    await bay.sends("/quay")
    assert [each[:3] for each in bay.buttons() if "·" in each] == ["Q13"]
    assert "Quầy này đã đóng; ngày cuối cùng là 15/11/2026." in await bay.opens("desk/Q3")
    await bay.opens("desk/Q3/print/a4/vi")
    assert documents(bay) == []

    def close_unit(session: Session) -> None:
        session.exec(select(Unit).where(Unit.code == "C2")).one().until = yesterday

    staffed.database.run_now(close_unit)
    assert "Quầy và tờ dán" not in await buttons_of_home(bay)
    assert "Đơn vị chưa có quầy nào đang mở." in await bay.sends("/quay")


@pytest.mark.parametrize(
    "action",
    [
        "desk/Q1",
        "desk/Q999",
        "desk/Q1/print/a4/vi",
        "desk/Q1/print/staff/vi",
        "desk/Q1/done",
        "desk/Q1/done/write",
        "desk/Q1/done/written",
    ],
)
async def test_a_desk_of_another_unit_is_refused_as_if_it_were_not_there(
    staffed: Place, action: str
) -> None:
    bay = await joined(staffed, "bay", "C2", "secretary", "S2")
    assert REFUSED in await bay.opens(action)
    assert documents(bay) == []


@pytest.mark.parametrize(
    "action",
    ["desks", "desk/Q1", "desk/Q1/print/staff/vi", "desks/print/staff/vi/", "desk/Q1/done"],
)
async def test_members_and_citizens_get_no_sheet(staffed: Place, action: str) -> None:
    lan = await joined(staffed, "lan", "C1", "member", "P1")
    for who in (lan, staffed.person("an")):
        await who.opens(action)
        assert documents(who) == []
        assert "Quầy Q1" not in who.text()


async def test_forged_sheets_print_nothing_and_name_no_desk_of_others(staffed: Place) -> None:
    bay = await joined(staffed, "bay", "C2", "secretary", "S2")
    for action in ("desk/Q3/print/a5/vi", "desk/Q3/print/a4/fr", "desks/print/a5/vi/"):
        await bay.opens(action)
        assert documents(bay) == []
    await bay.opens("desks/print/a4/vi/quay")
    (part,) = documents(bay)
    assert [each["code"] for each in part.data["desks"]] == ["Q13", "Q3"]
    await bay.opens("desks/print/a4/vi/so noi vu")  # a unit of somebody else
    assert documents(bay) == []


async def test_more_desks_than_a_file_takes_are_searched_first(staffed: Place) -> None:
    def many(session: Session) -> None:
        c2 = unit_id(session, "C2")
        session.add_all(
            Desk(code=f"D{number}", name="Quầy", folded="quay", unit_id=c2)
            for number in range(MOST_AT_ONCE)
        )

    staffed.database.run_now(many)
    bay = await joined(staffed, "bay", "C2", "secretary", "S2")
    for action in ("desks/sheets/", "desks/print/a4/vi/"):
        assert "Xin tìm theo đơn vị trước" in await bay.opens(action)
        assert documents(bay) == []
        assert bay.field().action == "desks/find"
