"""Watches what nobody tells the program: the last backup, the disk, a schema that others changed."""

import asyncio
import shutil
from pathlib import Path

import structlog
from sqlalchemy import text
from sqlmodel import Session

from bot.observability import DATABASE, DISK_FREE, LAST_BACKUP
from storage.database import Database
from storage.errors import DatabaseUnavailable, SchemaIsNewer
from storage.queries.backup_made import last_backup
from storage.queries.writable import takes_writes
from storage.schema import newest

log = structlog.get_logger("watching")

_EVERY_S = 60.0


async def watch(database: Database, *, every: float = _EVERY_S) -> None:
    """Until cancelled. SchemaIsNewer, which ends the program, where somebody migrated under it."""
    while True:
        try:
            await look(database)
        except DatabaseUnavailable:
            DATABASE.set(0)
        else:
            DATABASE.set(1)
        await asyncio.sleep(every)


async def look(database: Database) -> None:
    """One look."""
    if database.file is not None:
        DISK_FREE.set(await asyncio.to_thread(_free, database.file))
    if not await database.run(takes_writes):
        raise DatabaseUnavailable("it can only be read")
    found = await database.run(_read)
    if found != newest():
        log.error("the database was migrated under this program", revision=found)
        raise SchemaIsNewer(found)


def _free(file: Path) -> int:
    return shutil.disk_usage(file.parent).free


def _read(session: Session) -> str:
    made = last_backup(session)
    LAST_BACKUP.set(0 if made is None else made.timestamp())
    return str(session.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
