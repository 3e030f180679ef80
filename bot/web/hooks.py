"""Webhooks of messengers: the channel checks its secret and says which status to answer."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.base import Hook


def hook_route(hooks: Mapping[str, Hook]) -> Route:
    """POST /hooks/<channel>, read whole before the channel sees it."""

    async def receive(request: Request) -> Response:
        hook = hooks.get(request.path_params["channel"])
        if hook is None:
            raise HTTPException(404)
        return Response(status_code=await hook(request.headers, await request.body()))

    return Route("/hooks/{channel}", receive, methods=["POST"])
