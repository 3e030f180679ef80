"""The HTTP door: reads a call in any of its forms, writes the answer, or cuts the connection."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import struct
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Literal

from starlette.applications import Starlette
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from .errors import ApiError
from .parameters import JSON, Params, Upload

_PATH = re.compile(r"/bot([^/]*)/([^/]*)/?")
_TOKEN = re.compile(r"\d{1,15}:[A-Za-z0-9_-]{3,}")


@dataclass(frozen=True)
class Answer:
    """What goes back; cut means that the connection breaks instead."""

    status: int
    body: bytes
    media_type: str = "application/json"
    delay: float = 0.0
    cut: Literal["", "drop", "reset"] = ""


Handler = Callable[[str, Params], Coroutine[Any, Any, Answer]]


def ok(result: Any, description: str = "") -> Answer:
    extra = {"description": description} if description else {}
    return Answer(200, _json({"ok": True, "result": result, **extra}))


def failed(error: ApiError) -> Answer:
    body: JSON = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    return Answer(error.code, _json(body))


def _json(body: JSON) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


class Door:
    """An ASGI endpoint, so that it can reach the transport and cut it."""

    def __init__(self, token: str, handler: Handler) -> None:
        self._token = token
        self._handler = handler

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self)])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._answer(Request(scope, receive))
        if answer.delay:
            await asyncio.sleep(answer.delay)
        if answer.cut:
            await _cut(receive, hard=answer.cut == "reset")
            return
        response = Response(answer.body, answer.status, media_type=answer.media_type)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Answer:
        path = _PATH.fullmatch(request.url.path)
        if path is None or not _TOKEN.fullmatch(path[1]):
            return failed(ApiError(404, "Not Found"))
        if path[1] != self._token:
            return failed(ApiError(401, "Unauthorized"))
        try:
            params = await _read(request)
        except ValueError:
            return failed(ApiError(400, "Bad Request: object expected as JSON body"))
        if path[2].lower() == "getupdates":
            return await self._while_connected(request, self._handler(path[2], params))
        return await self._handler(path[2], params)

    async def _while_connected(self, request: Request, poll: Coroutine[Any, Any, Answer]) -> Answer:
        """A long poll ends with its connection: a killed bot takes no updates with it."""
        work, gone = asyncio.create_task(poll), asyncio.create_task(_left(request))
        await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        if work.done():
            return work.result()
        work.cancel()
        await asyncio.wait({work})
        return failed(ApiError(500, "Internal Server Error"))


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue


async def _read(request: Request) -> Params:
    values: JSON = dict(request.query_params)
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "application/json":
        body = json.loads(await request.body() or b"{}")
        if not isinstance(body, dict):
            raise ValueError("not an object")
        return Params({**values, **body})
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        async with request.form() as form:
            return await _from_form(values, form)
    return Params(values)


async def _from_form(values: JSON, form: FormData) -> Params:
    files: dict[str, Upload] = {}
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            files[name] = Upload(value.filename or name, await value.read())
        else:
            values[name] = value
    return Params(values, files)


async def _cut(receive: Receive, *, hard: bool) -> None:
    """Closes the socket under uvicorn's feet; hard sends RST instead of FIN."""
    transport = getattr(receive, "__self__").transport  # noqa: B009 - unknown to the type checker
    if hard:
        linger = struct.pack("ii", 1, 0)
        transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET,
            socket.SO_LINGER,
            linger,
        )
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        continue
