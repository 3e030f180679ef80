"""Requests to the web app without a network, raw as a hostile client sends them; what answers must be."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp

from tests.fuzz.watching import PERSONAL, Finding, tell_nothing

Headers = Sequence[tuple[bytes, bytes]]
_TYPES = {
    "text/html; charset=utf-8",
    "text/plain; charset=utf-8",
    "application/json",
    "text/css; charset=utf-8",
    "text/javascript; charset=utf-8",
    "application/javascript",
    "image/svg+xml",
    "image/png",
    "text/event-stream; charset=utf-8",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_ALWAYS = (
    "x-content-type-options",
    "content-security-policy",
    "x-frame-options",
    "referrer-policy",
    "cross-origin-opener-policy",
)
_LANG = re.compile(r'<html\s[^>]*lang="(vi|en)"')
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass
class Answer:
    """One answer of the app."""

    status: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> str:
        """The value of a header, "" where there is none."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


async def ask(
    app: ASGIApp, method: str, target: bytes, headers: Headers = (), body: bytes = b""
) -> Answer:
    """Send a request as uvicorn would hand it over."""
    path, _, query = target.partition(b"?")
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path.decode("latin-1")),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in headers],
        "client": (PERSONAL["address"], 4000),
        "server": ("127.0.0.1", 8080),
        "state": {},
    }
    answer, sent = Answer(), [False]

    async def receive() -> dict[str, Any]:
        if sent[0]:
            return {"type": "http.disconnect"}
        sent[0] = True
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            if answer.status:
                raise Finding("an answer begins twice", f"{method} {target!r}")
            answer.status = message["status"]
            answer.headers = [
                (name.decode("latin-1").lower(), value.decode("latin-1"))
                for name, value in message["headers"]
            ]
        elif message["type"] == "http.response.body":
            answer.body += message.get("body", b"")

    await app(scope, receive, send)
    return answer


def conforms(answer: Answer, asked: str) -> None:
    """What every answer of the app has, whatever was asked."""
    path = asked.partition(" ")[2]
    machine = path.startswith(("/readyz", "/hooks/"))
    if answer.status == 0:
        raise Finding("no answer", asked)
    if answer.status >= 500 and not (answer.status == 503 and machine):
        raise Finding(f"status {answer.status}", asked)
    for name in _ALWAYS:
        if not answer.header(name):
            raise Finding(f"an answer without {name}", asked)
    for name, value in answer.headers:
        if _CONTROL.search(name + value):
            raise Finding(f"a header {name} with control characters", asked)
    if answer.status >= 400:
        tell_nothing("an error page", answer.text, personal=False)
    _typed(answer, asked)


def _typed(answer: Answer, asked: str) -> None:
    kind = answer.header("content-type")
    if answer.body and kind.partition(";")[0] not in {each.partition(";")[0] for each in _TYPES}:
        raise Finding(f"an answer of the type {kind!r}", asked)
    if kind.startswith("text/") and "charset=utf-8" not in kind.lower():
        raise Finding(f"text of the type {kind!r}", asked)
    if not kind.startswith("text/html") or not answer.body or answer.header("content-encoding"):
        return
    if _LANG.search(answer.text) is None:
        raise Finding("a page without its language", asked)
    if answer.header("cache-control") != "no-store":
        raise Finding("a page that may be kept", asked)
