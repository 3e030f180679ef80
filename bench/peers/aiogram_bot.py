"""The rating bot as an aiogram 3 program: aiohttp's server on uvloop, SQLAlchemy's async session.

Run by `.venv/peers/bin/python`. Stores what ours must: the update's id, so that none counts twice,
and the rating; commits, then answers the tap and edits its message.
"""

import sys
from datetime import UTC, date, datetime

import uvloop
from aiogram import Bot, Dispatcher, F
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    Update,
)
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """The tables."""


class Seen(Base):
    """An update that was handled."""

    __tablename__ = "seen"
    update_id: Mapped[int] = mapped_column(primary_key=True)


class Rating(Base):
    """What somebody said of a desk."""

    __tablename__ = "rating"
    id: Mapped[int] = mapped_column(primary_key=True)
    desk: Mapped[str] = mapped_column(index=True)
    level: Mapped[int]
    person: Mapped[int] = mapped_column(index=True)
    day: Mapped[date]


_LEVELS = ("Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng")
_REASONS = ("Nhanh gọn", "Thân thiện", "Hướng dẫn rõ", "Đúng hẹn")

file, base, port, secret = sys.argv[1:]
engine = create_async_engine(f"sqlite+aiosqlite:///{file}")
sessions = async_sessionmaker(engine, expire_on_commit=False)
dispatcher = Dispatcher()


@event.listens_for(engine.sync_engine, "connect")
def set_up(connection, _record) -> None:  # type: ignore[no-untyped-def]
    """Writes that survive a power cut, as ours do."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


@dispatcher.callback_query(F.data.startswith("rate:"))
async def rate(query: CallbackQuery, event_update: Update) -> None:
    """A tap on a level."""
    assert query.data is not None
    _, desk, level = query.data.split(":")
    async with sessions() as session:
        session.add(Seen(update_id=event_update.update_id))
        session.add(
            Rating(
                desk=desk,
                level=int(level),
                person=query.from_user.id,
                day=datetime.now(UTC).date(),
            )
        )
        try:
            await session.commit()
        except IntegrityError:
            return
    await query.answer()
    if isinstance(query.message, Message):
        await query.message.edit_text(
            f"<b>Cảm ơn bạn.</b>\n\nĐã ghi nhận: {_LEVELS[int(level) - 1]}.\n\nVì sao?",
            reply_markup=InlineKeyboardMarkup(
                inline_keyboard=[
                    *([InlineKeyboardButton(text=each, callback_data=f"why:{desk}:{n}")]
                      for n, each in enumerate(_REASONS)),
                    [InlineKeyboardButton(text="Xong", callback_data=f"done:{desk}")],
                ]
            ),
        )  # fmt: skip


async def on_startup(bot: Bot) -> None:
    """Create the tables, then ask for updates."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await bot.set_webhook(f"http://127.0.0.1:{port}/hooks/telegram", secret_token=secret)


dispatcher.startup.register(on_startup)
bot = Bot(
    "7:peer-token-of-the-benchmark-aaaaaaaaa",
    session=AiohttpSession(api=TelegramAPIServer.from_base(base)),
    default=DefaultBotProperties(parse_mode="HTML"),
)
application = web.Application()
SimpleRequestHandler(dispatcher, bot, secret_token=secret).register(
    application, path="/hooks/telegram"
)
setup_application(application, dispatcher, bot=bot)
web.run_app(
    application,
    host="127.0.0.1",
    port=int(port),
    loop=uvloop.new_event_loop(),
    access_log=None,
    print=None,
)
