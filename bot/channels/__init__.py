"""The one list of channels: each entry opens its channel, or says it is not configured."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.channels.base import Channel
from bot.channels.telegram import NAME as TELEGRAM
from bot.channels.telegram import TelegramChannel
from bot.channels.web import NAME as WEB
from bot.channels.web import WebChannel
from bot.channels.zalo_bot import NAME as ZALO_BOT
from bot.channels.zalo_bot import ZaloBotChannel
from bot.channels.zalo_oa import NAME as ZALO_OA
from bot.channels.zalo_oa import ZaloOaChannel
from bot.config import Settings
from bot.delivery import Delivery
from bot.dispatch import Dispatch
from bot.drawing import Drawing
from bot.locks import sender_lock, token_lock
from bot.web.letterbox import Letterbox
from bot.web.shared_files import SharedFiles
from handlers.typed_input import command_menus
from storage.database import Database


@dataclass(frozen=True)
class Parts:
    """What a channel may be built from."""

    settings: Settings
    database: Database
    dispatch: Dispatch
    delivery: Delivery
    letterbox: Letterbox
    drawing: Drawing
    files: SharedFiles
    clock: Callable[[], datetime]


def _web(parts: Parts) -> Channel:
    parts.delivery.tell(WEB, parts.letterbox.wake)
    return WebChannel(parts.settings.public_url, parts.letterbox)


def _telegram(parts: Parts) -> Channel | None:
    token = parts.settings.telegram.token.get_secret_value()
    if not token:
        return None
    lock = sender_lock(parts.database, TELEGRAM, token)

    async def forget(address: str, key: str) -> None:
        await parts.delivery.forget(TELEGRAM, address, key)

    channel = TelegramChannel(
        parts.settings.telegram,
        parts.settings.public_url,
        parts.dispatch.handle,
        forget=forget,
        commands=command_menus(),
        lock=lock,
        drawing=parts.drawing,
    )
    parts.delivery.serve(channel, lock)
    return channel


def _zalo_bot(parts: Parts) -> Channel | None:
    token = parts.settings.zalo_bot.token.get_secret_value()
    if not token:
        return None
    lock = sender_lock(parts.database, ZALO_BOT, token)
    channel = ZaloBotChannel(
        parts.settings.zalo_bot,
        parts.settings.public_url,
        parts.dispatch.handle,
        address=parts.files.address,
        lock=lock,
    )
    parts.delivery.serve(channel, lock)
    return channel


def _zalo_oa(parts: Parts) -> Channel | None:
    settings = parts.settings.zalo_oa
    if not settings.app_id:
        return None
    lock = sender_lock(parts.database, ZALO_OA, settings.app_id)

    async def forget(address: str, key: str) -> None:
        await parts.delivery.forget(ZALO_OA, address, key)

    channel = ZaloOaChannel(
        settings,
        parts.settings.web.zalo_url,
        parts.database,
        parts.dispatch.handle,
        forget=forget,
        address=parts.files.address,
        holder=token_lock(parts.database, ZALO_OA, settings.app_id),
        clock=parts.clock,
        timezone=ZoneInfo(parts.settings.schedule.timezone),
    )
    parts.delivery.serve(channel, lock)
    return channel


CHANNELS: tuple[Callable[[Parts], Channel | None], ...] = (_web, _telegram, _zalo_bot, _zalo_oa)


def open_channels(parts: Parts) -> Sequence[Channel]:
    """Every configured channel, in the order of the list."""
    return [channel for each in CHANNELS if (channel := each(parts)) is not None]
