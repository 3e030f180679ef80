"""The secret, the time zone, the public address."""

from collections.abc import Iterator
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx

from bot.config import is_loopback
from bot.doctor.finding import Finding, Patient

_FEWEST_DIFFERENT = 12  # characters; a generated secret of 32 has more, "aaaa…" and "1234…" fewer


def check_secret(patient: Patient) -> Iterator[Finding]:
    """Whether the secret looks like one."""
    say = patient.say
    secret = patient.settings.privacy.secret.get_secret_value()
    if len(set(secret)) < _FEWEST_DIFFERENT:
        yield Finding(
            "mind",
            say("The secret is long enough, but easy to guess."),
            say(
                'Make one with: python -c "import secrets; print(secrets.token_urlsafe(48))", '
                "and keep the present one under privacy.old_secrets."
            ),
        )
    else:
        yield Finding("good", say("The configuration is sound and has a secret of its own."))


def check_time_zone(patient: Patient) -> Iterator[Finding]:
    """Which time it is here, so that the operator can compare it with the wall."""
    name = patient.settings.schedule.timezone
    local = patient.clock().astimezone(ZoneInfo(name))
    yield Finding(
        "good",
        patient.say(
            "The time zone is {name}: it is {time} on {day} here.",
            name=name,
            time=f"{local:%H:%M}",
            day=f"{local:%Y-%m-%d}",
        ),
    )


def check_public_url(patient: Patient) -> Iterator[Finding]:
    """Whether people can come in by the address that stands in the QR codes."""
    say, url = patient.say, patient.settings.public_url
    address = urlsplit(url)
    if is_loopback(address.hostname or "") and not patient.settings.demo:
        yield Finding(
            "mind",
            say("People reach this program only on this machine ({url}).", url=url),
            say("Set web.public_url to the address that shall stand in the QR codes."),
        )
    elif address.scheme != "https" and not patient.settings.demo:
        yield Finding(
            "bad",
            say("The public address {url} is not encrypted.", url=url),
            say("Put a reverse proxy with a certificate in front and use https://."),
        )
    yield _reachable(patient, url)


def _reachable(patient: Patient, url: str) -> Finding:
    say = patient.say
    try:
        answer = patient.http.get(f"{url}/healthz")
    except httpx.HTTPError as error:
        return Finding(
            "mind",
            say("Nobody answers at {url} ({detail}).", url=url, detail=type(error).__name__),
            say("If the program is running, check the name, the proxy and the firewall."),
        )
    if answer.status_code != httpx.codes.OK:
        return Finding(
            "bad",
            say("{url}/healthz answers with {status}.", url=url, status=answer.status_code),
            say("Another program may be answering: check the proxy and web.port."),
        )
    return Finding("good", say("The program answers at {url}.", url=url))
