"""The demo's start page: be somebody, bring Monday about, go back; and none of it elsewhere."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from sqlmodel import Session, col, select

from bot.app import build
from bot.config import load
from bot.demo.clock import DemoClock
from bot.demo.roles import MEMBERS, ORGANISERS, SECRETARIES
from bot.interpreter import python
from bot.scheduler import Jobs
from bot.web.demo import demo_router
from bot.web.demo_switch import Demo
from bot.web.identity import Signatures, Visitor
from handlers.jobs import ALL
from handlers.policy import Policy
from storage.database import Database
from storage.keys import Keys
from storage.queries.ended_roles import end_role
from storage.queries.link import add_link
from storage.queries.outbox import outbox_depth
from storage.tables import Link, Membership, Person, Unit
from tests.bot.demo.test_history import THURSDAY, furnished
from tests.bot.web_site import HOME, Reader, Site
from tests.conftest import SECRET, Clock
from tests.databases import prepared
from tests.people import Place

POLICY = Policy()
NAMES = (
    "Trần Đức Minh", "Cao Thị Diễm My", "Hồ Sỹ Long", "Nguyễn Thị Mai Lan", "Lâm Chí Cường",
    "Lương Quốc Thịnh", "Đinh Thị Hồng Vân",
)  # fmt: skip


@pytest.fixture
def moved(clock: Clock) -> DemoClock:
    clock.now = THURSDAY
    return DemoClock(clock)


@pytest.fixture
def site(sqlite_url: str, keys: Keys, moved: DemoClock) -> Iterator[Site]:
    database = Database(prepared(sqlite_url, furnished), keys)

    async def tick() -> None:
        await Jobs(database, POLICY, moved, ALL).run_all()

    demo = Demo(database, moved, POLICY, tick)
    yield Site(Place(database, moved), routers=(demo_router(demo, HOME),))
    database.close()


@pytest.fixture
async def reader(site: Site) -> AsyncIterator[Reader]:
    async with site.reader() as someone:
        yield someone


def linked(database: Database) -> list[str]:
    """The codes of everybody whom a browser was: they are sent messages."""
    chats = select(Person.code).join(Link, col(Link.person_id) == col(Person.id))
    chats = chats.where(col(Link.reminders).is_(True)).order_by(Person.code)
    return database.run_now(lambda s: list(s.exec(chats)))


def links(database: Database, code: str) -> list[Link]:
    """Every chat of a person."""
    chats = select(Link).join(Person, col(Link.person_id) == col(Person.id))
    return database.run_now(lambda s: list(s.exec(chats.where(Person.code == code))))


def ends(database: Database, code: str, unit: str) -> None:
    """Somebody's roles in a unit end today."""

    def work(session: Session) -> None:
        roles = session.exec(
            select(Membership)
            .join(Person, col(Membership.person_id) == col(Person.id))
            .join(Unit, col(Membership.unit_id) == col(Unit.id))
            .where(Person.code == code, Unit.code == unit)
        ).all()
        assert roles
        for role in roles:
            end_role(session, role.id or 0, THURSDAY.date())

    database.run_now(work)


async def is_now(reader: Reader) -> str | None:
    """Whose role the start page says this browser is in."""
    text = await reader.opens("/")
    if "/toi" not in reader.page.links.values():
        return None
    (name,) = (name for name in NAMES if text.count(name) == 2)
    return name


async def presses(reader: Reader, path: str, **headers: str) -> str:
    """Send one of the start page's forms, and follow where it leads."""
    await reader.sends(path, {}, **headers)
    if reader.status == 303:
        await reader.opens(reader.response.headers["location"])
    return reader.text


async def test_the_start_page_offers_every_role_and_names_the_day(reader: Reader) -> None:
    text = await reader.opens("/")
    assert reader.status == 200
    assert all(name in text for name in NAMES)
    assert await is_now(reader) is None
    assert "thứ năm, 19/11/2026, 10:00" in text.lower()
    assert "Trở về hôm nay" not in text
    assert {form.action for form in reader.page.forms} == {
        "/demo/monday",
        *(f"/demo/be/{code}" for code in (*MEMBERS, *SECRETARIES, *ORGANISERS)),
    }


async def test_what_to_try_next_can_be_typed_as_it_stands(reader: Reader) -> None:
    text = await reader.opens("/")
    start = f"{python()} -m bot "
    for command in ("export ratings --format csv --output -", "digest --unit C1", "doctor"):
        assert start + command in text
    assert "README.vi.md" in text
    english = await reader.opens("/?language=en")
    assert "README.md" in english
    assert "README.vi.md" not in english


def test_this_python_is_called_by_its_path_below_the_folder_one_stands_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / ".venv" / "bin" / "python"))
    monkeypatch.chdir(tmp_path)
    assert Path(python()) == Path(".venv/bin/python")
    monkeypatch.chdir("/")
    assert Path(python()) == (tmp_path / ".venv" / "bin" / "python").relative_to("/")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert python() == "python"


