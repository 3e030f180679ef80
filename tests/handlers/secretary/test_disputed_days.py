"""“That day was not my shift”: named by the member, decided by their secretary, done for good."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from handlers.jobs.forget import forget
from storage.queries.audit import entries, verify
from storage.queries.past import end_membership
from storage.tables import DisputedDay, Duty, Membership, Rating, Unit
from tests.conftest import Clock
from tests.handlers.member.members import local
from tests.officials import inbox, joined, person_id, unit_id
from tests.people import Place, Talker

TUESDAY = "2026-11-17"
DAY = "T2 16/11/2026"
Q13 = "Quầy 13 – Chứng thực"
NAMED = f"{DAY}: {Q13}"


async def rate(place: Place, desk: str, *levels: int) -> list[str]:
    """Citizens rate a desk today; their receipt codes."""
    codes = []
    for number, level in enumerate(levels):
        an = place.person(f"citizen-{desk}-{place.clock():%d%H%M}-{number}")
        await an.opens(f"rate/{desk}/{place.clock():%y%m%d}/1/{level}")
        codes.append(an.code())
    return codes


@pytest.fixture
async def lan(staffed: Place) -> Talker:
    return await joined(staffed, "lan", "C1", "member", "P1")


@pytest.fixture
async def sau(staffed: Place) -> Talker:
    """The secretary of Lan's unit."""
    return await joined(staffed, "sau", "C1", "secretary", "S1")


async def named(place: Place, clock: Clock, lan: Talker) -> None:
    """On Tuesday Lan names Monday at desk 13."""
    clock.now = local(TUESDAY)
    await lan.sends("/diemcuatoi")
    await lan.taps("Hôm đó không phải ca của tôi")
    await lan.taps(NAMED)
    await lan.taps("Đúng, báo cho bí thư")


async def test_days_to_decide_stand_on_the_menu_of_who_decides(
    staffed: Place, sau: Talker, lan: Talker, clock: Clock
) -> None:
    await sau.sends("/start")
    assert not [each for each in sau.buttons() if each.startswith("Ngày trực cần quyết định")]
    await rate(staffed, "Q13", 2)
    await named(staffed, clock, lan)
    await sau.sends("/start")
    await sau.taps("Ngày trực cần quyết định: 1")
    assert any("Nguyễn Thị Lan" in each for each in sau.buttons())
    await lan.sends("/start")
    assert not [each for each in lan.buttons() if each.startswith("Ngày trực cần quyết định")]


def attributed(place: Place) -> list[tuple[int | None, str]]:
    """Whose the ratings are, and how that is known."""

    def work(session: Session) -> list[tuple[int | None, str]]:
        rows = session.exec(select(Rating.member_id, Rating.attribution)).all()
        return sorted(rows, key=str)

    return place.database.run_now(work)


def states(place: Place) -> list[str]:
    return place.database.run_now(lambda s: list(s.exec(select(DisputedDay.state)).all()))


def log(place: Place) -> list[tuple[str, dict[str, object]]]:
    assert place.database.run_now(verify) is None
    found = place.database.run_now(lambda s: list(entries(s)))
    mine = [each for each in found if each.action.partition(".")[0] in {"day", "rating"}]
    return [(each.action, each.details or {}) for each in mine]


async def test_the_secretary_agrees_and_the_day_counts_for_the_desk_alone(
    staffed: Place, clock: Clock, lan: Talker, sau: Talker
) -> None:
    await rate(staffed, "Q13", 1, 2, 5)
    await named(staffed, clock, lan)
    assert f"{DAY}, {Q13}: bí thư chưa quyết định." in lan.text()
    card = await inbox(sau)
    assert f"Nguyễn Thị Lan báo: ngày {DAY} tại {Q13} không phải ca của mình." in card
    assert "Theo danh sách, hôm đó Nguyễn Thị Lan có ca trực tại đây." in card
    text_ = await sau.taps("Đồng ý: không phải ca của Nguyễn Thị Lan")
    assert "Không thể hoàn tác" in text_
    assert sau.buttons()[0] == "‹ Quay lại"
    done = await sau.taps("Đúng, không tính cho đoàn viên này")
    assert f"Không tính {DAY} tại {Q13} cho Nguyễn Thị Lan; đã báo cho đoàn viên." in done
    assert "Không có ngày nào chờ bạn quyết định." in done
    told = await inbox(lan)
    assert f"Phạm Văn Sáu đã quyết định: {DAY} tại {Q13} không phải ca của bạn" in told
    assert attributed(staffed) == [(None, "nobody")] * 3
    c2 = staffed.database.run_now(lambda s: unit_id(s, "C2"))
    assert {each.unit_id for each in await staffed.ratings()} == {c2}
    details = {"person": "P1", "desk": "Q13", "day": "2026-11-16"}
    assert log(staffed) == [("day.dispute", details), ("rating.detach", details)]
    assert staffed.database.run_now(lambda s: s.exec(select(Duty).where(Duty.desk_id == 4)).all())


