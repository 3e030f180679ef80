"""The schema's versions: create, upgrade, and refuse what does not fit."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from storage.database import open_engine
from storage.errors import SchemaIsNewer, SchemaIsOld


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, made here so that no ini file is needed."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    if connection is not None:
        config.attributes["connection"] = connection
    return config


def newest() -> str:
    """The revision this program was written for."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert head is not None
    return head


def revision(url: str) -> str | None:
    """The revision a database stands at; None if it is empty."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def upgrade(url: str, to: str = "head") -> None:
    """Bring the database to a revision. Without foreign keys: batch mode drops parent tables."""
    _migrate(url, to, command.upgrade)


def downgrade(url: str, to: str) -> None:
    """Take the database back to a revision (used by the tests of the migrations)."""
    _migrate(url, to, command.downgrade)


def _migrate(url: str, to: str, step: Callable[[Config, str], None]) -> None:
    engine = open_engine(url, foreign_keys=False)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                # Two programs may start at once on an empty database: one of them creates it.
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(3003)")
            step(alembic_config(connection), to)
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
    known = {
        script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()
    }
    if found in known:
        raise SchemaIsOld(found)
    raise SchemaIsNewer(found)
