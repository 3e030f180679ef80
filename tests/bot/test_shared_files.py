"""Pictures and files at addresses that nobody can make up: for a day, from every process."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import unquote

import httpx
import pytest
from itsdangerous import URLSafeSerializer
from sqlmodel import select

import bot.drawing
from bot.config import WebSettings
from bot.drawing import Drawing
from bot.web.app import create_app, server
from bot.web.shared_files import SharedFiles
from handlers.jobs.forget import forget
from handlers.messages import Document, Picture
from handlers.policy import Policy
from storage.database import Database
from storage.errors import DatabaseUnavailable
from storage.keys import Keys
from storage.queries.shared_files import share_file
from storage.tables import SharedFile
from tests.bot.test_web_server import free_port
from tests.conftest import SECRET, Clock
from tests.handlers.test_recipes import CHART, SHEET
from tests.people import Place

URL = "https://danhgia.example.vn"
PNG = b"\x89PNG\r\n\x1a\n"
CHART_PICTURE = Picture(recipe="digest_chart", data=CHART, alt="31 of 57 very satisfied")
SHEET_FILE = Document(recipe="digest_sheet", data=SHEET, name="Bản tin tuần 47: Sở Nội vụ.xlsx")


class Served:
    """One process: its own connections to the database, and a web side."""

    def __init__(self, database: Database, clock: Clock) -> None:
        drawing = Drawing()
        self.files = SharedFiles(database, URL + "/", drawing, clock)
        self.app = create_app(
            dispatch=Place(database, clock).dispatch,
            keys=database.keys,
            web=WebSettings(),
            public_url=URL,
            policy=Policy(),
            doors=lambda _desk: (),
            states=dict,
            database_ok=lambda: asyncio.sleep(0, result=True),
            drawing=drawing,
            files=self.files,
        )

    async def asks(self, address: str, method: str = "GET") -> httpx.Response:
        transport = httpx.ASGITransport(app=self.app, client=("203.0.113.9", 4000))
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.request(method, address)


@pytest.fixture
def served(database: Database, clock: Clock) -> Served:
    return Served(database, clock)


@pytest.fixture
def elsewhere(database_url: str, clock: Clock) -> Iterator[Served]:
    """Another process on the same database."""
    other = Database(database_url, Keys(SECRET))
    yield Served(other, clock)
    other.close()


async def test_an_address_shows_its_picture_in_every_process_and_again_and_again(
    served: Served, elsewhere: Served
) -> None:
    address = await served.files.address(CHART_PICTURE)
    assert re.fullmatch(rf"{URL}/tep/[\w.-]+/digest_chart\.png", address)
    for process in (served, elsewhere, elsewhere):
        response = await process.asks(address)
        assert response.status_code == 200
        assert response.headers["content-type"] == "image/png"
        assert response.content.startswith(PNG)
        assert response.content.endswith(b"IEND\xaeB`\x82")


async def test_a_file_is_saved_under_its_vietnamese_name(served: Served) -> None:
    address = await served.files.address(SHEET_FILE)
    assert address.isascii()
    assert unquote(address).endswith("/Bản tin tuần 47 Sở Nội vụ.xlsx")
    response = await served.asks(address)
    assert response.content.startswith(b"PK")
    attached = response.headers["content-disposition"]
    assert unquote(attached) == "attachment; filename*=UTF-8''Bản tin tuần 47 Sở Nội vụ.xlsx"


async def test_a_name_with_slashes_or_without_end_is_still_fetched(served: Served) -> None:
    for name in (
        "../../etc/passwd",
        "a/b\\c.xlsx",
        "x" * 300 + ".xlsx",
        "%2e%2e%2f.xlsx",
        "…",
        "...",
    ):
        part = SHEET_FILE.model_copy(update={"name": name})
        address = await served.files.address(part)
        assert len(address) < 400
        assert (await served.asks(address)).status_code == 200, name


async def test_the_language_is_that_of_the_message(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []

    def draw(_recipe: str, _data: object, language: str) -> bytes:
        drawn.append(language)
        return PNG

    monkeypatch.setattr(bot.drawing, "draw", draw)
    await served.asks(await served.files.address(CHART_PICTURE, "en"))
    await served.asks(await served.files.address(CHART_PICTURE))
    assert drawn == ["en", "vi"]


async def test_after_a_day_the_address_is_good_for_nothing(served: Served, clock: Clock) -> None:
    address = await served.files.address(CHART_PICTURE)
    clock.move(hours=23, minutes=59)
    assert (await served.asks(address)).status_code == 200
    clock.move(minutes=1)
    response = await served.asks(address)
    assert response.status_code == 404
    assert "Liên kết này không còn hiệu lực." in response.text
    assert "xin lấy lại trong khung trò chuyện." in response.text


def forgeries(real: str) -> Iterator[str]:
    """Tokens that are not ours, and such that are and name nothing."""
    payload, _, signature = real.rpartition(".")
    yield f"{payload}.{signature[:-2]}xx"
    yield f"{payload[:-2]}xx.{signature}"
    yield payload
    yield signature
    yield real + "x"
    yield real[:-1]
    yield "x"
    yield "." * 50
    yield "%00"
    yield "%F0%9F%98%80"
    yield "A" * 60_000
    yield ".".join("A" * 20_000)
    keys = Keys("somebody else's secret, long enough to be one")
    yield str(URLSafeSerializer(keys.web_signing(), salt="3tn/file").dumps("token"))
    ours = Keys(SECRET).web_signing()
    yield str(URLSafeSerializer(ours, salt="3tn/file").dumps("a token nobody was given"))
    yield str(URLSafeSerializer(ours, salt="3tn/file").dumps({"part": "picture"}))
    yield str(URLSafeSerializer(ours, salt="3tn/form").dumps("token"))


async def test_what_is_forged_garbled_or_huge_is_not_found(served: Served) -> None:
    address = await served.files.address(CHART_PICTURE)
    token = address.removeprefix(f"{URL}/tep/").partition("/")[0]
    for forged in forgeries(token):
        response = await served.asks(f"{URL}/tep/{forged}/digest_chart.png")
        assert response.status_code == 404, forged[:80]
    for path in ("/tep", "/tep/", f"/tep/{token}", f"/tep/{token}/a/b.png"):
        assert (await served.asks(URL + path)).status_code == 404, path


async def test_an_address_is_signed_besides_being_unguessable(served: Served) -> None:
    found = {await served.files.address(CHART_PICTURE) for _ in range(50)}
    assert len(found) == 50
    tokens = [each.split("/")[-2] for each in found]
    assert all(len(each) >= 22 + 1 + 27 for each in tokens)  # 128 bits, a dot, SHA-1's 160


async def test_nothing_can_be_read_in_the_table(served: Served, database: Database) -> None:
    picture = CHART_PICTURE.model_copy(update={"alt": "Chi đoàn Sở Nội vụ, bí mật"})
    address = await served.files.address(picture)
    token = URLSafeSerializer(database.keys.web_signing(), salt="3tn/file").loads(
        address.split("/")[-2]
    )
    (row,) = await database.run(lambda session: list(session.exec(select(SharedFile))))
    told = f"{row.key} {row.content}"
    for secret in (token, "Nội vụ", "digest_chart", "alt", CHART["title"]):
        assert secret not in told


async def test_it_is_found_under_a_secret_that_was_changed_since(
    served: Served, database_url: str, clock: Clock
) -> None:
    address = await served.files.address(CHART_PICTURE)
    changed = Database(database_url, Keys("a new secret, long enough to be one too", (SECRET,)))
    try:
        assert (await Served(changed, clock).asks(address)).content.startswith(PNG)
    finally:
        changed.close()


async def test_no_search_engine_keeps_it_and_a_messenger_may_show_it(served: Served) -> None:
    response = await served.asks(await served.files.address(CHART_PICTURE))
    assert response.headers["x-robots-tag"] == "noindex"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["cache-control"].startswith("private")
    assert "set-cookie" not in response.headers
    page = await served.asks(f"{URL}/quyen-rieng-tu")
    assert page.headers["cross-origin-resource-policy"] == "same-origin"


@asynccontextmanager
async def listening(served: Served) -> AsyncIterator[str]:
    web = WebSettings(port=free_port())
    serving = server(served.app, web)
    task = asyncio.create_task(serving.serve())
    while not serving.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{web.port}"
    serving.should_exit = True
    await asyncio.wait_for(task, 10)


async def test_a_messenger_may_ask_first_what_there_is(served: Served) -> None:
    path = (await served.files.address(CHART_PICTURE)).removeprefix(URL)
    async with listening(served) as here, httpx.AsyncClient(base_url=here) as client:
        plain = {"accept-encoding": "identity"}
        asked = await client.head(path, headers=plain)
        whole = await client.get(path, headers=plain)
        assert (await client.post(path)).status_code == 405
    assert (asked.status_code, asked.content) == (200, b"")
    for name in ("content-type", "content-length"):
        assert asked.headers[name] == whole.headers[name]
    assert len(whole.content) == int(asked.headers["content-length"])


async def test_what_has_expired_is_forgotten_and_nothing_else(
    served: Served, database: Database, clock: Clock
) -> None:
    await served.files.address(CHART_PICTURE)
    clock.move(hours=20)
    address = await served.files.address(SHEET_FILE)
    clock.move(hours=5)
    counts = await database.run(lambda session: forget(session, clock(), Policy()))
    assert counts["files"] == 1
    assert (await served.asks(address)).status_code == 200
    assert len(await database.run(lambda session: list(session.exec(select(SharedFile))))) == 1


async def test_the_same_token_stored_twice_is_one_file(database: Database, clock: Clock) -> None:
    def twice(session: object) -> None:
        for _ in range(2):
            share_file(session, "t", {"part": 1}, expires=clock() + timedelta(days=1))  # type: ignore[arg-type]

    await database.run(twice)
    assert len(await database.run(lambda session: list(session.exec(select(SharedFile))))) == 1


async def test_while_the_database_is_away_one_is_told_to_come_back(
    served: Served, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = await served.files.address(CHART_PICTURE)

    async def away(_work: object) -> None:
        raise DatabaseUnavailable("gone")

    with monkeypatch.context() as patched:
        patched.setattr(database, "run", away)
        response = await served.asks(address)
        assert response.status_code == 503
        assert response.headers["retry-after"]
        with pytest.raises(DatabaseUnavailable):
            await served.files.address(CHART_PICTURE)
        forged = await served.asks(f"{URL}/tep/forged/digest_chart.png")
        assert forged.status_code == 404, "what we did not sign asks nothing of the database"
    assert (await served.asks(address)).status_code == 200


async def test_what_cannot_be_drawn_is_told_without_its_data(
    served: Served, logged: Callable[[], str]
) -> None:
    unknown = Picture(recipe="rainbow", data={"name": "secret word"}, alt="A rainbow")
    response = await served.asks(await served.files.address(unknown))
    assert response.status_code == 500
    assert "secret word" not in response.text + logged()
    assert "rainbow" in logged()
