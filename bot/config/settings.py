"""The configuration as the program sees it, and what it makes of it: policy, keys, addresses."""

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config.database import DatabaseSettings
from bot.config.messengers import TelegramSettings, ZaloBotSettings, ZaloOaSettings
from bot.config.sections import (
    JoiningSettings,
    LimitSettings,
    OperatorSettings,
    PrivacySettings,
    ProvinceSettings,
    ScheduleSettings,
    WebSettings,
)
from handlers.local_times import read_time, read_week_time
from handlers.policy import Limits, Policy

if TYPE_CHECKING:
    from storage.keys import Keys

_EVERY_INTERFACE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, never bound


class Settings(BaseSettings):
    """Every setting. Built from arguments alone; `bot.config.load` reads file and environment."""

    model_config = SettingsConfigDict(
        extra="forbid",
        frozen=True,
        env_prefix="BOT_",
        env_nested_delimiter="__",
        enable_decoding=False,  # a list in a variable is split by its own validator
        hide_input_in_errors=True,
    )

    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    web: WebSettings = Field(default_factory=WebSettings)
    telegram: TelegramSettings = Field(default_factory=TelegramSettings)
    zalo_bot: ZaloBotSettings = Field(default_factory=ZaloBotSettings)
    zalo_oa: ZaloOaSettings = Field(default_factory=ZaloOaSettings)
    schedule: ScheduleSettings = Field(default_factory=ScheduleSettings)
    joining: JoiningSettings = Field(default_factory=JoiningSettings)
    privacy: PrivacySettings = Field(default_factory=PrivacySettings)
    limits: LimitSettings = Field(default_factory=LimitSettings)
    province: ProvinceSettings = Field(default_factory=ProvinceSettings)
    operator: OperatorSettings = Field(default_factory=OperatorSettings)

    _demo: bool = PrivateAttr(default=False)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is given
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)

    @property
    def demo(self) -> bool:
        """Whether this is the demo: an invented organisation, on loopback only."""
        return self._demo

    @property
    def public_url(self) -> str:
        """The address people reach this program under, without a slash at the end."""
        if self.web.public_url:
            return self.web.public_url
        host = _EVERY_INTERFACE.get(self.web.host, self.web.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.web.port}"

    @property
    def zalo_url(self) -> str:
        """Where people send a desk's code on Zalo, "" unless a bot or Official Account answers."""
        by_bot = self.zalo_bot.for_citizens and bool(self.zalo_bot.token.get_secret_value())
        return self.web.zalo_url if self.zalo_oa.app_id or by_bot else ""

    def policy(self) -> Policy:
        """The settings that flows depend on."""
        return Policy(
            timezone=ZoneInfo(self.schedule.timezone),
            k=self.privacy.k,
            retention_months=self.privacy.retention_months,
            backup_days=self.privacy.backup_days,
            citizen=self.province.citizen,
            controller=self.province.controller,
            petitions=self.province.petitions,
            complaints=self.province.complaints,
            pledge_at=read_time(self.schedule.pledge_at),
            checkin_at=read_time(self.schedule.checkin_at),
            shift_hours=self.schedule.shift_hours,
            digest_at=read_week_time(self.schedule.digest_at),
            days_off=frozenset(self.schedule.days_off),
            working_days=frozenset(self.schedule.working_days),
            invite_days=self.joining.invite_days,
            public_url=self.public_url,
            zalo_url=self.zalo_url,
            windows=self._windows(),
            limits=Limits(**self.limits.model_dump()),
        )

    def _windows(self) -> dict[str, timedelta]:
        """How long after a person's message a channel takes ours, where that ends."""
        return {"zalo_oa": timedelta(hours=self.zalo_oa.window_hours)}

    def keys(self) -> "Keys":
        """Every key of the installation, derived from the secrets."""
        from storage.keys import Keys

        old = tuple(each.get_secret_value() for each in self.privacy.old_secrets)
        privacy = self.privacy
        return Keys(privacy.secret.get_secret_value(), old, privacy.receipt_digits)


def setting_names() -> list[str]:
    """Every setting as `section.key`, in the order of the sections."""
    return [
        f"{section}.{key}"
        for section, field in Settings.model_fields.items()
        for key in getattr(field.annotation, "model_fields", {})
    ]
