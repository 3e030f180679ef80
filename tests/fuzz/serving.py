"""A server that answers every call with what a target says: as JSON, as a page, as no HTTP at all."""

import asyncio
from contextlib import suppress

from tests.fuzz.given import ODD_VALUES, Given, as_json
from tests.fuzz.ground import Ground

_STATUSES = (
    200,
    200,
    200,
    200,
    400,
    401,
    403,
    404,
    409,
    413,
    418,
    429,
    500,
    502,
    204,
    302,
    101,
    999,
)
_KINDS = (
    "application/json",
    "text/html",
    "application/json; charset=utf-16",
    "application/json; charset=x",
    "",
)


class Answering:
    """Listens on a port of its own, in the loop of the ground."""

    def __init__(self, here: Ground) -> None:
        self._raw: list[bytes] = []
        self._server = here.loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0)
        )
        self.address = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def answer(self, raws: list[bytes]) -> None:
        """From now on: these, the last one over and over."""
        self._raw = raws

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                (
                    int(each[15:])
                    for each in head.lower().split(b"\r\n")
                    if each.startswith(b"content-length:")
                ),
                0,
            )
            await reader.readexactly(length)
            writer.write(self._raw.pop(0) if len(self._raw) > 1 else self._raw[0])
            await writer.drain()
        writer.close()


def http_answer(given: Given, body: object) -> bytes:
    """One answer: mostly HTTP, mostly with JSON like this, mostly whole."""
    if given.yes(12):
        return given.raw(200)
    payload = as_json(given.changed(body))
    if given.yes(24):
        payload = as_json(given.pick(ODD_VALUES)) if given.yes() else given.raw(200)
    status, kind = given.pick(_STATUSES), given.pick(_KINDS)
    length = len(payload) + given.pick((0, 0, 0, 0, 0, 0, 0, -1, 5))
    head = f"HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {length}\r\n"
    if kind:
        head += f"Content-Type: {kind}\r\n"
    if given.yes(16):
        head += given.pick(
            (
                "Content-Encoding: gzip\r\n",
                "Location: http://[\r\n",
                "Transfer-Encoding: chunked\r\n",
                "Retry-After: x\r\n",
            )
        )
    return head.encode() + b"\r\n" + payload
