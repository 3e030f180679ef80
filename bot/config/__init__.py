"""Typed settings; the only reader of files and environment."""

from bot.config.database import DatabaseSettings
from bot.config.fitting import is_loopback
from bot.config.loading import config_file, language, load, secrets_folder
from bot.config.messengers import TelegramSettings, ZaloBotSettings, ZaloOaSettings
from bot.config.mistakes import ConfigMistakes
from bot.config.section import Section
from bot.config.sections import (
    JoiningSettings,
    OperatorSettings,
    PrivacySettings,
    ProvinceSettings,
    ScheduleSettings,
    WebSettings,
)
from bot.config.settings import Settings, setting_names

__all__ = [
    "ConfigMistakes",
    "DatabaseSettings",
    "JoiningSettings",
    "OperatorSettings",
    "PrivacySettings",
    "ProvinceSettings",
    "ScheduleSettings",
    "Section",
    "Settings",
    "TelegramSettings",
    "WebSettings",
    "ZaloBotSettings",
    "ZaloOaSettings",
    "config_file",
    "is_loopback",
    "language",
    "load",
    "secrets_folder",
    "setting_names",
]
