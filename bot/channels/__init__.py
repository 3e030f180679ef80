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
from bot.locks import poller_lock, sender_lock, token_lock
from bot.parts import DELIVERY, EVERYTHING, ZALO
from bot.parts import TELEGRAM as RECEIVES_TELEGRAM
from bot.parts import WEB as SERVES
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
    chosen: frozenset[str] = EVERYTHING

    def take_part(self, receiving: str) -> bool:
        """Whether this process has to do with a messenger: it receives from it, sends to it or
        shows the way to it."""
        return not self.chosen.isdisjoint({receiving, SERVES, DELIVERY})

    def receive(self, receiving: str, mode: str) -> bool:
        """Whether it receives from it; what is posted is received where the web is served."""
        return receiving in self.chosen or (mode == "webhook" and SERVES in self.chosen)


def _web(parts: Parts) -> Channel | None:
    if SERVES not in parts.chosen:
        return None
    parts.delivery.tell(WEB, parts.letterbox.wake)
    return WebChannel(parts.settings.public_url, parts.letterbox)


def _telegram(parts: Parts) -> Channel | None:
    settings = parts.settings.telegram
    token = settings.token.get_secret_value()
    if not token or not parts.take_part(RECEIVES_TELEGRAM):
        return None
    lock = sender_lock(parts.database, TELEGRAM, token)

    async def forget(address: str, key: str) -> None:
        await parts.delivery.forget(TELEGRAM, address, key)

    channel = TelegramChannel(
        settings,
        parts.settings.public_url,
        parts.dispatch.handle,
        forget=forget,
        commands=command_menus(),
        lock=lock,
        polls_under=poller_lock(parts.database, TELEGRAM, token),
        receives=parts.receive(RECEIVES_TELEGRAM, settings.mode),
        drawing=parts.drawing,
    )
    parts.delivery.serve(channel, lock)
    return channel


def _zalo_bot(parts: Parts) -> Channel | None:
    settings = parts.settings.zalo_bot
    token = settings.token.get_secret_value()
    if not token or not parts.take_part(ZALO):
        return None
    lock = sender_lock(parts.database, ZALO_BOT, token)
    channel = ZaloBotChannel(
        settings,
        parts.settings.public_url,
        parts.dispatch.handle,
        address=parts.files.address,
        polls_under=poller_lock(parts.database, ZALO_BOT, token),
        receives=parts.receive(ZALO, settings.mode),
    )
    parts.delivery.serve(channel, lock)
    return channel


def _zalo_oa(parts: Parts) -> Channel | None:
    settings = parts.settings.zalo_oa
    if not settings.app_id or not parts.take_part(ZALO):
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
