"""How often somebody tried what they should not try often, such as codes that do not exist."""

from datetime import date, datetime

from sqlalchemy import Executable, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from storage.database import keys_of
from storage.prepared import Prepared
from storage.queries.roster import table_of
from storage.tables import Attempt

_ATTEMPT = table_of(Attempt)


def _count_one(dialect: str) -> Executable:
    """In one statement: what many chats count together must lose none."""
    insert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(_ATTEMPT)
    adding = insert.values(key=bindparam("key"), day=bindparam("day"), count=1)
    kept: Executable = adding.on_conflict_do_update(
        index_elements=["key"], set_={"count": _ATTEMPT.c.count + 1}
    ).returning(_ATTEMPT.c.count)
    return kept


_COUNT = Prepared(_count_one)
_READ = Prepared(select(_ATTEMPT.c.count).where(_ATTEMPT.c.key == bindparam("key")))


def count_attempt(session: Session, chat: str, now: datetime, day: date) -> int:
    """Count one failed try of a chat (pseudonym) in this hour; how many it now has."""
    found = _COUNT.first(session, key=_key(session, chat, now), day=day)
    assert found is not None
    return int(found[0])


def attempts(session: Session, chat: str, now: datetime) -> int:
    """How many failed tries a chat (pseudonym) has in this hour."""
    found = _READ.first(session, key=_key(session, chat, now))
    return 0 if found is None else int(found[0])


def _key(session: Session, chat: str, now: datetime) -> str:
    return keys_of(session).pseudonym("attempt", chat, now.strftime("%Y%m%d%H"))
