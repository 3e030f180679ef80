"""A stand-in for Telegram's server that costs next to nothing, and the posts of people who tap.

Runs in the benchmark's own process; the program measured is another. Where strictness matters
there is tests.fakes.telegram; this one answers whatever it is asked at once, or after `takes`
seconds, and knows which person every call was for.
"""

import asyncio
import re
from collections.abc import Callable
from typing import Any, cast

import httptools

_METHOD = re.compile(rb"/bot[^/]+/([A-Za-z]+)")
_CHAT = re.compile(rb'chat_id"?[=:]\s*"?(\d+)')
_QUERY = re.compile(rb'callback_query_id"?[=:]\s*"?(\d+)')

BOT = b'{"id":7,"is_bot":true,"first_name":"Bot","username":"bench_bot"}'
_KEYBOARD = (
    b'{"inline_keyboard":[[{"text":"\\ud83d\\ude0a R\\u1ea5t h\\u00e0i l\\u00f2ng",'
    b'"callback_data":"rate/Q1/261116/1/5"}],[{"text":"Xong","callback_data":"done/Q1"}]]}'
)
_MESSAGE = (
    b'{"ok":true,"result":{"message_id":1,"from":%b,"chat":{"id":%b,"type":"private",'
    b'"first_name":"Lan"},"date":1763250000,"edit_date":1763250001,"text":"C\\u1ea3m \\u01a1n '
    b'b\\u1ea1n. \\u0110\\u00e3 ghi nh\\u1eadn.","reply_markup":%b}}'
)
_TRUE = b'{"ok":true,"result":true}'
_OTHERS = {
    b"getMe": b'{"ok":true,"result":%b}' % BOT,
    b"getUpdates": b'{"ok":true,"result":[]}',
    b"getWebhookInfo": b'{"ok":true,"result":{"url":"","has_custom_certificate":false,'
    b'"pending_update_count":0}}',
}


def _response(body: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % len(body) + body


class Stub:
    """Serves the Bot API on `port`. `shown(chat)` and `stopped(query)` are called as each edit (or
    message) and each answer to a callback query has been answered; `webhook_set` once it was."""

    def __init__(self, shown: Callable[[int], None], stopped: Callable[[int], None]) -> None:
        self.shown, self.stopped = shown, stopped
        self.takes = 0.0
        self.webhook_set = asyncio.Event()
        self.port = 0
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Begin to serve, on a port of the system's choice."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Serving(self), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Serve nobody new."""
        if self._server is not None:
            self._server.close()

    @property
    def base(self) -> str:
        """Where it is, without the "/bot" that programs put behind it."""
        return f"http://127.0.0.1:{self.port}"

    def answer(self, url: bytes, body: bytes, write: Callable[[bytes], None]) -> None:
        """Answer one call, when it is time."""
        found = _METHOD.match(url)
        method = found[1] if found else b""
        after: Callable[[int], None] | None = None
        number = 0
        content = _OTHERS.get(method, _TRUE)
        if method in {b"editMessageText", b"sendMessage"}:
            chat = _CHAT.search(body)
            number, after = int(chat[1]) if chat else 0, self.shown
            content = _MESSAGE % (BOT, str(number).encode(), _KEYBOARD)
        elif method == b"answerCallbackQuery":
            query = _QUERY.search(body)
            number, after = int(query[1]) if query else 0, self.stopped
        elif method == b"setWebhook":
            self.webhook_set.set()
        if after is not None and self.takes:
            asyncio.get_running_loop().call_later(
                self.takes, self._finish, content, write, after, number
            )
        else:
            self._finish(content, write, after, number)

    def _finish(
        self,
        content: bytes,
        write: Callable[[bytes], None],
        after: Callable[[int], None] | None,
        number: int,
    ) -> None:
        write(_response(content))
        if after is not None:
            after(number)


class _Serving(asyncio.Protocol):
    """One connection of the program's to the stub."""

    def __init__(self, stub: Stub) -> None:
        self._stub = stub
        self._parser = cast("Any", httptools).HttpRequestParser(self)
        self._url = b""
        self._body: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        """A request begins (as httptools calls it)."""
        self._url, self._body = url, []

    def on_body(self, body: bytes) -> None:
        """A piece of it."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """All of it is there."""
        self._stub.answer(self._url, b"".join(self._body), self._write)

    def _write(self, response: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(response)


class Line(asyncio.Protocol):
    """One kept connection to a program: posts, one after the other."""

    def __init__(self) -> None:
        self._parser = cast("Any", httptools).HttpResponseParser(self)
        self._waiting: asyncio.Future[tuple[int, bytes]] | None = None
        self._body: list[bytes] = []

    @classmethod
    async def to(cls, port: int) -> "Line":
        """A connection to a program on this machine."""
        _, line = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return line

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    async def send(self, request: bytes) -> tuple[int, bytes]:
        """Send a whole request; the status and body of its answer."""
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """Hang up."""
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        """An answer begins (as httptools calls it)."""
        self._body = []

    def on_body(self, body: bytes) -> None:
        """A piece of it."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """All of it is there."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result((self._parser.get_status_code(), b"".join(self._body)))

    def connection_lost(self, error: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error or ConnectionResetError("the program hung up"))


def post(
    port: int, path: str, body: bytes, headers: str = "", kind: str = "application/json"
) -> bytes:
    """A request as it goes over the line."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: {kind}\r\n"
        f"{headers}Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body
