"""When the last backup was made: a fact the database keeps of itself."""

from datetime import UTC, datetime

from sqlmodel import Session

from storage.tables import Meta

BACKUP_MADE = "backup"


def note_backup(session: Session, now: datetime) -> None:
    """Remember that a backup was made."""
    session.merge(Meta(key=BACKUP_MADE, value=now.astimezone(UTC).isoformat(timespec="seconds")))


def last_backup(session: Session) -> datetime | None:
    """When the last one was made, as far as this database knows."""
    row = session.get(Meta, BACKUP_MADE)
    return None if row is None else datetime.fromisoformat(row.value)
