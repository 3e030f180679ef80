"""Webhooks of messengers: the channel checks its secret and says which status to answer."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.channels.base import Hook
from bot.observability import HOOKS
from bot.web.errors import ErrorPages
from bot.web.limits import HOOK_BYTES

ANSWERS_WITHIN_S = 5.0
READ_WITHIN_S = 10.0
MOST_AT_ONCE = 100  # of one address, still being read; messengers keep to 40 connections
_PREFIX = "/hooks/"


def hook_route(hooks: Mapping[str, Hook]) -> Route:
    """The same as a route: for an app of its own, and for what is none of our channels'."""

    async def receive(request: Request) -> Response:
        hook = hooks.get(request.path_params["channel"])
        if hook is None:
            raise HTTPException(404)
        return Response(status_code=await _answered(hook, request.headers, await request.body()))

    return Route(f"{_PREFIX}{{channel}}", receive, methods=["POST"])


class Hooks:
    """Takes POST /hooks/<channel> before everything that pages need, and lets all else pass.

    A post is read whole before the channel sees it. What takes longer than a messenger waits is
    answered 503: it comes again, and what was stored after all is known by its key. Whoever posts
    slowly holds only so many places, and those not for long.
    """

    def __init__(self, app: ASGIApp, *, hooks: Mapping[str, Hook], pages: ErrorPages) -> None:
        self._app, self._pages = app, pages
        self._hooks = {f"{_PREFIX}{name}": hook for name, hook in hooks.items()}
        self._reading: Counter[str] = Counter()  # posts whose rest is awaited, by address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        hook = self._hooks.get(scope["path"]) if scope["type"] == "http" else None
        if hook is None or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        try:
            status = await self._taken(hook, scope, receive)
        except Exception as error:  # noqa: BLE001 - the last place that can still answer
            await self._pages.failed(Request(scope), error)(scope, receive, send)
            return
        HOOKS.labels(scope["path"].removeprefix(_PREFIX), int(status)).inc()
        empty = [(b"content-length", b"0")]
        await send({"type": "http.response.start", "status": int(status), "headers": empty})
        await send({"type": "http.response.body", "body": b""})

    async def _taken(self, hook: Hook, scope: Scope, receive: Receive) -> int:
        headers = Headers(scope=scope)
        announced = headers.get("content-length", "")
        if announced.isdigit() and int(announced) > HOOK_BYTES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        address = scope["client"][0] if scope["client"] else ""
        if self._reading[address] >= MOST_AT_ONCE:
            return HTTPStatus.SERVICE_UNAVAILABLE
        self._reading[address] += 1
        try:
            async with asyncio.timeout(READ_WITHIN_S):
                body = await _body(receive)
        except (TimeoutError, ClientDisconnect):
            return HTTPStatus.REQUEST_TIMEOUT
        finally:
            self._reading[address] -= 1
            if not self._reading[address]:
                del self._reading[address]
        return await _answered(hook, headers, body)


async def _answered(hook: Hook, headers: Mapping[str, str], body: bytes) -> int:
    if len(body) > HOOK_BYTES:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    try:
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            return await hook(headers, body)
    except TimeoutError:
        return HTTPStatus.SERVICE_UNAVAILABLE


async def _body(receive: Receive) -> bytes:
    """The whole body, or the beginning of one that is too long."""
    body, more = b"", True
    while more and len(body) <= HOOK_BYTES:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body