async def test_neither_list_nor_answer_tells_whether_there_were_ratings(
    staffed: Place, clock: Clock, lan: Talker, sau: Talker
) -> None:
    """The same dialogue on a day with ratings and on one without."""
    clock.now = local("2026-11-12")
    await rate(staffed, "Q13", 1, 1)
    clock.now = local(TUESDAY)
    said = []
    for day in ("261112", "261113"):
        heard = [await lan.opens("notmine/0")]
        for step in ("", "/sure"):
            heard.append(await lan.opens(f"notmine/{day}/Q13{step}"))
        heard.append(await inbox(sau))
        for label in (
            "Đồng ý: không phải ca của Nguyễn Thị Lan",
            "Đúng, không tính cho đoàn viên này",
        ):
            heard.append(await sau.taps(label))
        heard.append(await inbox(lan))
        said.append("\n".join(heard))
    first, second = said
    other = first.replace("T5 12/11/2026", "{day}")
    lines = set(second.replace("T6 13/11/2026", "{day}").splitlines())
    assert set(other.splitlines()) <= lines | {""}


async def test_the_secretary_declines_with_a_word_and_the_day_cannot_be_named_again(
    staffed: Place, clock: Clock, lan: Talker, sau: Talker
) -> None:
    await rate(staffed, "Q13", 4)
    before = attributed(staffed)
    await named(staffed, clock, lan)
    await inbox(sau)
    await sau.taps("Không đồng ý: đúng là ca của Nguyễn Thị Lan")
    assert "Vui lòng viết tối đa 200 ký tự." in await sau.sends("dài " * 60)
    assert sau.field().value.startswith("dài dài")
    assert "Đã từ chối" in await sau.sends("Hôm đó chính em nhận bàn giao.")
    told = await inbox(lan)
    assert f"{DAY} tại {Q13} vẫn là ca của bạn." in told
    assert "“Hôm đó chính em nhận bàn giao.”" in told
    assert attributed(staffed) == before
    assert states(staffed) == ["declined"]
    listed = await lan.opens("notmine/0")
    assert "bí thư không đồng ý" in listed
    assert NAMED not in lan.buttons()
    await lan.opens("notmine/261116/Q13/sure")
    await lan.opens("notmine/261116/Q13/back")
    assert states(staffed) == ["declined"]
    assert [action for action, _ in log(staffed)] == ["day.dispute", "day.decline"]


async def test_a_second_tap_or_a_second_secretary_decides_nothing_twice(
    staffed: Place, clock: Clock, lan: Talker, sau: Talker
) -> None:
    tam = await joined(staffed, "tam", "C1", "secretary", "S3")
    await named(staffed, clock, lan)
    assert "không phải ca của mình" in await inbox(sau)
    assert "không phải ca của mình" in await inbox(tam)
    await sau.opens("dispute/1/accept/sure")
    for action in ("dispute/1/accept/sure", "dispute/1/decline/sure", "dispute/1"):
        for who in (sau, tam):
            assert "đã được quyết định" in await who.opens(action)
    assert states(staffed) == ["accepted"]
    assert [action for action, _ in log(staffed)] == ["day.dispute", "rating.detach"]


async def test_it_is_taken_back_while_nobody_has_decided_and_chats_ring_once(
    staffed: Place, clock: Clock, lan: Talker, sau: Talker
) -> None:
    await named(staffed, clock, lan)
    assert await inbox(sau)
    back = await lan.taps(f"Rút lại: {DAY}, {Q13}")
    assert f"Đã rút lại: {DAY}, {Q13} vẫn là ca của bạn." in back
    assert states(staffed) == []
    assert "đã được rút lại" in await sau.opens("dispute/1/accept/sure")
    await named(staffed, clock, lan)
    assert await inbox(sau) == ""
    assert states(staffed) == ["open"]


async def test_only_a_secretary_of_the_members_unit_decides(
    staffed: Place, clock: Clock, lan: Talker, sau: Talker
) -> None:
    bay = await joined(staffed, "bay", "C2", "secretary", "S2")  # leads the desk's unit
    await named(staffed, clock, lan)
    assert await inbox(bay) == ""
    for action in ("", "/accept", "/accept/sure", "/decline", "/decline/sure"):
        for who in (bay, lan, staffed.person("citizen")):
            assert (await who.does(action=f"dispute/1{action}")).refused
    assert "Không có ngày nào chờ" in await bay.sends("/ngaytruc")
    assert states(staffed) == ["open"]
    assert "báo không phải ca của mình: 1" in await sau.sends("/ngaytruc")


