"""How much one sender may ask: the size of a body, and posts per minute and address."""

import hashlib
import ipaddress
import secrets

from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from handlers.citizen.actions import BY_CODE
from handlers.citizen.receipt import looks_like_code
from handlers.official.link_code import looks_like_link_code, names_link_code

PAGE_BYTES = 64 * 1024
HOOK_BYTES = 1024 * 1024  # Telegram's updates stay far below
UPLOAD_BYTES = 2 * 1024 * 1024  # a form with a file, which may itself have half of it
POSTS_PER_MINUTE = 300
_CODES_PER_HOUR = 120  # there are 10^10 receipt codes, and 10^9 for linking
_IPV6_NETWORK = 64  # one household or office holds a whole /64


class PostLimit:
    """A moving window of posts per client address.

    Many people share one address behind a mobile carrier or an office's network, so the limit
    stops floods, not queues. An address is known here only as a hash under a key of this
    process, for as long as a window, and nowhere else.
    """

    def __init__(self, per_minute: int = POSTS_PER_MINUTE) -> None:
        self._posts = RateLimitItemPerMinute(per_minute, namespace="post")
        self._codes = RateLimitItemPerHour(_CODES_PER_HOUR, namespace="code")
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._key = secrets.token_bytes(32)

    async def admits(self, request: Request) -> bool:
        """Count one post; False if this address has used up its minute."""
        return await self._limiter.hit(self._posts, self._pseudonym(request))

    async def admits_code(self, request: Request) -> bool:
        """Count one use of a code: a fresh visitor id does not buy fresh guesses."""
        return await self._limiter.hit(self._codes, self._pseudonym(request))

    def _pseudonym(self, request: Request) -> str:
        address = sender(request)
        return hashlib.blake2b(address.encode(), key=self._key, digest_size=16).hexdigest()


def sender(request: Request) -> str:
    """The address a request comes from; of IPv6 the network."""
    return _network(request.client.host) if request.client else ""


def _network(host: str) -> str:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return host
    return str(ipaddress.ip_network((address, _IPV6_NETWORK), strict=False))


def guesses_code(action: str, text: str) -> bool:
    """Whether a form names a receipt code or one for linking, in whichever way one can."""
    typed = looks_like_code(text) is not None or looks_like_link_code(text) is not None
    forged = action == BY_CODE.build() or "/c/" in action or names_link_code(action)
    return typed or forged


class BodyLimit:
    """Refuses a request body that is too long: by its announced length, else while it is read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        most = _most(scope["path"], headers.get(b"content-type", b""))
        announced = headers.get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > most:
            raise HTTPException(413)
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise HTTPException(413)
            return message

        await self._app(scope, counted, send)


def is_upload(kind: str) -> bool:
    """Whether a body of this type may carry a file."""
    return kind.startswith("multipart/form-data")


def _most(path: str, kind: bytes) -> int:
    """How long a body may be: a form with a file and the order of a long document are longer."""
    if path.startswith("/hooks/"):
        return HOOK_BYTES
    takes_more = path == "/file" or is_upload(kind.decode("latin-1"))
    return UPLOAD_BYTES if takes_more else PAGE_BYTES
