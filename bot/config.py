"""Typed settings; the only reader of files and environment."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Section(BaseModel):
    """Base of every section: an unknown key is a mistake, not a wish."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DatabaseSettings(Section):
    """[database]"""

    url: str = Field(
        "sqlite:///var/bot.sqlite",
        description="Where everything is kept: sqlite:///file for one machine, postgresql://… for several.",
    )
    pool_size: Annotated[int, Field(ge=1, le=50)] = Field(
        5, description="Connections to PostgreSQL per process (SQLite has one writer)."
    )


class WebSettings(Section):
    """[web]"""

    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for every interface.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(8080, description="Port to listen on.")
    public_url: str = Field(
        "",
        description="Address people reach this program under, such as https://danhgia.example.vn. "
        "It stands in every printed QR and decides whether cookies are Secure. Empty: http://host:port.",
    )
    kiosk_desks: tuple[str, ...] = Field(
        (),
        description='Desk codes with a shared tablet on the counter, such as ["Q1"]; ["*"] for all. '
        "There /q/<desk>?kiosk takes every rating as a new one and resets itself.",
    )
    zalo_url: str = Field(
        "",
        description="Page of the office's Zalo account, offered as a door; such as https://zalo.me/<id>.",
    )
    metrics_token: SecretStr = Field(
        SecretStr(""),
        description="Bearer token for /metrics. Empty: /metrics answers on loopback only.",
    )
    trusted_proxies: str = Field(
        "127.0.0.1",
        description="Addresses of reverse proxies whose X-Forwarded-* headers are believed, comma separated.",
    )


class TelegramSettings(Section):
    """[telegram]"""

    token: SecretStr = Field(
        SecretStr(""), description="Bot token from @BotFather. Empty: no Telegram."
    )
    api_base: str = Field(
        "https://api.telegram.org/bot",
        description="Bot API server; the token is appended directly.",
    )
    mode: Literal["polling", "webhook"] = Field(
        "polling",
        description='"polling" asks Telegram for updates; "webhook" has them posted to public_url.',
    )
    webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="Secret that Telegram repeats with every webhook call (1-256 letters, digits, _ or -).",
    )
    proactive_per_second: Annotated[float, Field(gt=0, le=29.5)] = Field(
        29.5, description="Pace of reminders and digests; answers to people are not held back."
    )


class ScheduleSettings(Section):
    """[schedule]"""

    timezone: str = Field("Asia/Ho_Chi_Minh", description="The one time zone of the installation.")


class PrivacySettings(Section):
    """[privacy]"""

    secret: SecretStr = Field(
        SecretStr(""),
        description="Any text of at least 32 characters; every key is derived from it. Losing it loses "
        "receipt codes and sealed comments; keep it apart from backups of the database.",
    )
    old_secrets: tuple[SecretStr, ...] = Field(
        (), description="Earlier secrets, newest first: they still open what they sealed."
    )
    k: Annotated[int, Field(ge=1, le=100)] = Field(
        5, description="Scores of a person or unit are shown from this many ratings on."
    )
    retention_months: Annotated[int, Field(ge=1, le=120)] = Field(
        24, description="Months a rating is kept; the privacy notice names this number."
    )


class ProvinceSettings(Section):
    """[province]"""

    controller: str = Field(
        "Tỉnh Đoàn", description="Who keeps the ratings, as the privacy notice names it."
    )
    citizen: str = Field(
        "Ông/Bà", description='How citizens are addressed in Vietnamese: "Ông/Bà", "Anh/Chị", …'
    )
    petitions: str = Field(
        "dichvucong.gov.vn, 18001096", description="Where petitions (phản ánh, kiến nghị) belong."
    )
    complaints: str = Field(
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
