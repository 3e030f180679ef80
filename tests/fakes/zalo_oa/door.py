"""The server's door: reads calls, carries them out, lets their answers go wrong as planned."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from .faults import Script
from .poster import Poster
from .rules import send
from .world import JSON, OA_ID, World

_KINDS = {
    "/v4/oa/access_token": "token",
    "/v3.0/oa/message/cs": "send",
    "/v2.0/oa/message": "send",
}


class Door:
    """An ASGI app, because a Response cannot cut its connection. `echoes`: the webhook is told
    what the account itself sent, as Zalo does."""

    def __init__(self, world: World, script: Script, poster: Poster, *, echoes: bool) -> None:
        self.world, self.poster = world, poster
        self._script, self._echoes = script, echoes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive))
        if response is None:
            getattr(receive, "__self__").transport.abort()  # noqa: B009 - unknown to the type checker
            return
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response | None:
        """None: the connection is to be cut."""
        kind = _KINDS.get(request.url.path)
        if kind is None or request.method != "POST":
            return JSONResponse({"error": -404, "message": "empty api"}, 404)
        raw = await request.body()
        with self.world.lock:
            fault = self._script.next(kind)
        body: JSON = {"error": fault.code, "message": "scripted"} if fault is not None else {}
        if fault is None or fault.executed:
            with self.world.lock:
                body = self._carried_out(kind, request, raw)
        if fault is None:
            return JSONResponse(body)
        if fault.gate is not None:
            await asyncio.to_thread(fault.gate.wait, 30)
        await asyncio.sleep(fault.seconds)
        if fault.cut:
            return None
        if fault.html:
            return HTMLResponse("<html>gateway</html>", fault.status)
        return JSONResponse(body, fault.status)

    def _carried_out(self, kind: str, request: Request, raw: bytes) -> JSON:
        headers, world = request.headers, self.world
        content = headers.get("content-type", "").split(";")[0]
        if kind == "token":
            if content != "application/x-www-form-urlencoded":
                return world.refuse(-14001, f"content type {content}")
            fields = dict(parse_qsl(raw.decode(), keep_blank_values=True))
            world.calls.append(("token", fields))
            return world.renew(headers.get("secret_key", ""), fields)
        if "authorization" in headers or "access_token" not in headers:
            world.refuse(-216, "the token goes into the header access_token")
        if content != "application/json":
            return world.refuse(-201, f"content type {content}")
        version = "v2" if request.url.path.startswith("/v2.0") else "v3"
        body = json.loads(raw)
        world.calls.append((version, body))
        answer = send(world, version, headers.get("access_token"), body)
        if answer["error"] == 0 and self._echoes and self.poster.url:
            self._echo(answer["data"], body["message"]["text"])
        return answer

    def _echo(self, sent: JSON, text: str) -> None:
        """Zalo tells the webhook what the account itself sent."""
        event = self.poster.event(
            {
                "sender": {"id": OA_ID},
                "recipient": {"id": sent["user_id"]},
                "event_name": "oa_send_text",
                "message": {"text": text, "msg_id": sent["message_id"]},
            }
        )
        self.poster.deliver(event, sent["user_id"])
