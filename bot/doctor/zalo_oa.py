"""The Official Account: how its tokens are, what it may send and when. The refresh token is not
touched: it works once."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.config import ZaloOaSettings
from bot.doctor.database import is_missing
from bot.doctor.finding import Finding, Patient
from storage.database import normalised, open_engine
from storage.queries.oa_token import Tokens, grew_from, read_tokens
from storage.schema import newest, revision

_FREE_HOURS = 48


def check_zalo_oa(patient: Patient) -> Iterator[Finding]:
    """Whether the account can send now and goes on doing so."""
    say, settings = patient.say, patient.settings.zalo_oa
    if not settings.app_id:
        if any(each.get_secret_value() for each in _secrets(settings)):
            yield Finding(
                "mind",
                say("The Official Account has secrets but no app: zalo_oa.app_id is empty."),
                say("Enter the app's id as zalo_oa.app_id, or remove the secrets."),
            )
            return
        yield Finding("good", say("No Zalo Official Account is used (zalo_oa.app_id is empty)."))
        return
    yield from _tokens(patient)
    yield Finding(
        "good",
        say(
            "In the Zalo developers' console the webhook must be {url}.",
            url=f"{patient.settings.public_url}/hooks/zalo-oa",
        ),
    )
    if settings.window_hours > _FREE_HOURS:
        yield Finding(
            "mind",
            say("Messages later than 48 hours after a person's own are billed by Zalo."),
            say("That is what zalo_oa.window_hours asks for; 48 keeps it free."),
        )


def _secrets(settings: ZaloOaSettings) -> tuple[SecretStr, ...]:
    return settings.app_secret, settings.oa_secret, settings.refresh_token


def _tokens(patient: Patient) -> Iterator[Finding]:
    say = patient.say
    try:
        tokens, new = _read(patient)
    except DBAPIError:  # the check of the database says it
        return
    if tokens is None or (not tokens.access and tokens.refused is None):
        yield Finding(
            "mind",
            say("The Official Account has no access token yet."),
            say("Run the program: it gets one with zalo_oa.refresh_token."),
        )
        return
    if tokens.refused is not None and not new:
        yield _lost(patient, tokens)
    elif _expired(patient, tokens):
        yield Finding(
            "mind",
            say("The access token of the Official Account has expired."),
            say("Run the program: it renews it at its start."),
        )
    else:
        yield Finding(
            "good",
            say(
                "The access token of the Official Account works until {time} and is renewed "
                "before that.",
                time=_local(patient, tokens.expires),
            ),
        )
    if new:
        yield Finding(
            "mind",
            say("zalo_oa.refresh_token is new and has not been used yet."),
            say("Restart the program: it begins anew with it."),
        )
    if tokens.api == "v2":
        yield Finding(
            "good",
            say("Zalo serves this account by the older interface (v2), as a government's."),
        )


def _lost(patient: Patient, tokens: Tokens) -> Finding:
    say = patient.say
    cure = say(
        "Check zalo_oa.app_id and app_secret, get a new refresh token from Zalo's API Explorer, put "
        "it into zalo_oa.refresh_token and restart."
    )
    if _expired(patient, tokens) or not tokens.access:
        text = say("The refresh token of the Official Account is lost: nothing can be sent.")
    else:
        text = say(
            "The refresh token of the Official Account is lost: messages go out until {time}.",
            time=_local(patient, tokens.expires),
        )
    return Finding("bad", text, cure)


def _read(patient: Patient) -> tuple[Tokens | None, bool]:
    """What is stored, and whether the settings have a refresh token that it did not grow from."""
    settings, url = patient.settings, patient.settings.database.own_url
    app, configured = settings.zalo_oa.app_id, settings.zalo_oa.refresh_token.get_secret_value()
    if is_missing(normalised(url)) or revision(url) != newest():
        return None, False
    engine = open_engine(url, pool_size=1)
    try:
        with Session(engine, info={"keys": settings.keys()}) as session:
            return read_tokens(session, app), not grew_from(session, app, configured)
    finally:
        engine.dispose()


def _expired(patient: Patient, tokens: Tokens) -> bool:
    return tokens.expires is not None and tokens.expires <= patient.clock()


def _local(patient: Patient, moment: datetime | None) -> str:
    zone = ZoneInfo(patient.settings.schedule.timezone)
    return "" if moment is None else f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