async def test_being_a_member_opens_their_menu_in_this_browser(site: Site, reader: Reader) -> None:
    await reader.opens("/")
    text = await presses(reader, "/demo/be/DV05")
    assert "Chào Minh!" in text
    assert "Chọn việc hôm nay" in reader.labels()
    assert "Bản tin tuần" not in reader.labels()
    assert linked(site.database) == ["DV05"]
    assert "Bạn đang vào vai Trần Đức Minh" in await reader.opens("/")


async def test_switching_replaces_whom_the_browser_is(site: Site, reader: Reader) -> None:
    await presses(reader, "/demo/be/DV05")
    text = await presses(reader, "/demo/be/DV04")
    assert "Chào Lan!" in text
    assert "Bản tin tuần" in reader.labels()
    assert "Bạn đang vào vai Nguyễn Thị Mai Lan" in await reader.opens("/")


async def test_being_a_citizen_again_leaves_the_person_behind(reader: Reader) -> None:
    await presses(reader, "/demo/be/DV05")
    text = await presses(reader, "/demo/citizen")
    assert "Bạn đang vào vai" not in text
    assert "Chào Minh!" not in await reader.opens("/toi")


async def test_a_citizen_of_the_demo_counts_though_the_browser_was_an_officials(
    site: Site, reader: Reader
) -> None:
    await presses(reader, "/demo/be/DV05")
    await reader.opens("/toi")
    assert "staff" in reader.client.cookies
    await presses(reader, "/demo/citizen")
    assert "staff" not in reader.client.cookies
    await reader.opens("/q/Q1")
    await reader.taps("Rất hài lòng")
    stored = await site.place.ratings()
    assert "flagged" not in {each.status for each in stored}


async def test_whoever_comes_back_to_a_person_finds_the_messages_that_came_meanwhile(
    site: Site, reader: Reader
) -> None:
    await presses(reader, "/demo/be/DV05")
    await presses(reader, "/demo/be/DV04")
    await presses(reader, "/demo/monday")
    assert "BẢN TIN TUẦN" in reader.text
    assert "Chào buổi sáng, Minh!" not in reader.text
    await presses(reader, "/demo/be/DV05")
    text = await reader.opens("/nhan")
    assert "Chào buổi sáng, Minh!" in text
    assert "BẢN TIN TUẦN" not in text


async def test_being_somebody_again_and_again_adds_no_chat(site: Site, reader: Reader) -> None:
    for code in ("DV05", "DV04", "DV05"):
        await presses(reader, f"/demo/be/{code}")
    async with site.reader() as another:
        await presses(another, "/demo/be/DV05")
    assert len(links(site.database, "DV05")) == 1


async def test_reminders_a_visitor_turned_off_stay_off(site: Site, reader: Reader) -> None:
    await presses(reader, "/demo/be/DV05")

    def turn_off(session: Session) -> None:
        for link in session.exec(select(Link)):
            link.reminders = False

    await site.database.run(turn_off)
    await presses(reader, "/demo/citizen")
    await presses(reader, "/demo/be/DV05")
    assert linked(site.database) == []


async def test_a_browser_linked_before_is_still_itself_and_leaves_nothing_behind(
    site: Site, reader: Reader
) -> None:
    """As earlier versions of the demo linked browsers: each to a chat of its own."""
    code = "DV10"
    old = Visitor("a-browser-of-its-own", official=True)

    def link(session: Session) -> None:
        person = session.exec(select(Person).where(Person.code == code)).one()
        add_link(
            session, person.id or 0, "web", old.id, language="vi", notice="1", since=THURSDAY.date()
        )

    await site.database.run(link)
    cookie = Signatures(site.database.keys, https=False).write_cookie(old)
    reader.client.cookies.set("visitor", cookie, domain="127.0.0.1", path="/")
    assert "Chào Ánh!" in await reader.opens("/toi")
    assert "Bạn đang vào vai Đặng Ngọc Ánh" in await reader.opens("/")
    await presses(reader, "/demo/be/DV04")
    assert links(site.database, code) == []


async def test_after_a_hand_over_the_start_page_offers_who_holds_the_office_now(
    site: Site, reader: Reader
) -> None:
    def hand_over(session: Session) -> None:
        unit = session.exec(select(Unit).where(Unit.code == "C1")).one()
        for role in session.exec(select(Membership).where(Membership.unit_id == unit.id)):
            person = session.get_one(Person, role.person_id)
            if person.code == "DV05":
                role.role = "secretary"
            elif person.code == "DV04":
                role.role = "member"

    await presses(reader, "/demo/be/DV04")
    await site.database.run(hand_over)
    text = await reader.opens("/")
    assert reader.status == 200
    offered = [form.action for form in reader.page.forms if "/demo/be/" in form.action]
    assert offered[0] == "/demo/be/DV04"  # a member of this unit now
    assert offered[3] == "/demo/be/DV05"
    assert "Bạn đang vào vai Nguyễn Thị Mai Lan" in text