async def test_whose_unit_changed_since_either_secretary_decides(
    staffed: Place, clock: Clock, lan: Talker, sau: Talker
) -> None:
    bay = await joined(staffed, "bay", "C2", "secretary", "S2")

    def move(session: Session) -> None:
        lan_id = person_id(session, "P1")
        role = session.exec(select(Membership).where(Membership.person_id == lan_id)).one()
        end_membership(session, role, date(2026, 11, 17))
        session.add(
            Membership(
                person_id=lan_id,
                unit_id=unit_id(session, "C2"),
                role="member",
                since=date(2026, 11, 17),
            )
        )

    staffed.database.run_now(move)
    await named(staffed, clock, lan)
    assert await inbox(sau)
    assert await inbox(bay)
    await sau.opens("dispute/1/accept/sure")
    assert states(staffed) == ["accepted"]


async def test_nobody_decides_their_own_day_the_next_secretary_above_does(
    staffed: Place, clock: Clock, sau: Talker
) -> None:
    """Sáu is a member of C1 too, and its only secretary who has joined."""

    def duty(session: Session) -> None:
        sau_id, desk = person_id(session, "S1"), 3
        since = local("2026-11-16", "07:00")
        session.add(
            Duty(desk_id=desk, person_id=sau_id, starts=since, ends=since + timedelta(hours=9))
        )
        for role in session.exec(select(Membership).where(Membership.role == "secretary")).all():
            c1 = unit_id(session, "C1")
            if role.person_id == person_id(session, "S3") and role.unit_id == c1:
                session.delete(role)

    staffed.database.run_now(duty)
    clock.now = local(TUESDAY)
    assert "Chưa có bí thư nào tham gia" in await sau.opens("notmine/261116/Q3/sure")
    assert states(staffed) == []
    tam = await joined(staffed, "tam", "TD", "secretary", "S3")
    await sau.opens("notmine/261116/Q3/sure")
    assert await inbox(sau) == ""
    assert (await sau.does(action="dispute/1/accept/sure")).refused
    assert "Phạm Văn Sáu báo" in await inbox(tam)
    await tam.opens("dispute/1/accept/sure")
    assert states(staffed) == ["accepted"]


@pytest.mark.parametrize("day", ["261117", "261118", "261017", "260101", "261116/Q2", "261116/Q99"])
async def test_only_days_that_are_over_and_were_theirs_can_be_named(
    staffed: Place, clock: Clock, lan: Talker, sau: Talker, day: str
) -> None:
    del sau
    clock.now = local(TUESDAY)
    action = day if "/" in day else f"{day}/Q13"
    for step in ("", "/sure", "/back"):
        assert (await lan.does(action=f"notmine/{action}{step}")).refused
    assert states(staffed) == []


async def test_the_last_thirty_days_are_offered_page_by_page(
    staffed: Place, clock: Clock, lan: Talker
) -> None:
    clock.now = local(TUESDAY)
    found: list[str] = []
    await lan.opens("notmine/0")
    while True:
        found += [label for label in lan.buttons() if ": Quầy" in label]
        if "Tiếp ›" not in lan.buttons():
            break
        await lan.taps("Tiếp ›")
    assert len(found) == len(set(found)) == 2 * 30  # Lan stands at Q1 and Q13
    assert found[0] == f"{DAY}: Quầy 1 – Hộ tịch"
    assert found[-1] == f"CN 18/10/2026: {Q13}"


async def test_a_citizen_who_reopens_the_rating_finds_it_and_cannot_name_them_again(
    staffed: Place, clock: Clock, lan: Talker, sau: Talker
) -> None:
    (code,) = await rate(staffed, "Q13", 2)
    await named(staffed, clock, lan)
    await sau.opens("dispute/1/accept/sure")
    an = staffed.person("citizen-later")
    shown = await an.sends(code)
    assert "Nguyễn Thị Lan" not in shown
    lan_id = staffed.database.run_now(lambda s: person_id(s, "P1"))
    await an.opens(f"who/c/{code}/{lan_id}")
    assert attributed(staffed) == [(None, "nobody")]
    await an.opens(f"rate/c/{code}/5")
    assert (await staffed.rating()).level == 5
    await an.opens(f"erase/c/{code}")
    assert (await staffed.rating()).status == "withdrawn"


async def test_where_colleagues_were_on_duty_who_served_is_open_again(
    staffed: Place, clock: Clock, sau: Talker
) -> None:
    """Minh and Hoa stand at desk 2; what was Minh's becomes like any rating nobody answered for."""
    minh = await joined(staffed, "minh", "C1", "member", "P2")
    minh_id, hoa_id = (
        staffed.database.run_now(lambda s, code=code: person_id(s, code)) for code in ("P2", "P3")
    )
    codes = await rate(staffed, "Q2", 1, 2, 3, 4)
    for code, person in zip(codes, (minh_id, minh_id, hoa_id), strict=False):
        await staffed.person("an").opens(f"who/c/{code}/{person}")
    clock.now = local(TUESDAY)
    await minh.opens("notmine/261116/Q2/sure")
    await sau.opens("dispute/1/accept/sure")
    assert attributed(staffed) == sorted([(None, "asked")] * 3 + [(hoa_id, "citizen")], key=str)
    an = staffed.person("an")
    shown = await an.sends(codes[0])
    assert "Lê Thị Hoa" in an.buttons()
    assert "Trần Văn Minh" not in shown + str(an.buttons())


