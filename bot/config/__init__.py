"""Typed settings; the only reader of files and environment."""

from bot.config.loading import language, load
from bot.config.mistakes import ConfigMistakes
from bot.config.sections import (
    DatabaseSettings,
    OperatorSettings,
    PrivacySettings,
    ProvinceSettings,
    ScheduleSettings,
    Section,
    TelegramSettings,
    WebSettings,
)
from bot.config.settings import Settings, setting_names

__all__ = [
    "ConfigMistakes",
    "DatabaseSettings",
    "OperatorSettings",
    "PrivacySettings",
    "ProvinceSettings",
    "ScheduleSettings",
    "Section",
    "Settings",
    "TelegramSettings",
    "WebSettings",
    "language",
    "load",
    "setting_names",
]
