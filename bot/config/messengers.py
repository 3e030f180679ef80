"""The sections of the messengers: [telegram], [zalo_bot], [zalo_oa]."""

import re
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator

from bot.config.mistakes import Mistaken
from bot.config.section import Section
from bot.config.values import Count, PlainText, Token, WebAddress
from handlers.texts import mark

# https://core.telegram.org/bots/api#setwebhook, parameter secret_token
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
# The Bot Platform's setWebhook takes 8 to 256 characters; visible ASCII goes through any proxy.
_ZALO_SECRET = re.compile(r"[!-~]{8,256}")


class TelegramSettings(Section):
    """[telegram]"""

    token: Token = Field(
        SecretStr(""), description="Bot token from @BotFather. Empty: no Telegram."
    )
    api_base: Annotated[WebAddress, Field(min_length=1)] = Field(
        "https://api.telegram.org/bot",
        description="Bot API server; the token is appended directly.",
    )
    mode: Literal["polling", "webhook"] = Field(
        "polling",
        description='"polling" asks Telegram for updates; "webhook" has them posted to public_url.',
    )
    webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="Secret that Telegram repeats with every webhook call: 1 to 256 letters, "
        "digits, _ or -.",
    )
    proactive_per_second: Annotated[float, Field(gt=0, le=29.5)] = Field(
        29.5, description="Pace of reminders and digests; answers to people are not held back."
    )

    @field_validator("webhook_secret")
    @classmethod
    def _as_telegram_takes_it(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not _WEBHOOK_SECRET.fullmatch(value.get_secret_value()):
            raise Mistaken(mark("may hold 1 to 256 letters without accents, digits, _ and - only"))
        return value


class ZaloBotSettings(Section):
    """[zalo_bot]"""

    token: Token = Field(
        SecretStr(""), description="Token of a Zalo bot (Bot Platform). Empty: no Zalo bot."
    )
    api_base: Annotated[WebAddress, Field(min_length=1)] = Field(
        "https://bot-api.zaloplatforms.com/bot",
        description="Bot Platform server; the token is appended directly.",
    )
    mode: Literal["polling", "webhook"] = Field(
        "polling",
        description='"webhook" has messages posted to public_url and loses none; "polling" needs no '
        "address from outside, but Zalo has no acknowledgement there: what is under way when the "
        "program is killed is lost.",
    )
    webhook_secret: SecretStr = Field(
        SecretStr(""),
        description="Secret that Zalo repeats with every webhook call: 8 to 256 characters.",
    )
    monthly_messages: Annotated[Count, Field(ge=0)] = Field(
        3000, description="Messages a month the bot's plan allows (Basic: 3,000); 0 for any number."
    )
    for_citizens: bool = Field(
        default=False,
        description="Offer the bot on the pages behind the desks' QR codes. The Basic plan serves 50 "
        "people, so citizens are better served by an Official Account.",
    )
    proactive_per_second: Annotated[float, Field(gt=0, le=29.5)] = Field(
        2.0, description="Pace of reminders and digests; answers to people are not held back."
    )

    @field_validator("webhook_secret")
    @classmethod
    def _as_zalo_takes_it(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not _ZALO_SECRET.fullmatch(value.get_secret_value()):
            raise Mistaken(
                mark("must hold 8 to 256 characters: digits, signs and letters without accents")
            )
        return value


class ZaloOaSettings(Section):
    """[zalo_oa]"""

    app_id: PlainText = Field(
        "",
        description="Id of the app the Official Account is linked to. Empty: no Official Account.",
    )
    app_secret: Token = Field(SecretStr(""), description="Secret key of the app.")
    oa_secret: Token = Field(
        SecretStr(""), description="Secret key of the Official Account, which signs webhook calls."
    )
    signed_with: Literal["oa_secret", "app_secret", "either"] = Field(
        "either",
        description="Which of the two secrets signs webhook calls: Zalo's documents disagree.",
    )
    refresh_token: Token = Field(
        SecretStr(""),
        description="First refresh token, from Zalo's API Explorer. It works once: the program keeps "
        "those that follow in its database. Another one here starts anew.",
    )
    api_base: Annotated[WebAddress, Field(min_length=1)] = Field(
        "https://openapi.zalo.me", description="Server of the Official Account API."
    )
    oauth_base: Annotated[WebAddress, Field(min_length=1)] = Field(
        "https://oauth.zaloapp.com", description="Server that renews the access token."
    )
    window_hours: Annotated[int, Field(ge=1, le=168)] = Field(
        48,
        description="Hours after a person's message in which they are written to: 48 are free, up to "
        "168 (7 days) are billed.",
    )
    proactive_per_second: Annotated[float, Field(gt=0, le=29.5)] = Field(
        5.0, description="Pace of reminders and digests; answers to people are not held back."
    )
