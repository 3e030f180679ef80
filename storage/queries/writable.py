"""Whether the database that answers is one that can be written to."""

from sqlalchemy import text
from sqlmodel import Session


def takes_writes(session: Session) -> bool:
    """False on a standby of PostgreSQL, or where its operator has forbidden writing.

    On SQLite a transaction that began can write.
    """
    if session.get_bind().dialect.name == "sqlite":
        return True
    asked = session.execute(text("SHOW transaction_read_only"))
    return bool(asked.scalar_one() == "off")
