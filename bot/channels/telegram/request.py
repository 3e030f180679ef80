"""How calls to the Bot API travel: aiohttp under PTB's BaseRequest, a fifth of what HTTPXRequest costs.

No address ever stands in an error here: the token is in it.
"""

import secrets
from collections.abc import Mapping
from typing import IO, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from pydantic_core import from_json, to_json
from telegram.error import TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.channels.telegram.errors import Unreachable

_KEPT_OPEN_S = 45.0  # idle connections: shorter than Telegram's own patience
_JSON = {"Content-Type": "application/json"}
_Seconds = Any  # of a time-out: a number, None, or PTB's marker for "not given"
_File = tuple[str, bytes | IO[bytes], str]  # name, content, type


STRANGE = "Invalid server response"
_LARGEST = 1 << 52  # https://core.telegram.org/bots/api#chat


class _Answer(dict[str, Any]):
    """An answer that is perhaps not Telegram's: the library asks it for `result`, and takes its
    `description` and `parameters` as they are."""

    def __init__(self, parsed: dict[str, Any]) -> None:
        given = parsed.get("parameters")
        known = given.items() if isinstance(given, dict) else ()
        super().__init__(
            parsed,
            description=str(parsed.get("description") or ""),
            parameters={name: value for name, value in known if _is_usual(value)},
        )

    def __missing__(self, key: str) -> Any:
        raise TelegramError(STRANGE)


def _is_usual(value: object) -> bool:
    """A number as Telegram has them: seconds to wait, the new number of a chat."""
    return type(value) is int and abs(value) < _LARGEST


class Request(BaseRequest):
    """One pool of kept connections. Times in seconds: `connect` also for a place in the pool,
    `read` for the next bytes of an answer, `write` for what is uploaded."""

    def __init__(
        self, *, connections: int, connect: float = 10.0, read: float = 20.0, write: float = 20.0
    ) -> None:
        self._connections = connections
        self._connect, self._read, self._write = connect, read, write
        self._session: ClientSession | None = None
        self._proxies: dict[str, str | None] = {}
        self._urls: dict[str, URL] = {}

    @property
    def read_timeout(self) -> float:
        """As PTB asks for it: what getUpdates adds its own wait to."""
        return self._read

    async def initialize(self) -> None:
        """Nothing: a session belongs to the loop of its first call."""

    async def shutdown(self) -> None:
        """Let go of every connection; a later call would open new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: _Seconds = BaseRequest.DEFAULT_NONE,
        write_timeout: _Seconds = BaseRequest.DEFAULT_NONE,
        connect_timeout: _Seconds = BaseRequest.DEFAULT_NONE,
        pool_timeout: _Seconds = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One call: the status and the content of its answer. Raises TimedOut or Unreachable."""
        failure: TelegramError
        try:
            body, headers = _body(request_data)
            connect = _given(connect_timeout, self._connect)
            times = self._times(
                connect,
                _given(pool_timeout, connect),
                _given(read_timeout, self._read),
                _given(write_timeout, self._write),
            )
            async with self._open().request(
                method,
                self._parsed(url),
                data=body,
                headers=headers,
                timeout=times,
                proxy=self._proxy(url),
                allow_redirects=False,
            ) as response:
                return response.status, await response.read()
        except TimeoutError:
            failure = TimedOut()
        except Exception as error:  # noqa: BLE001 - the text of any of them may quote the address
            failure = Unreachable(type(error).__name__)
        raise failure  # here, so that it drags no context along, which may quote the address too

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As PTB's, which logs answers that are no JSON with their content, at every retry."""
        try:
            parsed = from_json(payload)
        except ValueError:
            parsed = None
        if not isinstance(parsed, dict):
            raise TelegramError(STRANGE)
        return _Answer(parsed)

    def _open(self) -> ClientSession:
        if self._session is None:
            self._session = ClientSession(
                connector=TCPConnector(
                    limit=self._connections,
                    keepalive_timeout=_KEPT_OPEN_S,
                    ssl=httpx.create_ssl_context(),  # the authorities every other door trusts
                ),
                cookie_jar=DummyCookieJar(),
            )
        return self._session

    @staticmethod
    def _times(
        connect: float | None, pool: float | None, read: float | None, write: float | None
    ) -> ClientTimeout:
        each = (connect, pool, read, write)
        total = None if None in each else sum(time for time in each if time is not None)
        waits = None if pool is None or connect is None else pool + connect
        return ClientTimeout(total=total, connect=waits, sock_connect=connect, sock_read=read)

    def _parsed(self, url: str) -> URL:
        """There are few: one a method."""
        known = self._urls.get(url)
        if known is None:
            known = self._urls[url] = URL(url)
        return known

    def _proxy(self, url: str) -> str | None:
        """What HTTPS_PROXY and its like (or the system's settings) say of this host; looked up
        once a pool."""
        host = url.partition("/bot")[0]
        if host not in self._proxies:
            self._proxies[host] = proxy_for(url)
        return self._proxies[host]


def proxy_for(url: str) -> str | None:
    """The proxy that calls to this address go through, if any."""
    parts = urlsplit(url)
    if parts.hostname is None or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    proxies = getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")


def _given(time: _Seconds, otherwise: float | None) -> float | None:
    if time is BaseRequest.DEFAULT_NONE:
        return otherwise
    return None if time is None else float(time)


def _body(data: RequestData | None) -> tuple[bytes | None, Mapping[str, str]]:
    if data is None:
        return None, {}
    if data.contains_files:
        return multipart(data.json_parameters, data.multipart_data)
    return to_json(data.parameters), _JSON


def multipart(
    fields: Mapping[str, str], files: Mapping[str, _File]
) -> tuple[bytes, Mapping[str, str]]:
    """A form with files, and its headers. Names of files stay as they are written: what aiohttp
    makes of "bản tin.xlsx" arrives as percent signs."""
    boundary = secrets.token_hex(16).encode()
    pieces: list[bytes] = []
    for name, value in fields.items():
        pieces += [b'--%b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n'
                   % (boundary, _quoted(name)), value.encode(), b"\r\n"]  # fmt: skip
    for name, (file_name, content, kind) in files.items():
        head = b'--%b\r\nContent-Disposition: form-data; name="%b"; filename="%b"\r\nContent-Type: %b\r\n\r\n'
        pieces += [
            head % (boundary, _quoted(name), _quoted(file_name), kind.encode()),
            content if isinstance(content, bytes) else content.read(),
            b"\r\n",
        ]
    pieces.append(b"--%b--\r\n" % boundary)
    return b"".join(pieces), {"Content-Type": f"multipart/form-data; boundary={boundary.decode()}"}


def _quoted(name: str) -> bytes:
    """As browsers write it: https://html.spec.whatwg.org/#multipart-form-data."""
    for sign, written in (('"', "%22"), ("\r", "%0D"), ("\n", "%0A")):
        name = name.replace(sign, written)
    return name.encode()
