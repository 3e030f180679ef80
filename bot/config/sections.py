"""The sections of the configuration: every setting, its default, and what makes it a mistake."""

import re
from ipaddress import ip_address, ip_network
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, field_validator

from bot.config.mistakes import Mistaken
from bot.config.section import Section
from bot.config.values import Days, LocalTime, Secret, Secrets, Texts, Token, WebAddress, WeekTime
from handlers.texts import mark

# RFC-free house rule, see "Roster columns" of the design: a letter, at least one digit, at most 16.
_DESK = re.compile(r"(?=.*\d)[A-Z][A-Z0-9_-]{0,15}")


class WebSettings(Section):
    """[web]"""

    host: Annotated[str, Field(min_length=1)] = Field(
        "127.0.0.1", description="Address to listen on; 0.0.0.0 for every interface."
    )
    port: Annotated[int, Field(ge=1, le=65535)] = Field(8080, description="Port to listen on.")
    health_port: Annotated[int, Field(ge=0, le=65535)] = Field(
        0,
        description="Port on which a process without web (run --only) answers /healthz, /readyz and "
        "/metrics. 0: the same as port.",
    )
    public_url: WebAddress = Field(
        "",
        description="Address people reach this program under, such as https://danhgia.example.vn. "
        "It stands in every printed QR and decides whether cookies are Secure. Empty: http://host:port.",
    )
    kiosk_desks: Texts = Field(
        (),
        description='Desks with a shared tablet on the counter, such as ["Q1"]; ["*"] for all. '
        "There /q/<desk>?kiosk takes every rating as a new one and resets itself.",
    )
    zalo_url: WebAddress = Field(
        "",
        description="Page of the office's Zalo account, such as https://zalo.me/<id>: offered on the "
        "pages of desks, printed on posters where an Official Account or a bot for citizens answers.",
    )
    metrics_token: Token = Field(
        SecretStr(""),
        description="Bearer token for /metrics. Empty: /metrics answers on loopback only.",
    )
    trusted_proxies: str = Field(
        "127.0.0.1",
        description="Addresses of reverse proxies, separated by commas, whose X-Forwarded-* "
        "headers are believed.",
    )

    @field_validator("public_url")
    @classmethod
    def _nothing_after_the_host(cls, value: str) -> str:
        parts = urlsplit(value)
        if value.endswith("/"):
            raise Mistaken(mark("must not end with a slash"))
        if parts.path or parts.query or parts.fragment or parts.username:
            raise Mistaken(mark("must be scheme and host only, such as https://danhgia.example.vn"))
        return value

    @field_validator("kiosk_desks")
    @classmethod
    def _desk_codes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        codes = tuple(code.upper() for code in value)
        for code in codes:
            if code != "*" and not _DESK.fullmatch(code):
                raise Mistaken(mark('must hold desk codes such as "Q1", or "*" for every desk'))
        return codes

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, value: str) -> str:
        for part in filter(None, (each.strip() for each in value.split(","))):
            if part != "*" and not _is_address(part):
                raise Mistaken(mark("must hold IP addresses or networks separated by commas, or *"))
        return value


def _is_address(text: str) -> bool:
    try:
        ip_network(text, strict=False) if "/" in text else ip_address(text)
    except ValueError:
        return False
    return True


class ScheduleSettings(Section):
    """[schedule]"""

    timezone: str = Field("Asia/Ho_Chi_Minh", description="The one time zone of the installation.")
    digest_at: WeekTime = Field(
        "mon 08:00", description="When secretaries get the digest of the week before."
    )
    pledge_at: LocalTime = Field(
        "08:00", description="When members are asked, on working days, what they take on."
    )
    checkin_at: LocalTime = Field("16:30", description="When members are asked how it went.")
    shift_hours: Annotated[int, Field(ge=1, le=16)] = Field(
        9, description="Hours after which a shift begun in chat ends by itself, if nobody ended it."
    )
    days_off: Days = Field(
        (), description="Days off besides weekends and the public holidays of Vietnam."
    )
    working_days: Days = Field(
        (), description="Days worked although they are a weekend or a holiday."
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise Mistaken(
                mark("is not a known time zone; write it like Asia/Ho_Chi_Minh")
            ) from error
        return value


class JoiningSettings(Section):
    """[joining]"""

    invite_days: Annotated[int, Field(ge=1, le=90)] = Field(
        14, description="Days after which an unused invitation expires."
    )


class PrivacySettings(Section):
    """[privacy]"""

    secret: Secret = Field(
        SecretStr(""),
        description="Any text of at least 32 characters; every key is derived from it. Losing it "
        "loses receipt codes and sealed comments; keep it apart from backups of the database.",
    )
    old_secrets: Secrets = Field(
        (), description="Earlier secrets, newest first: they still open what they sealed."
    )
    k: Annotated[int, Field(ge=1, le=100)] = Field(
        5, description="Scores of a person or unit are shown from this many ratings on."
    )
    receipt_digits: Annotated[int, Field(ge=10, le=16)] = Field(
        10,
        description="Digits of a receipt code. Raise it, and never lower it, where a million ratings and "
        "more are kept: else a wrong code soon is somebody's right one. Shorter codes still work.",
    )
    retention_months: Annotated[int, Field(ge=1, le=120)] = Field(
        24, description="Months a rating is kept; the privacy notice names this number."
    )
    backup_days: Annotated[int, Field(ge=1, le=400)] = Field(
        30,
        description="Days after which `backup FOLDER` removes a backup it made there; the privacy "
        "notice names this number.",
    )


class LimitSettings(Section):
    """[limits]"""

    flags: bool = Field(
        default=True,
        description="Whether ratings that come in a burst, from one device or from a colleague's are "
        "kept but not counted. Nobody is refused, and nothing tells whose they were.",
    )
    burst: Annotated[int, Field(ge=1, le=10_000)] = Field(
        30, description="Past so many ratings of one desk in burst_minutes, more are not counted."
    )
    burst_minutes: Annotated[int, Field(ge=1, le=240)] = Field(
        10, description="The minutes of a burst."
    )
    same_device: Annotated[int, Field(ge=1, le=10_000)] = Field(
        15,
        description="Past so many ratings of one desk in burst_minutes from browsers that look like "
        "one (network address and what a browser says of itself), more are not counted. Everybody on "
        "the office's Wi-Fi with the same kind of phone looks alike: leave room for them.",
    )
    same_person: Annotated[int, Field(ge=1, le=9)] = Field(
        3,
        description="Past so many ratings of one desk on one day from one account or browser, more "
        "are not counted.",
    )


class ProvinceSettings(Section):
    """[province]"""

    controller: Annotated[str, Field(min_length=1)] = Field(
        "Tỉnh Đoàn", description="Who keeps the ratings, as the privacy notice names it."
    )
    citizen: Annotated[str, Field(min_length=1)] = Field(
        "Ông/Bà", description='How citizens are addressed in Vietnamese: "Ông/Bà", "Anh/Chị", …'
    )
    petitions: Annotated[str, Field(min_length=1)] = Field(
        "dichvucong.gov.vn, 18001096", description="Where petitions (phản ánh, kiến nghị) belong."
    )
    complaints: Annotated[str, Field(min_length=1)] = Field(
        "Ban Tiếp công dân địa phương",
        description="Who receives complaints and denunciations (khiếu nại, tố cáo).",
    )


class OperatorSettings(Section):
    """[operator]"""

    language: Literal["vi", "en"] = Field(
        "vi", description="Language of the command line's messages."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="How much is logged."
    )
    log_format: Literal["json", "text"] = Field(
        "json", description='"json" for machines, "text" for eyes.'
    )