async def test_an_office_nobody_holds_and_whoever_left_are_not_offered(
    site: Site, reader: Reader
) -> None:
    await presses(reader, "/demo/be/DV02")
    ends(site.database, "DV02", "DP")
    ends(site.database, "DV15", "C2")
    text = await reader.opens("/")
    assert reader.status == 200
    offered = [form.action for form in reader.page.forms if "/demo/be/" in form.action]
    assert "/demo/be/DV02" not in offered
    assert "/demo/be/DV15" not in offered
    assert "/demo/be/DV12" in offered  # of the same unit as DV15
    assert len(offered) == 6
    assert "Ngô Thị Thanh Thảo" in text


async def test_two_browsers_may_be_two_people(site: Site, reader: Reader) -> None:
    await presses(reader, "/demo/be/DV05")
    async with site.reader() as another:
        await presses(another, "/demo/be/DV27")
        assert "Bạn đang vào vai Lâm Chí Cường" in await another.opens("/")
    assert "Bạn đang vào vai Trần Đức Minh" in await reader.opens("/")


async def test_nobody_of_an_unknown_code_is_politely_not_found(site: Site, reader: Reader) -> None:
    await presses(reader, "/demo/be/DV99")
    assert reader.status == 404
    assert linked(site.database) == []


async def test_monday_brings_the_secretary_the_digest_of_the_week(
    site: Site, reader: Reader, moved: DemoClock
) -> None:
    await presses(reader, "/demo/be/DV04")
    text = await presses(reader, "/demo/monday")
    assert text.count("BẢN TIN TUẦN 47") == 1
    assert f"{moved().astimezone(POLICY.timezone):%A %H:%M}" == "Monday 08:00"
    start = await reader.opens("/")
    assert "thứ hai, 23/11/2026, 08:00" in start.lower()
    assert "Trở về hôm nay" in start


async def test_monday_brings_an_organiser_one_digest_of_every_unit(reader: Reader) -> None:
    await presses(reader, "/demo/be/DV01")
    text = await presses(reader, "/demo/monday")
    assert text.count("BẢN TIN TUẦN 47") == 1
    assert "BẢN TIN TUẦN 47 – Thành Đoàn Hương Sen" in text
    assert "Đơn vị có hoạt động: 8/9" in text
    assert "Chi đoàn Trường Mầm non Sông Trăng" in text  # from which nothing came
    assert "Bốn mặt phong trào" in text


async def test_monday_asks_a_member_what_they_choose_and_sends_no_digest(reader: Reader) -> None:
    await presses(reader, "/demo/be/DV15")
    text = await presses(reader, "/demo/monday")
    assert "Chào buổi sáng, Long!" in text
    assert "BẢN TIN TUẦN" not in text


async def test_a_second_monday_is_the_next_one(reader: Reader) -> None:
    await presses(reader, "/demo/be/DV27")
    await presses(reader, "/demo/monday")
    text = await presses(reader, "/demo/monday")
    assert "BẢN TIN TUẦN 48" in text
    assert "Chưa đủ 5 lượt đánh giá" in text  # this unit is below k


async def test_back_today_the_same_monday_can_come_again(site: Site, reader: Reader) -> None:
    await presses(reader, "/demo/be/DV04")
    await presses(reader, "/demo/monday")
    text = await presses(reader, "/demo/today")
    assert "thứ năm, 19/11/2026, 10:00" in text.lower()
    again = await presses(reader, "/demo/monday")
    assert "BẢN TIN TUẦN 47" in again


async def test_a_citizen_who_brings_monday_stays_on_the_start_page(
    site: Site, reader: Reader
) -> None:
    text = await presses(reader, "/demo/monday")
    assert "thứ hai, 23/11/2026" in text.lower()
    assert await site.database.run(outbox_depth) == {}


@pytest.mark.parametrize("path", ["/demo/be/DV05", "/demo/citizen", "/demo/monday", "/demo/today"])
async def test_another_site_cannot_press_these_buttons(
    site: Site, reader: Reader, moved: DemoClock, path: str
) -> None:
    await presses(reader, path, origin="https://evil.example")
    assert reader.status == 403
    assert linked(site.database) == []
    assert not moved.moved


async def test_a_real_installation_has_none_of_this(
    database: Database, moved: DemoClock, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[privacy]\nsecret = "{SECRET}"\n', encoding="utf-8")
    config.chmod(0o600)
    settings = load(config)
    assert not settings.demo
    web = build(settings, database, moved).web
    transport = httpx.ASGITransport(app=web)
    async with httpx.AsyncClient(transport=transport, base_url=settings.public_url) as client:
        for path in ("/demo/be/DV05", "/demo/citizen", "/demo/monday", "/demo/today"):
            assert (await client.post(path)).status_code == 404, path
        assert "/demo/" not in (await client.get("/")).text
    assert not moved.moved
