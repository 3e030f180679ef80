"""Webhooks of messengers: the channel checks its secret and says which status to answer."""

import asyncio
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.base import Hook

ANSWERS_WITHIN_S = 5.0


def hook_route(hooks: Mapping[str, Hook]) -> Route:
    """POST /hooks/<channel>, read whole before the channel sees it. What takes longer is answered
    503: the messenger comes again, and what was stored after all is known by its key."""

    async def receive(request: Request) -> Response:
        hook = hooks.get(request.path_params["channel"])
        if hook is None:
            raise HTTPException(404)
        body = await request.body()
        try:
            async with asyncio.timeout(ANSWERS_WITHIN_S):
                return Response(status_code=await hook(request.headers, body))
        except TimeoutError:
            return Response(status_code=503)

    return Route("/hooks/{channel}", receive, methods=["POST"])
