"""The Official Account API over HTTP: one call that sends, one that renews the tokens."""

from dataclasses import dataclass
from typing import Any

import httpx

from bot.config import ZaloOaSettings

_ASSUMED_LIFE_S = 3600  # of a token whose life cannot be read
_SHORTEST_LIFE_S = 60  # a shorter one would mean a renewal for each message
_TOO_OFTEN = {-32, 429}


class Unreachable(Exception):
    """No answer that says anything: the network, a time-out, a 5xx, something that is no JSON."""


class TokenRefused(Exception):
    """Zalo does not take the refresh token; `code` is its error."""

    def __init__(self, code: int) -> None:
        super().__init__(f"error {code}")
        self.code = code


@dataclass(frozen=True, repr=False)
class Granted:
    """New tokens; the access token lives for `seconds`."""

    access: str
    refresh: str
    seconds: float


class Api:
    """A client for these settings; it connects with its first call."""

    def __init__(self, settings: ZaloOaSettings, *, connections: int = 64) -> None:
        self._settings = settings
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(20, connect=10),
            limits=httpx.Limits(max_connections=connections),
        )

    async def renew(self, refresh: str) -> Granted:
        """New tokens for a refresh token, which is used up by that. Unreachable, TokenRefused."""
        app_id = self._settings.app_id
        answer = await self._post(
            f"{self._settings.oauth_base}/v4/oa/access_token",
            headers={"secret_key": self._settings.app_secret.get_secret_value()},
            data={"app_id": app_id, "grant_type": "refresh_token", "refresh_token": refresh},
        )
        access = answer.get("access_token")
        if isinstance(access, str) and access and access.isascii() and access.isprintable():
            following = answer.get("refresh_token")
            kept = following if isinstance(following, str) and following else refresh
            return Granted(access, kept, _seconds(answer.get("expires_in")))
        code = _code(answer)
        if code == 0 or code in _TOO_OFTEN:
            raise Unreachable("no token in the answer")
        raise TokenRefused(code)

    async def send(self, access: str, version: str, user: str, message: dict[str, Any]) -> int:
        """Send one message: Zalo's error code, 0 for none. Unreachable."""
        path = "/v2.0/oa/message" if version == "v2" else "/v3.0/oa/message/cs"
        answer = await self._post(
            f"{self._settings.api_base}{path}",
            headers={"access_token": access},
            json={"recipient": {"user_id": user}, "message": message},
        )
        return _code(answer)

    async def close(self) -> None:
        """Let go of connections."""
        await self._http.aclose()

    async def _post(self, url: str, **what: Any) -> dict[str, Any]:
        try:
            response = await self._http.post(url, **what)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(type(error).__name__) from None  # its text may hold the request
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            return {"error": -32}
        try:
            answer = response.json()
        except (ValueError, RecursionError):
            answer = None
        if response.is_server_error or not isinstance(answer, dict):
            raise Unreachable(f"status {response.status_code}")
        if not response.is_success and _code(answer) == 0:
            raise Unreachable(f"status {response.status_code}")
        return answer


def _code(answer: dict[str, Any]) -> int:
    try:
        return int(answer.get("error", 0))
    except (OverflowError, TypeError, ValueError):
        return -1


def _seconds(life: object) -> float:
    """It comes as a number or as a string."""
    try:
        seconds = float(str(life))
    except ValueError:
        return _ASSUMED_LIFE_S
    return max(seconds, _SHORTEST_LIFE_S) if 0 < seconds < 10**8 else _ASSUMED_LIFE_S
