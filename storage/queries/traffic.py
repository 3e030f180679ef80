"""Seen updates, chat state, queueing: what lives only so that answers arrive (see outbox.py)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, func, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from storage.database import keys_of
from storage.keys import Keys
from storage.tables import Attempt, Chat, Outbox, Seen

CHAT_LIVES = timedelta(hours=23)  # rounded up to the hour below: never more than 24 h
# Telegram keeps an unacknowledged update 24 h, so two full days of keys are enough.
KEY_LIVES = timedelta(days=2)
ANSWER, PROACTIVE = 0, 1  # lanes
NOTIFY_CHANNEL = "outbox"


@dataclass(frozen=True)
class LiveChoice:
    """A choice that can be typed in a chat. `pressed` as it was shown; `toggle`: it may be sent
    together with others; `group`: so may one of each group, 0 for none. `unasked`: it stands in a
    message nobody just asked for."""

    action: str
    label: str = ""
    pressed: bool | None = None
    toggle: bool = False
    group: int = 0
    unasked: bool = False


@dataclass
class ChatState:
    """What a chat's next message means: `awaits` takes free text, `live` what was shown, by number.

    `until` is when the question is forgotten, `digits` whether a number alone may be its answer,
    `person` whether a name is.
    `shown` is when choices were last shown to an official (of citizens no time of day is kept).
    """

    awaits: str | None = None
    live: dict[int, LiveChoice] = field(default_factory=dict)
    language: str | None = None
    until: datetime | None = None
    digits: bool = True
    person: bool = False
    shown: datetime | None = None

    @property
    def numbers(self) -> dict[int, str]:
        """Which typed number means which action."""
        return {number: each.action for number, each in self.live.items()}

    def ask(
        self, action: str | None, now: datetime, *, digits: bool = True, person: bool = False
    ) -> None:
        """The next free text goes to `action` (nowhere: None), for at most 24 hours."""
        self.awaits, self.digits, self.person = action, digits, person
        self.until = None if action is None else a_day_at_most(now)


def insert_new(session: Session, table: type[Any], values: Mapping[str, Any]) -> bool:
    """Insert unless a row with the same unique values is there; True if it was inserted."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    rows = table.__table__
    statement = insert(rows).values(**values).on_conflict_do_nothing()
    # By what comes back, not by rowcount: psycopg reports -1 for it.
    return session.execute(statement.returning(*rows.primary_key)).first() is not None


