"""The ASGI app put together, and the server that runs it inside the program's own event loop."""

import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

import uvicorn
from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Route

from bot.channels.base import DoorState, Hook
from bot.config import WebSettings
from bot.dispatch import Dispatch
from bot.drawing import Drawing
from bot.web.assets import Assets
from bot.web.errors import ErrorPages, PoliteErrors
from bot.web.files import Files
from bot.web.health import health_routes
from bot.web.hooks import Hooks, hook_route
from bot.web.identity import Signatures
from bot.web.inbox import Inbox
from bot.web.letterbox import Letterbox
from bot.web.limits import POSTS_PER_ADDRESS, POSTS_PER_MINUTE, BodyLimit, PostLimit
from bot.web.other_doors import DoorsOf, OtherDoors
from bot.web.pages import Pages
from bot.web.security import OwnRequestsOnly, SecurityHeaders
from bot.web.shared_files import SharedFiles
from bot.web.shell import Shell
from bot.web.visits import Visits
from handlers.policy import Policy
from storage.keys import Keys

_SECONDS_TO_FINISH = 5


def create_app(
    *,
    dispatch: Dispatch,
    keys: Keys,
    web: WebSettings,
    public_url: str,
    policy: Policy,
    doors: DoorsOf,
    states: Callable[[], Mapping[str, DoorState]],
    database_ok: Callable[[], Awaitable[bool]],
    hooks: Mapping[str, Hook] | None = None,
    routers: Sequence[APIRouter] = (),
    invite_doors: DoorsOf = lambda _token: (),
    staff_doors: DoorsOf = lambda _payload: (),
    letterbox: Letterbox | None = None,
    drawing: Drawing | None = None,
    files: SharedFiles | None = None,
    posts_per_minute: int = POSTS_PER_MINUTE,
    posts_per_address: int = POSTS_PER_ADDRESS,
) -> FastAPI:
    """The whole web side. `routers` come first, so the demo's start page can take "/". With a
    letterbox pages get messages that nobody just asked for.

    Pages of `routers` look like the others through `request.app.state.shell` (bot.web.shell).
    """
    https = public_url.startswith("https://")
    assets = Assets()
    shell = Shell(assets, policy)
    visits = Visits(Signatures(keys, https=https), web.kiosk_desks)
    errors = ErrorPages(shell, visits)
    drawing, posts = drawing or Drawing(), PostLimit(posts_per_minute, posts_per_address)
    others = OtherDoors(doors, invite_doors, staff_doors)
    pages = Pages(dispatch, shell, errors, visits, others, posts, drawing)
    inbox = Inbox(letterbox, pages, shell, errors, visits, drawing).routes() if letterbox else ()
    app = FastAPI(
        openapi_url=None,
        redirect_slashes=False,  # the redirect would repeat the Host header
        docs_url=None,
        redoc_url=None,
        # Spans and metrics of requests would carry addresses; ours are in bot.observability.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        middleware=[
            Middleware(SecurityHeaders, https=https),
            Middleware(Hooks, hooks=hooks or {}, pages=errors),
            Middleware(GZipMiddleware, minimum_size=600, compresslevel=5),
            Middleware(PoliteErrors, pages=errors),
            Middleware(BodyLimit),
            Middleware(OwnRequestsOnly, trusted_origin=public_url),
        ],
        exception_handlers={
            HTTPException: errors.http_error,
            RequestValidationError: errors.invalid,
        },
    )
    app.state.shell, app.state.visits, app.state.letterbox = shell, visits, letterbox
    for router in routers:
        app.include_router(router)
    own: list[BaseRoute] = [
        *pages.routes(),
        *Files(drawing, errors, visits, posts).routes(),
        *inbox,
        *(files.routes(errors) if files else ()),
        *health_routes(states, database_ok, web.metrics_token.get_secret_value()),
        hook_route({}),
        Route("/static/{name}", assets.serve, methods=["GET"]),
        Route("/favicon.ico", assets.favicon, methods=["GET"]),
    ]
    app.router.routes.extend(own)
    return app


def create_health_app(
    *,
    web: WebSettings,
    states: Callable[[], Mapping[str, DoorState]],
    database_ok: Callable[[], Awaitable[bool]],
) -> FastAPI:
    """What a process without the web answers: how it is, to who looks after it."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.letterbox = None
    token = web.metrics_token.get_secret_value()
    app.router.routes.extend(health_routes(states, database_ok, token))
    return app


class Server(uvicorn.Server):
    """uvicorn as one part of a program: signals are the program's."""

    def __init__(self, app: FastAPI, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._app = app

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signal handlers alone; whoever owns them sets `should_exit`."""
        yield

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until `should_exit`, on these sockets or one of its own."""
        await super().serve(sockets=sockets or [listen(self.config.host, self.config.port)])

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let go of the pages that listen first: they would listen for ever."""
        letterbox: Letterbox | None = self._app.state.letterbox
        if letterbox is not None:
            letterbox.close()
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """The socket to serve on; OSError naming the address if it cannot be had."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise OSError(error.errno, error.strerror, f"web.host = {host}") from error
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        if hasattr(socket, "SO_REUSEPORT"):  # on Windows SO_REUSEADDR would share the port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(2048)
        listening.settimeout(0)  # asyncio wants it non-blocking
    except OSError as error:
        listening.close()
        raise OSError(error.errno, error.strerror, f"{host}:{port}") from error
    return listening


def server(app: FastAPI, web: WebSettings) -> Server:
    """A server for the app: `await server.serve()`, and `should_exit = True` to stop it."""
    return Server(
        app,
        uvicorn.Config(
            app,
            host=web.host,
            port=web.port,
            access_log=False,  # it would join an address, an hour and a desk
            log_config=None,
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips=web.trusted_proxies,
            lifespan="off",
            timeout_graceful_shutdown=_SECONDS_TO_FINISH,
        ),
    )
