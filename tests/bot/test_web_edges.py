"""What the web side refuses, limits and tells machines."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

import httpx
import pytest
from fastapi import APIRouter, Request, Response
from markupsafe import Markup
from pydantic import SecretStr

from bot.channels.base import DoorState
from bot.config import WebSettings
from bot.web.limits import HOOK_BYTES, PAGE_BYTES
from storage.keys import Keys
from tests.bot.web_site import HOME, Site, furnished_site
from tests.conftest import Clock

ELSEWHERE = "https://evil.example"


@pytest.fixture
async def site(sqlite_url: str, keys: Keys, clock: Clock) -> AsyncIterator[Site]:
    async with furnished_site(sqlite_url, keys, clock) as furnished:
        yield furnished


# -- forms of other sites -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [{"origin": ELSEWHERE}, {"sec-fetch-site": "cross-site"}, {"origin": "null"}],
)
async def test_a_form_sent_by_another_site_rates_nothing(
    site: Site, headers: dict[str, str]
) -> None:
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
        text = await reader.taps("Hài lòng", **headers)
    assert reader.status == 403
    assert "chưa được ghi nhận" in text
    assert await site.place.ratings() == []


@pytest.mark.parametrize(
    "headers", [{"origin": HOME}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}, {}]
)
async def test_a_form_of_our_own_page_is_taken(site: Site, headers: dict[str, str]) -> None:
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
        await reader.taps("Hài lòng", **headers)
    assert (await site.place.rating()).level == 4


@pytest.mark.parametrize("path", ["/", "/q/Q1", "/nothing", "/healthz", "/hooks/none"])
async def test_every_response_carries_the_strict_headers(site: Site, path: str) -> None:
    async with site.reader() as reader:
        await reader.opens(path)
    headers = reader.response.headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert "geolocation=()" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers


@pytest.mark.parametrize("path", ["/", "/q/Q1", "/ma", "/quyen-rieng-tu", "/nothing"])
async def test_no_page_has_anything_inline_or_from_outside(site: Site, path: str) -> None:
    async with site.reader() as reader:
        await reader.opens(path)
    html = reader.response.text
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", html)
    assert re.findall(r"<script(?![^>]*\ssrc=\"/static/)", html) == []
    assert re.findall(r"<(?:link|script|img)[^>]*(?:src|href)=\"(?!/static/)", html) == []


# -- limits ---------------------------------------------------------------------------------------


async def test_a_body_too_long_is_refused_with_a_page(site: Site) -> None:
    async with site.reader() as reader:
        text = await reader.sends("/q/Q1", {"text": "a" * (PAGE_BYTES + 1)})
    assert reader.status == 413
    assert "quá dài" in text


async def test_a_body_that_hides_its_length_is_refused_while_it_is_read(site: Site) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"a" * 4096

    async with site.reader() as reader:
        form = {"content-type": "application/x-www-form-urlencoded"}
        response = await reader.client.post("/q/Q1", content=endless(), headers=form)
    assert response.status_code == 413
    assert "quá dài" in response.text


async def test_a_flood_of_one_browser_is_asked_to_wait_and_keeps_its_text(site: Site) -> None:
    async with replace(site, posts_per_minute=3).reader() as reader:
        await reader.opens("/q/Q1")
        await reader.taps("Hài lòng")
        await reader.taps("Nhanh, chính xác")
        await reader.taps("Tận tình")
        text = await reader.taps("Gửi góp ý", typed="Rất chu đáo")
        assert reader.status == 429
        assert "Rất chu đáo" in text
        assert "Thử lại" in reader.labels()
    assert (await site.place.rating()).comment is None


async def test_a_flood_elsewhere_keeps_nobody_else_waiting(site: Site) -> None:
    app = replace(site, posts_per_address=1).app()
    statuses = []
    for address in ("203.0.113.1", "203.0.113.1", "203.0.113.2", "2001:db8::1", "2001:db8::2"):
        transport = httpx.ASGITransport(app=app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url=HOME) as client:
            page = (await client.get("/q/Q1")).text
            token = re.findall(r'name="token" value="([^"]+)"', page)[0]
            answer = await client.post("/q/Q1", data={"token": token, "action": "open/Q1"})
            statuses.append(answer.status_code)
    assert statuses == [200, 429, 200, 200, 429], "one IPv6 network counts as one address"


async def test_guessing_receipt_codes_is_stopped_whoever_one_says_to_be(site: Site) -> None:
    async with site.reader() as reader:
        statuses = []
        for number in range(125):
            reader.refuse_cookies()
            await reader.opens("/ma")
            code = f"{number:010}"
            action = f"see/c/{code}" if number % 2 else "code"
            await reader.sends("/chat", {"token": reader.token(), "action": action, "text": code})
            statuses.append(reader.status)
    assert statuses[:100] == [200] * 100
    assert statuses[120:] == [429] * 5


# -- errors ---------------------------------------------------------------------------------------


async def test_what_does_not_exist_is_said_in_the_persons_language(site: Site) -> None:
    async with site.reader() as reader:
        assert "Không có trang này" in await reader.opens("/nothing")
        assert reader.status == 404
        assert reader.page.links["Về trang đầu"] == "/"
    async with site.reader("en") as reader:
        assert "There is no such page" in await reader.opens("/nothing")
        assert reader.page.language == "en"


async def test_an_error_speaks_the_language_that_was_switched_to(site: Site) -> None:
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
        await reader.taps("English")
        assert "There is no such page" in await reader.opens("/nothing")


async def test_the_wrong_method_is_a_page_that_says_which_is_right(site: Site) -> None:
    async with site.reader() as reader:
        response = await reader.client.put("/q/Q1")
    assert response.status_code == 405
    assert "POST" in response.headers["allow"] or "GET" in response.headers["allow"]
    assert "<h1" in response.text


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xfe=%ff&token=%00", "application/x-www-form-urlencoded"),
        (b"not a multipart body", "multipart/form-data; boundary=x"),
        (b"{}", "application/json"),
        (b"&".join(b"a%d=1" % n for n in range(99)), "application/x-www-form-urlencoded"),
        (
            b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nb\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
)
async def test_a_garbled_form_gets_a_polite_page(site: Site, content: bytes, kind: str) -> None:
    async with site.reader() as reader:
        response = await reader.client.post(
            "/q/Q1", content=content, headers={"content-type": kind}
        )
    assert response.status_code == 400
    assert "<h1" in response.text


async def test_nul_and_control_characters_are_left_out_of_what_is_typed(site: Site) -> None:
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
        await reader.taps("Hài lòng")
        await reader.taps("Gửi góp ý", typed="một\x00\x07\r\nhai")
    assert reader.page.forms[1].texts["text"] == "một\nhai"


async def test_a_page_that_breaks_shows_the_reference_the_log_holds(
    site: Site, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("0912345678 said something")

    monkeypatch.setattr(site.place.dispatch, "handle", broken)
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
    assert reader.status == 500
    logged = capsys.readouterr()
    (reference,) = re.findall(r"\b[0-9A-F]{8}\b", reader.text)
    assert reference in logged.out + logged.err
    assert "0912345678" not in logged.out + logged.err + reader.response.text


# -- for machines ---------------------------------------------------------------------------------


async def test_health_says_ok_and_robots_are_sent_away(site: Site) -> None:
    async with site.reader() as reader:
        assert (await reader.client.get("/healthz")).text == "ok\n"
        assert "Disallow: /" in (await reader.client.get("/robots.txt")).text
        assert (await reader.client.head("/healthz")).status_code == 200


@pytest.mark.parametrize(
    ("database", "web", "telegram", "status"),
    [
        (True, True, True, 200),
        (True, True, False, 200),
        (False, True, True, 503),
        (True, False, False, 503),
    ],
)
async def test_ready_unless_the_database_or_every_door_is_down(
    site: Site, database: bool, web: bool, telegram: bool, status: int
) -> None:
    site.answers = database
    site.states = {"web": DoorState(web), "telegram": DoorState(telegram, "token refused")}
    async with site.reader() as reader:
        response = await reader.client.get("/readyz")
    assert response.status_code == status
    assert response.json() == {
        "database": database,
        "doors": {
            "web": {"up": web, "why": ""},
            "telegram": {"up": telegram, "why": "token refused"},
        },
    }


@pytest.mark.parametrize(
    ("address", "forwarded", "token", "given", "status"),
    [
        ("127.0.0.1", "", "", "", 200),
        ("::1", "", "", "", 200),
        ("203.0.113.9", "", "", "", 403),
        ("127.0.0.1", "203.0.113.9", "", "", 403),
        ("203.0.113.9", "", "a-long-token-0123", "a-long-token-0123", 200),
        ("127.0.0.1", "", "a-long-token-0123", "another", 403),
        ("127.0.0.1", "", "a-long-token-0123", "", 403),
    ],
)
async def test_metrics_are_for_this_machine_or_with_the_token(
    site: Site, address: str, forwarded: str, token: str, given: str, status: int
) -> None:
    web = WebSettings(metrics_token=SecretStr(token))
    headers = {"authorization": f"Bearer {given}"} if given else {}
    if forwarded:
        headers["x-forwarded-for"] = forwarded
    async with replace(site, web=web).reader(address=address) as reader:
        response = await reader.client.get("/metrics", headers=headers)
    assert response.status_code == status
    assert ("updates_total" in response.text) == (status == 200)


async def test_metrics_never_join_a_desk_and_a_level(site: Site) -> None:
    async with site.reader(address="127.0.0.1") as reader:
        await reader.opens("/q/Q1")
        await reader.taps("Rất không hài lòng")
        response = await reader.client.get("/metrics")
    assert "Q1" not in response.text


async def test_a_webhook_reaches_its_channel_whole_and_answers_its_status(site: Site) -> None:
    seen: list[tuple[str | None, bytes]] = []

    async def hook(headers: Mapping[str, str], body: bytes) -> int:
        seen.append((headers.get("X-Telegram-Bot-Api-Secret-Token"), body))
        return 401

    async with replace(site, hooks={"telegram": hook}).reader() as reader:
        response = await reader.client.post(
            "/hooks/telegram",
            content=json.dumps({"update_id": 1}),
            headers={
                "x-telegram-bot-api-secret-token": "s",
                "origin": ELSEWHERE,
                "content-type": "application/json; charset=utf-8",
            },
        )
        assert (response.status_code, response.content) == (401, b"")
        assert seen == [("s", b'{"update_id": 1}')]
        assert (await reader.client.get("/hooks/telegram")).status_code == 405
        assert (await reader.client.post("/hooks/zalo-oa")).status_code == 404
        long = await reader.client.post("/hooks/telegram", content=b"a" * (HOOK_BYTES + 1))
        assert long.status_code == 413
        assert len(seen) == 1


async def test_static_files_are_kept_for_ever_under_their_contents_name(site: Site) -> None:
    async with site.reader() as reader:
        await reader.opens("/q/Q1")
        urls = set(re.findall(r'"(/static/[^"]+)"', reader.response.text))
        assert len(urls) == 3
        for url in urls:
            packed = await reader.client.get(url)
            assert "immutable" in packed.headers["cache-control"]
            assert packed.headers["content-encoding"] == "gzip"
            plain = await reader.client.get(url, headers={"accept-encoding": "identity"})
            assert plain.content == packed.content
            assert "content-encoding" not in plain.headers
        assert (await reader.client.get("/static/page.000000000000.css")).status_code == 404
        assert (await reader.client.get("/static/../app.py")).status_code == 404
        assert (await reader.client.get("/favicon.ico")).headers["content-type"] == "image/svg+xml"


async def test_the_first_view_stays_under_60_kilobytes_even_unpacked(site: Site) -> None:
    async with site.reader() as reader:
        page = await reader.client.get("/q/Q1", headers={"accept-encoding": "identity"})
        responses = [page]
        for url in set(re.findall(r'"(/static/[^"]+)"', page.text)):
            plain = {"accept-encoding": "identity"}
            responses.append(await reader.client.get(url, headers=plain))
    total = sum(
        len(response.content) + sum(len(n) + len(v) + 4 for n, v in response.headers.raw)
        for response in responses
    )
    assert total < 60_000


async def test_there_is_no_api_documentation_to_find(site: Site) -> None:
    async with site.reader() as reader:
        for path in ("/docs", "/redoc", "/openapi.json"):
            assert (await reader.client.get(path)).status_code == 404


async def test_a_router_of_the_demo_takes_the_first_page_and_looks_like_the_rest(
    site: Site,
) -> None:
    router = APIRouter()

    @router.get("/")
    async def start(request: Request) -> Response:
        body = Markup("<h1>{}</h1>").format("Chọn <vai>")
        page: Response = request.app.state.shell.wrap(body, language="vi", title="Bản demo")
        return page

    async with replace(site, routers=(router,)).reader() as reader:
        text = await reader.opens("/")
        assert "Chọn <vai>" in text
        assert "<title>Bản demo | 3 trách nhiệm" in reader.response.text
        await reader.opens("/q/Q1")
        assert "Rất hài lòng" in reader.labels()