def lock_chat(session: Session, chat: str) -> None:
    """Until the end of the transaction no other process handles this chat (PostgreSQL)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(chat, 0))))


def mark_seen(session: Session, channel: str, key: str, day: date) -> bool:
    """True the first time this update is handled, False for a redelivery."""
    pseudonym = keys_of(session).pseudonym("update", channel, key)
    return insert_new(session, Seen, {"key": pseudonym, "day": day})


def chat_name(keys: Keys, channel: str, chat: str) -> str:
    """The pseudonym a chat is kept under."""
    return keys.pseudonym("chat", channel, chat)


def read_chat(session: Session, chat: str, now: datetime) -> ChatState:
    """The state of a chat (by pseudonym); empty once it expired or cannot be opened."""
    row = session.get(Chat, chat)
    if row is None or row.expires <= now:
        return ChatState()
    try:
        content = json.loads(keys_of(session).open(row.content))
    except ValueError:
        return ChatState()
    return _opened(content, now)


def _opened(content: Mapping[str, Any], now: datetime) -> ChatState:
    until, shown = content.get("until"), content.get("shown")
    state = ChatState(
        content["awaits"],
        {int(number): LiveChoice(*each) for number, each in content.get("live", {}).items()},
        content["language"],
        until and datetime.fromisoformat(until),
        content.get("digits", True),
        content.get("person", False),
        shown and datetime.fromisoformat(shown),
    )
    if state.until is not None and state.until <= now:
        state.ask(None, now)
    return state


def a_day_at_most(now: datetime) -> datetime:
    """Until when something of a citizen is kept: rounded to the hour, so that it tells no time."""
    return (now + CHAT_LIVES).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def write_chat(session: Session, chat: str, state: ChatState, now: datetime) -> None:
    """Keep the state of a chat until, at most, 24 hours from now (rounded to the hour)."""
    content = {
        "awaits": state.awaits,
        "live": {number: astuple(each) for number, each in state.live.items()},
        "language": state.language,
        "until": state.until and state.until.isoformat(),
        "digits": state.digits,
        "person": state.person,
        "shown": state.shown and state.shown.isoformat(),
    }
    sealed = keys_of(session).seal(json.dumps(content))
    session.merge(Chat(chat=chat, content=sealed, expires=a_day_at_most(now)))


def put_in_outbox(
    session: Session,
    channel: str,
    address: str,
    contents: Sequence[Mapping[str, Any]],
    *,
    lane: int = ANSWER,
    until: datetime | None = None,
) -> None:
    """Queue messages to one chat, in order; they leave after the commit. After `until` they are
    worth nothing any more and are forgotten unsent."""
    keys = keys_of(session)
    for content in contents:
        session.add(
            Outbox(
                channel=channel,
                chat=chat_name(keys, channel, address),
                address=keys.seal(address),
                content=keys.seal(json.dumps(content, ensure_ascii=False)),
                lane=lane,
                until=until,
            )
        )
        session.flush()  # one by one: their ids are their order
    tell_sender(session, [channel] if contents else [])


def put_many_in_outbox(
    session: Session,
    messages: Sequence[tuple[str, str, Mapping[str, Any]]],
    *,
    lane: int,
    until: datetime | None = None,
) -> None:
    """Queue messages (channel, address, content) to many chats, one each, in one statement."""
    keys = keys_of(session)
    rows = [
        {
            "channel": channel,
            "chat": chat_name(keys, channel, address),
            "address": keys.seal(address),
            "content": keys.seal(json.dumps(content, ensure_ascii=False)),
            "lane": lane,
            "attempts": 0,
            "until": until,
        }
        for channel, address, content in messages
    ]
    if rows:
        session.connection().execute(insert(Outbox), rows)
    tell_sender(session, sorted({channel for channel, _, _ in messages}))


def tell_sender(session: Session, channels: Sequence[str]) -> None:
    """Tell the sender on PostgreSQL, wherever it runs, that something waits."""
    if session.get_bind().dialect.name == "postgresql":
        for channel in channels:
            session.execute(
                text("SELECT pg_notify(:channel, :of)"), {"channel": NOTIFY_CHANNEL, "of": channel}
            )


def count_attempt(session: Session, chat: str, now: datetime, day: date) -> int:
    """Count one failed try of a chat (pseudonym) in this hour; how many it now has."""
    key = keys_of(session).pseudonym("attempt", chat, now.strftime("%Y%m%d%H"))
    insert_new(session, Attempt, {"key": key, "day": day, "count": 0})
    row = session.get_one(Attempt, key)
    row.count += 1
    return row.count


def attempts(session: Session, chat: str, now: datetime) -> int:
    """How many failed tries a chat (pseudonym) has in this hour."""
    row = session.get(
        Attempt, keys_of(session).pseudonym("attempt", chat, now.strftime("%Y%m%d%H"))
    )
    return 0 if row is None else row.count


def purge(session: Session, now: datetime, today: date) -> dict[str, int]:
    """Forget chats that expired, updates and attempts of past days; counts by kind."""
    before = today - KEY_LIVES
    statements = {
        "chats": delete(Chat).where(Chat.expires <= now),  # type: ignore[arg-type]
        "updates": delete(Seen).where(Seen.day < before),  # type: ignore[arg-type]
        "attempts": delete(Attempt).where(Attempt.day < today),  # type: ignore[arg-type]
    }
    counts = {}
    for table, statement in statements.items():
        done = session.execute(statement)
        assert isinstance(done, CursorResult)
        counts[table] = done.rowcount
    return counts
