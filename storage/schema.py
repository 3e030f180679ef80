"""The schema's versions: create, upgrade, and refuse what does not fit.

Alembic is loaded only where something is migrated: whoever merely starts needs none of it.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import OperationalError

from storage.database import open_engine
from storage.errors import SchemaInUse, SchemaIsNewer, SchemaIsOld

if TYPE_CHECKING:
    from alembic.config import Config

_PATIENCE_S = 10
_LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL appendix A
Told = Callable[[str], None]
_MIGRATIONS = Path(__file__).parent / "migrations"


def alembic_config(connection: Connection | None = None) -> "Config":
    """Alembic's configuration, made here so that no ini file is needed."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    if connection is not None:
        config.attributes["connection"] = connection
    return config


@cache
def revisions() -> tuple[str, ...]:
    """Every revision this program knows, oldest first; files are named by them."""
    return tuple(sorted(file.name.split("_")[0] for file in _MIGRATIONS.glob("versions/[0-9]*.py")))


def newest() -> str:
    """The revision this program was written for."""
    return revisions()[-1]


def revision(url: str) -> str | None:
    """The revision a database stands at; None if it is empty."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found = connection.execute(text("SELECT version_num FROM alembic_version"))
            names = found.scalars().all()
            return None if not names else ", ".join(map(str, names))
    finally:
        engine.dispose()


def upgrade(url: str, to: str = "head", told: Told | None = None) -> None:
    """Bring the database to a revision, all of the way or not at all; `told` hears of each revision
    as it is reached. SchemaInUse where somebody holds the tables for longer than a moment.

    Without foreign keys: batch mode drops parent tables.
    """
    _migrate(url, lambda connection: upgrade_on(connection, to, told))


def downgrade(url: str, to: str) -> None:
    """Take the database back to a revision (used by the tests of the migrations)."""
    _migrate(url, lambda connection: downgrade_on(connection, to))


def upgrade_on(connection: Connection, to: str = "head", told: Told | None = None) -> None:
    """The same within the caller's transaction."""
    from alembic import command

    config = alembic_config(connection)
    config.attributes["told"] = told
    command.upgrade(config, to)


def downgrade_on(connection: Connection, to: str) -> None:
    """The same within the caller's transaction."""
    from alembic import command

    command.downgrade(alembic_config(connection), to)


def alone_on(connection: Connection) -> None:
    """PostgreSQL: one program at a time changes the schema, and waits for others a moment only.

    Two may start at once on an empty database: one of them creates it. A statement that waits for
    a table holds up everybody who comes after it: it gives up instead.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(3003)")
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_PATIENCE_S}s'")


def _migrate(url: str, step: Callable[[Connection], None]) -> None:
    engine = open_engine(url, foreign_keys=False)
    try:
        with engine.begin() as connection:
            alone_on(connection)
            step(connection)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
            raise SchemaInUse from error
        raise
    finally:
        engine.dispose()


def create_or_check(url: str) -> bool:
    """Create an empty database, True if it was; SchemaIsOld or SchemaIsNewer if one does not fit."""
    found = revision(url)
    if found is None:
        upgrade(url)
        return True
    if found == newest():
        return False
    if found in revisions():
        raise SchemaIsOld(found)
    raise SchemaIsNewer(found)
