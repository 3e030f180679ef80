"""Telegram: the token, the webhook, and its server's clock beside ours."""

from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from bot.doctor.database import clock_finding
from bot.doctor.finding import Finding, Patient

WEBHOOK_PATH = "/hooks/telegram"
_MANY_WAITING = 100


def check_telegram(patient: Patient) -> Iterator[Finding]:
    """Whether Telegram knows the token and delivers updates the way the settings say."""
    say, telegram = patient.say, patient.settings.telegram
    if not telegram.token.get_secret_value():
        yield Finding("good", say("Telegram is not used (telegram.token is empty)."))
        return
    try:
        answer = _call(patient, "getMe")
        webhook = _call(patient, "getWebhookInfo")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        yield Finding(
            "bad",
            say("Telegram cannot be reached ({detail}).", detail=type(error).__name__),
            say(
                "Check the network and telegram.api_base. Some networks in Vietnam block "
                "Telegram: use a proxy (HTTPS_PROXY), or do without; the web page works."
            ),
        )
        return
    yield from _answer(patient, answer, webhook)


def _call(patient: Patient, method: str) -> httpx.Response:
    telegram = patient.settings.telegram
    return patient.http.get(f"{telegram.api_base}{telegram.token.get_secret_value()}/{method}")


def _answer(patient: Patient, answer: httpx.Response, webhook: httpx.Response) -> Iterator[Finding]:
    say = patient.say
    me = _result(answer)
    if me is None:
        yield Finding(
            "bad",
            say("Telegram refuses the token (it answers {status}).", status=answer.status_code),
            say("Copy the token from @BotFather again into telegram.token."),
        )
        return
    yield Finding("good", say("Telegram knows the bot as @{name}.", name=me.get("username", "?")))
    yield from _webhook(patient, _result(webhook) or {})
    if date := answer.headers.get("date"):
        there = parsedate_to_datetime(date)
        yield clock_finding(patient, abs((patient.clock() - there).total_seconds()))


def _result(answer: httpx.Response) -> dict[str, Any] | None:
    """The result of a Bot API call; None where it refused or something else answered."""
    try:
        body = answer.json()
    except ValueError:
        return None
    result = body.get("result") if isinstance(body, dict) and body.get("ok") else None
    return result if isinstance(result, dict) else None


def _webhook(patient: Patient, state: dict[str, Any]) -> Iterator[Finding]:
    say, url = patient.say, str(state.get("url", ""))
    if patient.settings.telegram.mode == "polling":
        if url:
            yield Finding(
                "mind",
                say("A webhook is set, though telegram.mode is polling."),
                say("Run the program: it takes the webhook away. Make sure no other one uses it."),
            )
        return
    if url != f"{patient.settings.public_url}{WEBHOOK_PATH}":
        yield Finding(
            "mind",
            say("Telegram does not deliver to this program's address yet."),
            say("Run the program: it sets the webhook at its start."),
        )
    if state.get("last_error_message"):
        yield Finding(
            "bad",
            say(
                "Telegram could not deliver to the webhook lately: {detail}",
                detail=state["last_error_message"],
            ),
            say("Check the certificate, the proxy and that {url} is reachable.", url=url),
        )
    if int(state.get("pending_update_count", 0)) > _MANY_WAITING:
        yield Finding(
            "mind",
            say("{n} updates wait at Telegram.", n=state["pending_update_count"]),
            say("Check that the program runs and keeps up: see /readyz and /metrics."),
        )
