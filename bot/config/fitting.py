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
    if settings.database.url.startswith("sqlite"):
        for key in ("direct_url", "replica_url"):
            if getattr(settings.database, key):
                why = mark("goes with postgresql:// only, but database.url is sqlite")
                yield f"database.{key}", why
    if set(settings.schedule.days_off) & set(settings.schedule.working_days):
        yield "schedule.working_days", mark("names a day that stands in schedule.days_off too")
    if settings.telegram.mode == "webhook":
        if not (_has_https(settings) or _is_here(settings.public_url)):
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
    if settings.zalo_bot.mode == "webhook":
        yield from _zalo_bot_misfits(settings)
    if settings.zalo_oa.app_id:
        yield from _zalo_oa_misfits(settings)


def _has_https(settings: Settings) -> bool:
    return urlsplit(settings.public_url).scheme == "https"


def _is_here(address: str) -> bool:
    return is_loopback(urlsplit(address).hostname or "")


def _posted_to(settings: Settings, server: str) -> bool:
    """Whether a messenger's server can post to our address: only one on this machine reaches
    this machine itself."""
    return _has_https(settings) or (_is_here(settings.public_url) and _is_here(server))


def _zalo_bot_misfits(settings: Settings) -> Iterator[tuple[str, str]]:
    if not _posted_to(settings, settings.zalo_bot.api_base):
        yield (
            "web.public_url",
            mark('must start with https://, because zalo_bot.mode is "webhook"'),
        )
    if not settings.zalo_bot.webhook_secret.get_secret_value():
        yield (
            "zalo_bot.webhook_secret",
            mark(
                'is missing, but zalo_bot.mode is "webhook"; make one with: '
                'python -c "import secrets; print(secrets.token_urlsafe(32))"'
            ),
        )


def _zalo_oa_misfits(settings: Settings) -> Iterator[tuple[str, str]]:
    oa = settings.zalo_oa
    if not _posted_to(settings, oa.api_base):
        yield (
            "web.public_url",
            mark("must start with https://: Zalo posts what people write to the Official Account"),
        )
    wanted = {
        "app_secret": True,
        "refresh_token": True,
        "oa_secret": oa.signed_with == "oa_secret",
    }
    for key, needed in wanted.items():
        if needed and not getattr(oa, key).get_secret_value():
            yield (
                f"zalo_oa.{key}",
                mark("is missing, but zalo_oa.app_id is set; docs/zalo.md says where to find it"),
            )


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine itself."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
