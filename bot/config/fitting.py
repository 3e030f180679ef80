"""What must fit together: settings that are sound alone and cannot work with one another."""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.config.settings import Settings
from handlers.texts import mark


def misfits(settings: Settings) -> Iterator[tuple[str, str]]:
    """Each key that does not fit, with the sentence that says why."""
    if not settings.privacy.secret.get_secret_value():
        yield (
            "privacy.secret",
            mark(
                "is missing; make one with: "
                'python -c "import secrets; print(secrets.token_urlsafe(48))"'
            ),
        )
    if set(settings.schedule.days_off) & set(settings.schedule.working_days):
        yield "schedule.working_days", mark("names a day that stands in schedule.days_off too")
    if settings.telegram.mode == "webhook":
        yield from _webhook_misfits(settings)


def _webhook_misfits(settings: Settings) -> Iterator[tuple[str, str]]:
    address = urlsplit(settings.public_url)
    if address.scheme != "https" and not is_loopback(address.hostname or ""):
        yield (
            "web.public_url",
            mark('must start with https://, because telegram.mode is "webhook"'),
        )
    if not settings.telegram.webhook_secret.get_secret_value():
        yield (
            "telegram.webhook_secret",
            mark(
                'is missing, but telegram.mode is "webhook"; make one with: '
                'python -c "import secrets; print(secrets.token_urlsafe(32))"'
            ),
        )


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine itself."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
