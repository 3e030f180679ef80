"""The Zalo bot: its token and plan, how messages come in, what is left of the month, pictures."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.channels.zalo_bot import NAME, WEBHOOK_PATH, out_of_reach
from bot.channels.zalo_bot.api import CallFailed, Refused, result_of
from bot.doctor.database import is_missing
from bot.doctor.finding import Finding, Patient
from storage.database import normalised, open_engine
from storage.queries.doors import messages_of_month
from storage.schema import newest, revision

_NEARLY_USED_UP = 0.8
_UNAUTHORIZED, _NOT_FOUND = 401, 404


def check_zalo_bot(patient: Patient) -> Iterator[Finding]:
    """Whether Zalo knows the token and delivers messages the way the settings say."""
    say, zalo = patient.say, patient.settings.zalo_bot
    if not zalo.token.get_secret_value():
        yield Finding("good", say("No Zalo bot is used (zalo_bot.token is empty)."))
        return
    try:
        me = _call(patient, "getMe")
        yield _known(patient, me)
        yield from _way_in(patient, _webhook(patient))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        yield Finding(
            "bad",
            say("Zalo's Bot Platform cannot be reached ({detail}).", detail=type(error).__name__),
            say("Check the network and zalo_bot.api_base."),
        )
    except CallFailed as error:
        yield _failed(patient, error)
    yield from _month(patient)
    yield from _pictures(patient)


def _call(patient: Patient, method: str) -> dict[str, Any]:
    zalo = patient.settings.zalo_bot
    address = f"{zalo.api_base}{zalo.token.get_secret_value()}/{method}"
    result = result_of(method, patient.http.post(address, json={}))
    return result if isinstance(result, dict) else {}


def _webhook(patient: Patient) -> str:
    """The address that is set, "" for none: then Zalo answers 404."""
    try:
        return str(_call(patient, "getWebhookInfo").get("url") or "")
    except Refused as error:
        if error.code != _NOT_FOUND:
            raise
        return ""


def _known(patient: Patient, me: dict[str, Any]) -> Finding:
    name, plan = (me.get(key) or "?" for key in ("account_name", "account_type"))
    return Finding(
        "good", patient.say("Zalo knows the bot as {name}, plan {plan}.", name=name, plan=plan)
    )


def _failed(patient: Patient, error: CallFailed) -> Finding:
    say = patient.say
    if isinstance(error, Refused) and error.code == _UNAUTHORIZED:
        return Finding(
            "bad",
            say("Zalo refuses the bot's token."),
            say("Copy the token from the Zalo bot's page again into zalo_bot.token."),
        )
    return Finding(
        "bad",
        say("Zalo's Bot Platform answers strangely ({detail}).", detail=error),
        say("Check zalo_bot.api_base; if it is right, try again in a while."),
    )


def _way_in(patient: Patient, url: str) -> Iterator[Finding]:
    say = patient.say
    if patient.settings.zalo_bot.mode == "polling":
        if url:
            yield Finding(
                "mind",
                say("A webhook is set, though zalo_bot.mode is polling."),
                say("Run the program: it takes the webhook away. Make sure no other one uses it."),
            )
        yield Finding(
            "mind",
            say(
                "The Zalo bot polls: Zalo has no acknowledgement there, so a message that has just "
                "come in is lost if the program is killed."
            ),
            say('Better use zalo_bot.mode = "webhook": it loses none.'),
        )
    elif url != f"{patient.settings.public_url}{WEBHOOK_PATH}":
        yield Finding(
            "mind",
            say("Zalo does not deliver to this program's address yet."),
            say("Run the program: it sets the webhook at its start."),
        )
    else:
        yield Finding("good", say("Zalo delivers to this program's address."))


# The plan.


def _month(patient: Patient) -> Iterator[Finding]:
    say, most = patient.say, patient.settings.zalo_bot.monthly_messages
    spent = _spent(patient)
    if spent is None or not most:
        return
    used = say(
        "The Zalo bot has sent {n} of the {most} messages that its plan allows this month.",
        n=spent,
        most=most,
    )
    if spent < _NEARLY_USED_UP * most:
        yield Finding("good", used)
        return
    yield Finding(
        "bad" if spent >= most else "mind",
        used,
        say(
            "Choose a larger plan and set zalo_bot.monthly_messages, or let people link another "
            "messenger: what Zalo does not take goes there, or waits."
        ),
    )


def _spent(patient: Patient) -> int | None:
    """The messages of this month; None where there is no database that tells."""
    url = patient.settings.database.own_url
    here = patient.clock().astimezone(ZoneInfo(patient.settings.schedule.timezone))
    if is_missing(normalised(url)):
        return None
    try:
        if revision(url) != newest():
            return None
        engine = open_engine(url, pool_size=1)
        try:
            with Session(engine) as session:
                return messages_of_month(session, NAME, f"{here:%Y-%m}")
        finally:
            engine.dispose()
    except DBAPIError:
        return None  # check_database says what is wrong with it


def _pictures(patient: Patient) -> Iterator[Finding]:
    say, settings = patient.say, patient.settings
    if out_of_reach(settings.public_url, settings.zalo_bot.api_base):
        yield Finding(
            "mind",
            say("Zalo cannot fetch pictures from {url}.", url=settings.public_url),
            say(
                "Set web.public_url to an address on the internet; until then charts go out in "
                "words and links to files work on this network alone."
            ),
        )
