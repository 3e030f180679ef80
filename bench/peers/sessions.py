"""One tap as a plain program stores it: a SQLModel async session, a transaction per update.

Run by `.venv/peers/bin/python sessions.py URL`. Every line "COUNT AT_ONCE" on its standard input is
answered by the seconds it took to store so many taps, so many of them at a time.
"""

import asyncio
import json
import sys
from datetime import UTC, date, datetime
from itertools import count
from time import perf_counter

from sqlalchemy import UniqueConstraint, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import Field, SQLModel, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

DESKS = 300


class Seen(SQLModel, table=True):
    """An update that was handled."""

    key: str = Field(primary_key=True)


class Desk(SQLModel, table=True):
    """Where people are served."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    unit: str


class Duty(SQLModel, table=True):
    """Who is there, from when to when."""

    id: int | None = Field(default=None, primary_key=True)
    desk_id: int = Field(foreign_key="desk.id", index=True)
    person: str
    starts: date
    ends: date | None = None


class Rating(SQLModel, table=True):
    """What somebody said of a desk on a day."""

    __table_args__ = (UniqueConstraint("person", "desk_id", "day"),)

    id: int | None = Field(default=None, primary_key=True)
    person: str
    desk_id: int = Field(foreign_key="desk.id", index=True)
    day: date = Field(index=True)
    duty_id: int | None = Field(default=None, foreign_key="duty.id")
    level: int


class Chat(SQLModel, table=True):
    """What the next message of somebody means."""

    chat: str = Field(primary_key=True)
    awaits: str


class Outbox(SQLModel, table=True):
    """An answer to be sent."""

    id: int | None = Field(default=None, primary_key=True)
    chat: str = Field(index=True)
    content: str


_people = count()
_DAY = datetime.now(UTC).date()


async def tap(engine: AsyncEngine, person: str, code: str, level: int) -> None:
    """Store one tap: once only, with its answer, in one transaction."""
    async with AsyncSession(engine, expire_on_commit=False) as session:
        if await session.get(Seen, f"tap of {person}") is not None:
            return
        session.add(Seen(key=f"tap of {person}"))
        desk = (await session.exec(select(Desk).where(Desk.code == code))).one()
        served = await session.exec(
            select(Duty).where(
                Duty.desk_id == desk.id,
                Duty.starts <= _DAY,
                or_(col(Duty.ends).is_(None), col(Duty.ends) > _DAY),
            )
        )
        duty = served.first()
        mine = await session.exec(
            select(Rating).where(
                Rating.person == person, Rating.desk_id == desk.id, Rating.day == _DAY
            )
        )
        rating = mine.one_or_none()
        if rating is None:
            assert desk.id is not None
            rating = Rating(person=person, desk_id=desk.id, day=_DAY, level=level)
        rating.level, rating.duty_id = level, duty and duty.id
        session.add(rating)
        chat = await session.get(Chat, person) or Chat(chat=person, awaits="")
        chat.awaits = f"comment/{code}"
        session.add(chat)
        session.add(Outbox(chat=person, content=_answer(desk, level)))
        await session.commit()


def _answer(desk: Desk, level: int) -> str:
    text = f"<b>Cảm ơn bạn. Đã ghi nhận: {level}.</b>\n\n{desk.name}, {desk.unit}\n\nVì sao?"
    reasons = ("Nhanh gọn", "Thân thiện", "Hướng dẫn rõ", "Đúng hẹn", "Lý do khác…")
    keyboard = [[{"text": each, "callback_data": f"why:{desk.id}:{each}"}] for each in reasons]
    return json.dumps({"text": text, "reply_markup": {"inline_keyboard": keyboard}})


async def crowd(engine: AsyncEngine, taps: int, at_once: int) -> float:
    """The seconds it took."""

    async def one(times: int) -> None:
        for _ in range(times):
            number = next(_people)
            await tap(engine, f"person {number}", f"Q{number % DESKS + 1}", number % 5 + 1)

    started = perf_counter()
    await asyncio.gather(*(one(taps // at_once) for _ in range(at_once)))
    return perf_counter() - started


def _engine(url: str, pool_size: int) -> AsyncEngine:
    if not url.startswith("sqlite"):
        return create_async_engine(
            url.replace("postgresql://", "postgresql+asyncpg://"),
            pool_size=pool_size,
            max_overflow=0,
        )
    engine = create_async_engine(
        url.replace("sqlite://", "sqlite+aiosqlite://"), connect_args={"timeout": 30}
    )

    @event.listens_for(engine.sync_engine, "connect")
    def set_up(connection, _record) -> None:  # type: ignore[no-untyped-def]
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")

    return engine


async def _furnish(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    async with AsyncSession(engine) as session:
        for number in range(1, DESKS + 1):
            desk = Desk(code=f"Q{number}", name=f"Quầy {number}", unit="Chi đoàn")
            session.add(desk)
            await session.flush()
            session.add(Duty(desk_id=desk.id or 0, person=f"Đoàn viên {number}", starts=_DAY))
        await session.commit()


async def main(url: str, pool_size: int) -> None:
    """Answer line after line."""
    engine = _engine(url, pool_size)
    await _furnish(engine)
    print("ready", flush=True)
    for line in iter(sys.stdin.readline, ""):
        taps, at_once = map(int, line.split())
        print(await crowd(engine, taps, at_once), flush=True)
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
