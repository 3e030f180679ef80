"""How much one sender may ask: the size of a body, posts per browser and per address."""

import hashlib
import ipaddress
import secrets
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.moving_window import MovingWindow
from handlers.citizen.actions import BY_CODE
from handlers.citizen.receipt import could_be_code
from handlers.official.link_code import looks_like_link_code, names_link_code

PAGE_BYTES = 64 * 1024
HOOK_BYTES = 1024 * 1024  # Telegram's updates stay far below
_MOST_DIGITS = 12  # Python reads no number of thousands of them
UPLOAD_BYTES = 2 * 1024 * 1024  # a form with a file, which may itself have half of it
POSTS_PER_MINUTE = 120  # of one browser
POSTS_PER_ADDRESS = 3000  # a minute: a whole province behind one address taps on
CODES_PER_BROWSER = 30  # an hour
CODES_PER_ADDRESS = 120  # an hour: there are 9·10^9 receipt codes, and 10^9 for linking
_MINUTE_S, _HOUR_S = 60.0, 3600.0
_IPV6_NETWORK = 64  # one household or office holds a whole /64


class PostLimit:
    """Moving windows of posts: few per browser, many per address.

    Many people share one address behind a mobile carrier or an office's network. So each browser, by
    the id in its form's signed token, has a measure of its own that nobody else can use up; what is
    refused there does not count for its address. The address has a ceiling, as ids cost nothing:
    against it an official's browser, whose id does cost something, is not held. Browsers and
    addresses are known here only as hashes under a key of this process, for as long as a window, and
    nowhere else; each process counts by itself.
    """

    def __init__(
        self, per_minute: int = POSTS_PER_MINUTE, per_address: int = POSTS_PER_ADDRESS
    ) -> None:
        self._posts = _Pair(
            MovingWindow(per_minute, _MINUTE_S), MovingWindow(per_address, _MINUTE_S)
        )
        self._codes = _Pair(
            MovingWindow(CODES_PER_BROWSER, _HOUR_S), MovingWindow(CODES_PER_ADDRESS, _HOUR_S)
        )
        self._key = secrets.token_bytes(32)

    def admits(self, request: Request, browser: str, *, official: bool = False) -> bool:
        """Count one post; False if this browser or its address has used up its minute."""
        return self._take(self._posts, request, browser, exempt=official)

    def admits_code(self, request: Request, browser: str) -> bool:
        """Count one use of a code: a fresh visitor id does not buy fresh guesses."""
        return self._take(self._codes, request, browser)

    def _take(self, pair: "_Pair", request: Request, browser: str, *, exempt: bool = False) -> bool:
        address = self._pseudonym(sender(request))
        # Looked at first: ids made up past the ceiling are not even remembered.
        if not exempt and not pair.address.has_room(address):
            return False
        if not pair.browser.take(self._pseudonym(browser)):
            return False
        return exempt or pair.address.take(address)

    def _pseudonym(self, name: str) -> str:
        return hashlib.blake2b(name.encode(), key=self._key, digest_size=16).hexdigest()


@dataclass(frozen=True)
class _Pair:
    browser: MovingWindow
    address: MovingWindow


def sender(request: Request) -> str:
    """The address a request comes from; of IPv6 the network."""
    return _network(request.client.host) if request.client else ""


def _network(host: str) -> str:
    if ":" not in host:  # IPv4, or no address at all
        return host
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network((address, _IPV6_NETWORK), strict=False))


def guesses_code(action: str, text: str) -> bool:
    """Whether a form names a receipt code or one for linking, in whichever way one can."""
    typed = could_be_code(text) or looks_like_link_code(text) is not None
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
        if announced.isdigit() and (len(announced) > _MOST_DIGITS or int(announced) > most):
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
