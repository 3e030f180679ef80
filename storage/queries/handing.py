"""Queueing answers that who sends may take as they are, because nothing else waits for their chat."""

from collections.abc import Sequence

from sqlalchemy import Table, bindparam, insert, select
from sqlmodel import Session

from storage.database import keys_of
from storage.prepared import Prepared, together
from storage.queries.traffic import ANSWER, tell_sender
from storage.tables import Outbox

_OUTBOX: Table = Outbox.__table__  # type: ignore[attr-defined]
_WAITS = Prepared(
    select(_OUTBOX.c.id)
    .where(_OUTBOX.c.chat == bindparam("chat"), _OUTBOX.c.channel == bindparam("channel"))
    .limit(1)
)
_QUEUE = Prepared(
    insert(_OUTBOX)
    .values(
        {
            **{name: bindparam(name) for name in ("channel", "chat", "address", "content")},
            "lane": ANSWER,
            "attempts": 0,
            "held": False,
        }
    )
    .returning(_OUTBOX.c.id)
)


def queue_alone(
    session: Session, channel: str, chat: str, address: str, contents: Sequence[str]
) -> list[int]:
    """Queue answers (JSON) to one chat, in order; their numbers if they are all that waits for it.

    The caller holds the chat's lock and sends itself: nobody is told then. Else the result is empty
    and whoever sends reads them after what was there before.
    """
    keys = keys_of(session)
    sealed = keys.seal(address)
    where = {"channel": channel, "chat": chat}
    rows = [{**where, "address": sealed, "content": keys.seal(each)} for each in contents]
    before, *queued = together(session, (_WAITS, where), *((_QUEUE, row) for row in rows))
    alone = not before.rows
    numbers = [number for each in queued for (number,) in each.rows]
    if alone:
        return numbers
    tell_sender(session, [channel] if contents else [])
    return []
