"""Seen updates, chat state, queueing: what lives only so that answers arrive (see outbox.py)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    CursorResult,
    Executable,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from storage.database import keys_of
from storage.keys import Keys
from storage.prepared import Prepared, Row, is_postgresql, together
from storage.tables import Attempt, Chat, Outbox, Seen

CHAT_LIVES = timedelta(hours=23)  # rounded up to the hour below: never more than 24 h
# Telegram keeps an unacknowledged update 24 h, so two full days of keys are enough.
KEY_LIVES = timedelta(days=2)
ANSWER, PROACTIVE = 0, 1  # lanes
NOTIFY_CHANNEL = "outbox"
LISTEN = f'LISTEN "{NOTIFY_CHANNEL}"'  # the one thing such a session ever asks: it is known by it


_CHAT: Table = Chat.__table__  # type: ignore[attr-defined]
_OUTBOX: Table = Outbox.__table__  # type: ignore[attr-defined]
_SEEN: Table = Seen.__table__  # type: ignore[attr-defined]


def _inserting(dialect: str, rows: Table, *names: str) -> Any:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(rows).values({name: bindparam(name) for name in names})


def _keep_chat(dialect: str) -> Executable:
    adding = _inserting(dialect, _CHAT, "chat", "content", "expires")
    kept: Executable = adding.on_conflict_do_update(
        index_elements=[_CHAT.c.chat],
        set_={"content": adding.excluded.content, "expires": adding.excluded.expires},
    )
    return kept


_LOCK = Prepared(
    select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name", type_=String), 0)))
)
_TELL = Prepared(
    select(func.pg_notify(bindparam("channel", type_=String), bindparam("of", type_=String)))
)
_MARK_SEEN = Prepared(
    lambda dialect: _inserting(dialect, _SEEN, "key", "day").on_conflict_do_nothing()
)
_READ_CHAT = Prepared(
    select(_CHAT.c.content, _CHAT.c.expires).where(_CHAT.c.chat == bindparam("chat"))
)
_KEEP_CHAT = Prepared(_keep_chat)
_QUEUED = ("channel", "chat", "address", "content", "lane", "until")
_QUEUE = Prepared(
    insert(_OUTBOX).values(
        {**{name: bindparam(name) for name in _QUEUED}, "attempts": 0, "held": False}
    )
)


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
    lock_name(session, chat)


def lock_name(session: Session, name: str) -> None:
    """PostgreSQL: until the end of the transaction no other has what this name stands for."""
    if is_postgresql(session):
        _LOCK.later(session, name=name)


def mark_seen(session: Session, channel: str, key: str, day: date) -> bool:
    """True the first time this update is handled, False for a redelivery."""
    pseudonym = keys_of(session).pseudonym("update", channel, key)
    return _MARK_SEEN.run(session, key=pseudonym, day=day) > 0


def chat_name(keys: Keys, channel: str, chat: str) -> str:
    """The pseudonym a chat is kept under."""
    return keys.pseudonym("chat", channel, chat)


def read_chat(session: Session, chat: str, now: datetime) -> ChatState:
    """The state of a chat (by pseudonym); empty once it expired or cannot be opened."""
    return _state(session, _READ_CHAT.all(session, chat=chat), now)


def take_up(
    session: Session, chat: str, channel: str, key: str, day: date, now: datetime
) -> tuple[ChatState, bool]:
    """`read_chat` and `mark_seen` in one question; an update without a key is never marked."""
    if not key:
        return read_chat(session, chat, now), True
    pseudonym = keys_of(session).pseudonym("update", channel, key)
    found, marked = together(
        session, (_READ_CHAT, {"chat": chat}), (_MARK_SEEN, {"key": pseudonym, "day": day})
    )
    return _state(session, found.rows, now), marked.touched > 0


def _state(session: Session, rows: Sequence[Row], now: datetime) -> ChatState:
    if not rows or rows[0][1] <= now:
        return ChatState()
    try:
        content = json.loads(keys_of(session).open(rows[0][0]))
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
    _KEEP_CHAT.later(session, chat=chat, content=sealed, expires=a_day_at_most(now))


def put_in_outbox(
    session: Session,
    channel: str,
    address: str,
    contents: Sequence[Mapping[str, Any] | str],
    *,
    lane: int = ANSWER,
    until: datetime | None = None,
    chat: str | None = None,
) -> None:
    """Queue messages (those of type str: already JSON) to one chat, in order; they leave after the
    commit. After `until` they are worth nothing any more and are forgotten unsent. `chat` is the
    chat's pseudonym, if the caller knows it."""
    keys = keys_of(session)
    chat = chat or chat_name(keys, channel, address)
    for content in contents:  # one after the other: their ids are their order
        _QUEUE.later(
            session,
            channel=channel,
            chat=chat,
            address=keys.seal(address),
            content=keys.seal(
                content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
            ),
            lane=lane,
            until=until,
        )
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
    if is_postgresql(session):
        for channel in channels:
            _TELL.later(session, channel=NOTIFY_CHANNEL, of=channel)


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
