"""For machines: is the process alive, can it do its work, what has it counted."""

import hmac
import ipaddress
from collections.abc import Awaitable, Callable, Mapping

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.base import DoorState
from bot.observability import REGISTRY

_FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
_NEVER_KEPT = {"Cache-Control": "no-store"}


def health_routes(
    states: Callable[[], Mapping[str, DoorState]],
    database_ok: Callable[[], Awaitable[bool]],
    metrics_token: str,
) -> list[Route]:
    """/healthz, /readyz, /metrics and /robots.txt. A process without doors is ready when its
    database is."""

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("ok\n", headers=_NEVER_KEPT)

    async def ready(_request: Request) -> Response:
        database, doors = await database_ok(), states()
        open_doors = not doors or any(state.up for state in doors.values())
        body = {
            "database": database,
            "doors": {name: {"up": state.up, "why": state.why} for name, state in doors.items()},
        }
        return JSONResponse(body, 200 if database and open_doors else 503, headers=_NEVER_KEPT)

    async def metrics(request: Request) -> Response:
        if not _may_read_metrics(request, metrics_token):
            raise HTTPException(403)
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    async def robots(_request: Request) -> Response:
        return PlainTextResponse("User-agent: *\nDisallow: /\n")

    return [
        Route("/healthz", alive, methods=["GET"]),
        Route("/readyz", ready, methods=["GET"]),
        Route("/metrics", metrics, methods=["GET"]),
        Route("/robots.txt", robots, methods=["GET"]),
    ]


def _may_read_metrics(request: Request, token: str) -> bool:
    if token:
        given = request.headers.get("authorization", "").encode("latin-1")
        return hmac.compare_digest(given, b"Bearer " + token.encode())
    # A reverse proxy on this machine also comes from loopback; it says for whom.
    if any(name in request.headers for name in _FORWARDED) or request.client is None:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
