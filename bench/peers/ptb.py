"""The rating bot as a plain python-telegram-bot program: run_webhook, a SQLModel session per update.

Run by `.venv/peers/bin/python`. Stores what ours must: the update's id, so that none counts twice,
and the rating; commits, then answers the tap and edits its message.
"""

import sys
from datetime import UTC, date, datetime

from sqlalchemy import event
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, create_engine
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes


class Seen(SQLModel, table=True):
    """An update that was handled."""

    update_id: int = Field(primary_key=True)


class Rating(SQLModel, table=True):
    """What somebody said of a desk."""

    id: int | None = Field(default=None, primary_key=True)
    desk: str = Field(index=True)
    level: int
    person: int = Field(index=True)
    day: date


_LEVELS = ("Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng")
_REASONS = ("Nhanh gọn", "Thân thiện", "Hướng dẫn rõ", "Đúng hẹn")

file, base, port, secret = sys.argv[1:]
engine = create_engine(f"sqlite:///{file}")


@event.listens_for(engine, "connect")
def set_up(connection, _record) -> None:  # type: ignore[no-untyped-def]
    """Writes that survive a power cut, as ours do."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


async def rate(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """A tap on a level."""
    query = update.callback_query
    assert query is not None
    assert query.data is not None
    _, desk, level = query.data.split(":")
    with Session(engine) as session:
        session.add(Seen(update_id=update.update_id))
        session.add(
            Rating(
                desk=desk,
                level=int(level),
                person=query.from_user.id,
                day=datetime.now(UTC).date(),
            )
        )
        try:
            session.commit()
        except IntegrityError:
            return
    await query.answer()
    await query.edit_message_text(
        f"<b>Cảm ơn bạn.</b>\n\nĐã ghi nhận: {_LEVELS[int(level) - 1]}.\n\nVì sao?",
        parse_mode="HTML",
        reply_markup=InlineKeyboardMarkup(
            [
                *([InlineKeyboardButton(each, callback_data=f"why:{desk}:{n}")]
                  for n, each in enumerate(_REASONS)),
                [InlineKeyboardButton("Xong", callback_data=f"done:{desk}")],
            ]
        ),
    )  # fmt: skip


SQLModel.metadata.create_all(engine)
application = (
    Application.builder()
    .token("7:peer-token-of-the-benchmark-aaaaaaaaa")
    .base_url(f"{base}/bot")
    .concurrent_updates(256)  # what True means
    .build()
)
application.add_handler(CallbackQueryHandler(rate, pattern="^rate:"))
application.run_webhook(
    listen="127.0.0.1",
    port=int(port),
    url_path="hooks/telegram",
    webhook_url=f"http://127.0.0.1:{port}/hooks/telegram",
    secret_token=secret,
)
