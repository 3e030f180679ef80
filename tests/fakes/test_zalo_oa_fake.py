"""The fake Official Account keeps to the interface: tokens once, strict messages, windows, retries."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from tests.fakes.zalo_oa import APP_ID, APP_SECRET, FIRST_REFRESH, OA_SECRET, FakeZaloOa

FIELDS = {"app_id": APP_ID, "grant_type": "refresh_token", "refresh_token": FIRST_REFRESH}


@pytest.fixture
def oa() -> Iterator[FakeZaloOa]:
    with FakeZaloOa(pace=0.0001) as fake:
        yield fake


def renew(oa: FakeZaloOa, secret: str = APP_SECRET, **fields: str) -> dict[str, Any]:
    url = f"{oa.url}/v4/oa/access_token"
    answer = httpx.post(url, headers={"secret_key": secret}, data=FIELDS | fields)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def send(oa: FakeZaloOa, access: str, message: object, user: str = "", **headers: str) -> int:
    url = f"{oa.url}/v3.0/oa/message/cs"
    body = {"recipient": {"user_id": user or oa.user().id}, "message": message}
    answer = httpx.post(url, headers={"access_token": access, **headers}, json=body)
    assert answer.status_code == 200
    code: int = answer.json()["error"]
    return code


@pytest.fixture
def access(oa: FakeZaloOa) -> str:
    oa.world.people[oa.user().id].heard = oa.world.now()
    token: str = renew(oa)["access_token"]
    return token


def test_a_refresh_token_works_once_and_the_life_is_a_string(oa: FakeZaloOa) -> None:
    first = renew(oa)
    assert first["expires_in"] == "90000"
    assert "access_token" not in renew(oa)
    assert "access_token" in renew(oa, refresh_token=first["refresh_token"])
    assert "access_token" not in renew(oa, secret="wrong")
    assert oa.renewals == 2


def buttons(count: int, **changed: str) -> dict[str, object]:
    one = {"title": "1. A", "type": "oa.query.hide", "payload": "a", **changed}
    payload = {"buttons": [one] * count}
    return {"text": "hi", "attachment": {"type": "template", "payload": payload}}


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"text": ""},
        {"text": "a" * 2001},
        {"text": "😀" * 1001},
        {"text": "hi", "parse_mode": "html"},
        buttons(0),
        buttons(6),
        buttons(1, title=""),
        buttons(1, title="a" * 101),
        buttons(1, payload="a" * 1001),
        buttons(1, type="oa.open.url"),
        buttons(1, extra="x"),
    ],
)
def test_a_message_that_breaks_a_rule_is_refused_and_remembered(
    oa: FakeZaloOa, access: str, message: object
) -> None:
    assert send(oa, access, message) == -201
    assert len(oa.refusals) == 1
    assert oa.user().messages == []


def test_who_may_be_written_to_and_when(oa: FakeZaloOa, access: str) -> None:
    assert send(oa, access, {"text": "a" * 2000}) == 0
    assert send(oa, access, buttons(5)) == 0
    assert send(oa, "wrong", {"text": "hi"}) == -216
    assert send(oa, access, {"text": "hi"}, Authorization="Bearer x") == 0
    assert "header access_token" in oa.refusals[0]
    assert send(oa, access, {"text": "hi"}, user="nobody") == -213
    oa.move(hours=26)
    assert send(oa, access, {"text": "hi"}) == -220
    oa.move(days=6)
    assert send(oa, oa.give_tokens()[0], {"text": "hi"}) == -230


class Listener(HTTPServer):
    """A webhook that answers 500 twice, then 200."""

    posts: list[tuple[str, bytes]]


class _Hook(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts.append((self.headers["X-ZEvent-Signature"], body))
        self.send_response(500 if len(self.server.posts) <= 2 else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


def test_an_event_is_signed_and_posted_until_it_is_taken_and_again_when_replayed(
    oa: FakeZaloOa,
) -> None:
    listener = Listener(("127.0.0.1", 0), _Hook)
    listener.posts = []
    serving = threading.Thread(target=listener.serve_forever, daemon=True)
    serving.start()
    oa.poster.url = f"http://127.0.0.1:{listener.server_port}/"
    oa.user().send("xin chào")
    oa.wait_until(lambda: oa.poster.events and oa.poster.events[0].accepted)
    (event,) = oa.poster.events
    assert event.statuses == [500, 500, 200]
    oa.replay(2)
    listener.shutdown()
    listener.server_close()
    assert len(set(listener.posts)) == 1
    assert len(listener.posts) == 5
    mac, body = listener.posts[0]
    time = body.decode().split('"timestamp":"')[1].split('"')[0]
    assert int(time) > 10**12
    signed = APP_ID.encode() + body + time.encode() + OA_SECRET.encode()
    assert mac == "mac=" + hashlib.sha256(signed).hexdigest()


def test_an_event_nobody_takes_is_given_up_after_the_last_retry(oa: FakeZaloOa) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    oa.poster.url = f"http://127.0.0.1:{port}/"
    oa.user().send("xin chào")
    oa.wait_until(lambda: oa.poster.events and oa.poster.events[0].given_up, timeout=10)
    assert len(oa.poster.events[0].statuses) == 6