async def test_own_scores_count_that_day_no_more_but_move_by_k_at_a_time(
    staffed: Place, clock: Clock, lan: Talker, sau: Talker
) -> None:
    clock.now = local("2026-11-12")
    await rate(staffed, "Q1", 5, 5, 5, 5)
    clock.now = local("2026-11-13")
    await rate(staffed, "Q13", 1)
    clock.now = local(TUESDAY)
    await lan.opens("notmine/261113/Q13/sure")
    await sau.opens("dispute/1/accept/sure")
    assert "đủ 5 lượt đánh giá" in await lan.sends("/diemcuatoi")
    assert "hài lòng:" not in lan.text()


async def test_what_a_member_has_seen_stays_as_it_was_shown(
    staffed: Place, clock: Clock, lan: Talker, sau: Talker
) -> None:
    clock.now = local("2026-11-13")
    await rate(staffed, "Q1", 5, 5, 5, 5, 5)
    await rate(staffed, "Q13", 1)
    clock.now = local(TUESDAY)
    shown = await lan.sends("/diemcuatoi")
    assert "83% (5/6 lượt đánh giá)" in shown
    assert "Bạn cũng được đánh giá tại quầy của đơn vị khác." in shown
    await lan.opens("notmine/261113/Q13/sure")
    await sau.opens("dispute/1/accept/sure")
    assert "giữ nguyên như đã hiện" in await inbox(lan)
    assert await lan.sends("/diemcuatoi") == shown


async def test_disputes_go_with_the_ratings_they_are_about(
    staffed: Place, clock: Clock, lan: Talker, sau: Talker
) -> None:
    await named(staffed, clock, lan)
    await sau.opens("dispute/1/accept/sure")
    for month, left in (("2028-11-16", 1), ("2028-11-17", 0)):
        clock.now = local(month)
        staffed.database.run_now(lambda s: forget(s, clock.now, staffed.policy))
        assert len(states(staffed)) == left


async def test_nothing_in_the_database_tells_whose_the_ratings_were(
    staffed: Place, clock: Clock, sau: Talker
) -> None:
    """Row by row, what was Minh's looks as what nobody answered for; PostgreSQL's order says nothing."""
    minh = await joined(staffed, "minh", "C1", "member", "P2")
    minh_id = staffed.database.run_now(lambda s: person_id(s, "P2"))
    codes = await rate(staffed, "Q2", *([3] * 24))
    clock.move(minutes=25)  # more in ten minutes would be a burst
    codes += await rate(staffed, "Q2", *([3] * 24))
    of_minh = set()
    for code in codes[:24]:
        await staffed.person("an").opens(f"who/c/{code}/{minh_id}")
    of_minh = {each.id for each in await staffed.ratings() if each.member_id == minh_id}
    assert len(of_minh) == 24
    clock.now = local(TUESDAY)
    await minh.opens("notmine/261116/Q2/sure")
    await sau.opens("dispute/1/accept/sure")

    def dump(session: Session) -> list[dict[str, object]]:
        return [dict(row) for row in session.execute(text("SELECT * FROM rating")).mappings()]

    rows = staffed.database.run_now(dump)
    own = {"id", "encounter", "receipt"}
    shapes = [{name: value for name, value in row.items() if name not in own} for row in rows]
    assert len(rows) == 48
    assert all(shape == shapes[0] for shape in shapes)
    places = [index for index, row in enumerate(rows) if row["id"] in of_minh]
    # Written last they would lie at 24 to 47; chance alone leaves 13 to 34 once in 100,000 runs.
    mean = sum(places) / len(places)
    assert 13 < mean < 34
    assert states(staffed) == ["accepted"]


async def test_a_unit_that_keeps_the_desk_sees_no_change_in_how_many(
    staffed: Place, clock: Clock, lan: Talker, sau: Talker
) -> None:
    await rate(staffed, "Q1", 5, 4, 3, 2, 1)
    clock.now = local(TUESDAY)
    await lan.opens("notmine/261116/Q1/sure")
    await sau.opens("dispute/1/accept/sure")
    c1 = staffed.database.run_now(lambda s: s.exec(select(Unit.id).where(Unit.code == "C1")).one())
    assert [each.unit_id for each in await staffed.ratings()] == [c1] * 5
