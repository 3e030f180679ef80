"""The Bot Platform's interface: one POST a call, and every failure a CallFailed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from bot.config import ZaloBotSettings

IDLE = 408
_CONNECT_S, _ANSWER_S = 10.0, 20.0
_SLOW_ANSWER_S = 45.0  # it calls us meanwhile: for a picture, or to try the webhook
_LONGEST_CODE = 10  # digits
_POLL_GRACE_S = 8.0  # the answer to an idle poll comes a little after its time is up


class CallFailed(Exception):
    """A call that did not work. Its text names the method alone: the token stands in addresses,
    and what Zalo says may quote a person."""


class Refused(CallFailed):
    """Zalo says no: `code` is its error_code, or the HTTP status where it gives none."""

    def __init__(self, method: str, code: int, description: str = "") -> None:
        super().__init__(f"{method} refused ({code})")
        self.code, self.description = code, description


class NoAnswer(CallFailed):
    """The network failed, or time ran out: whether it arrived is not known."""

    def __init__(self, method: str, kind: str, *, late: bool) -> None:
        super().__init__(f"{method} without an answer ({kind})")
        self.kind, self.late = kind, late


class StrangeAnswer(CallFailed):
    """Something answered that is not the interface: a page of a proxy, nothing, other JSON."""

    def __init__(self, method: str, status: int) -> None:
        super().__init__(f"{method} answered strangely ({status})")
        self.status = status


@dataclass(frozen=True)
class Myself:
    """The bot, as getMe tells; `plan` such as "BASIC"."""

    id: str
    name: str
    plan: str


@dataclass(frozen=True)
class Verification:
    """What came of the probe that Zalo sends to a new webhook at once."""

    ok: bool
    status: str = ""
    outcome: str = ""


class Api:
    """A client for these settings; it connects with its first call."""

    def __init__(self, settings: ZaloBotSettings) -> None:
        self._base = f"{settings.api_base}{settings.token.get_secret_value()}"
        self._http = httpx.AsyncClient(limits=httpx.Limits(max_connections=64))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def get_me(self) -> Myself:
        """Who the token belongs to."""
        me = await self._object("getMe")
        told = {key: str(me.get(key) or "") for key in ("id", "account_name", "account_type")}
        return Myself(told["id"], told["account_name"], told["account_type"])

    async def updates(self, wait: float) -> list[object]:
        """What came in, at once or within `wait` seconds; an idle poll brings nothing. There is no
        acknowledgement: what is returned here may never come again, or with every call."""
        seconds = max(1, round(wait))
        try:
            # The documents type it as a string.
            found = await self._call(
                "getUpdates", {"timeout": str(seconds)}, within=seconds + _POLL_GRACE_S
            )
        except Refused as error:
            if error.code != IDLE:
                raise
            return []
        except StrangeAnswer as error:
            if error.status != IDLE:
                raise
            return []
        try:
            return list(updates_in(found))
        except RecursionError:
            raise StrangeAnswer("getUpdates", httpx.codes.OK) from None

    async def webhook(self) -> str:
        """The address updates are posted to, "" if none is set."""
        try:
            return str((await self._object("getWebhookInfo")).get("url") or "")
        except Refused as error:
            if error.code != httpx.codes.NOT_FOUND:
                raise
            return ""

    async def set_webhook(self, url: str, secret: str) -> Verification:
        """Have updates posted; Zalo tries the address before it answers."""
        body = {"url": url, "secret_token": secret}
        answer = await self._object("setWebhook", body, within=_SLOW_ANSWER_S)
        check = answer.get("verification")
        if not isinstance(check, dict):
            return Verification(ok=True)
        status, outcome = (str(check.get(key) or "") for key in ("status_code", "outcome"))
        return Verification(check.get("ok") is not False, status, outcome)

    async def delete_webhook(self) -> None:
        """Have updates kept for polling."""
        await self._call("deleteWebhook")

    async def send_message(self, chat: str, text: str) -> None:
        """Send plain text, at most 2,000 UTF-16 units of it."""
        await self._call("sendMessage", {"chat_id": chat, "text": text})

    async def send_photo(self, chat: str, photo: str, caption: str) -> None:
        """Send a picture that Zalo fetches from the address `photo`."""
        body = {"chat_id": chat, "photo": photo} | ({"caption": caption} if caption else {})
        await self._call("sendPhoto", body, within=_SLOW_ANSWER_S)

    async def _object(
        self, method: str, body: dict[str, str] | None = None, *, within: float = _ANSWER_S
    ) -> dict[str, Any]:
        result = await self._call(method, body, within=within)
        if not isinstance(result, dict):
            raise StrangeAnswer(method, httpx.codes.OK)
        return result

    async def _call(
        self, method: str, body: dict[str, str] | None = None, *, within: float = _ANSWER_S
    ) -> object:
        """The result of a method; `within` seconds it must be there."""
        timeout = httpx.Timeout(within, connect=_CONNECT_S)
        try:
            answer = await self._http.post(
                f"{self._base}/{method}", json=body or {}, timeout=timeout
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            late = isinstance(error, httpx.ReadTimeout)
            raise NoAnswer(method, type(error).__name__, late=late) from None
        return result_of(method, answer)


def result_of(method: str, answer: httpx.Response) -> object:
    """The result in an answer of the interface; errors may come with HTTP 200."""
    try:
        said = answer.json()
    except (ValueError, RecursionError):
        raise StrangeAnswer(method, answer.status_code) from None
    if method == "getUpdates" and answer.is_success and _is_bare(said):
        return said
    if not isinstance(said, dict) or not isinstance(said.get("ok"), bool):
        raise StrangeAnswer(method, answer.status_code)
    if not said["ok"]:
        raise Refused(method, _code(said, answer), str(said.get("description") or ""))
    if answer.is_error:
        raise StrangeAnswer(method, answer.status_code)
    return said.get("result")


def _is_bare(said: object) -> bool:
    """An update, or a list of updates, without the envelope."""
    first = said[0] if isinstance(said, list) and said else said
    return isinstance(first, dict) and "event_name" in first


def _code(said: dict[str, Any], answer: httpx.Response) -> int:
    given = str(said.get("error_code") or "")
    return (
        int(given)
        if given.isdecimal() and len(given) < _LONGEST_CODE
        else answer.status_code
        if answer.is_error
        else 0
    )


def updates_in(found: object) -> Iterator[object]:
    """The updates in a body that Zalo posts or answers with: one, in the envelope or bare, or a
    list of them."""
    if isinstance(found, list):
        for each in found:
            yield from updates_in(each)
    elif isinstance(found, dict) and "result" in found and "event_name" not in found:
        yield from updates_in(found["result"])
    elif found:
        yield found
