"""The section [database]: where everything is kept, and how long it is waited for."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, field_validator

from bot.config.mistakes import Mistaken
from bot.config.section import Section
from handlers.texts import mark

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from storage.connecting import Terms

Timeout = Annotated[float, Field(ge=0, le=3600)]


class DatabaseSettings(Section):
    """[database]"""

    url: str = Field(
        "sqlite:///var/bot.sqlite",
        description="Where everything is kept: sqlite:///FILE for one machine, else postgresql://…",
    )
    pool_size: Annotated[int, Field(ge=1, le=50)] = Field(
        5, description="Connections to PostgreSQL per process (SQLite has one writer)."
    )
    direct_url: str = Field(
        "",
        description="PostgreSQL itself, where url leads to a pooler such as pgbouncer: for locks and "
        "for hearing of new messages. Empty: url is no pooler's.",
    )
    replica_url: str = Field(
        "",
        description="A read replica of PostgreSQL, from which export and digest read. Empty: none.",
    )
    prepared_statements: Literal["auto", "on", "off"] = Field(
        "auto",
        description='Whether statements are prepared on PostgreSQL. "auto": unless direct_url is set; '
        '"on" goes with pgbouncer 1.21 and max_prepared_statements.',
    )
    statement_timeout: Timeout = Field(
        30, description="Seconds after which PostgreSQL ends a statement; 0: never."
    )
    lock_timeout: Timeout = Field(
        10, description="Seconds a statement waits for another transaction; 0: for ever."
    )
    idle_in_transaction_timeout: Timeout = Field(
        60,
        description="Seconds after which PostgreSQL ends a transaction that does nothing; 0: never.",
    )

    def terms(self) -> "Terms":
        """How we connect to PostgreSQL."""
        from storage.connecting import Terms

        return Terms(
            pool_size=self.pool_size,
            statement_timeout=self.statement_timeout,
            lock_timeout=self.lock_timeout,
            idle_in_transaction_timeout=self.idle_in_transaction_timeout,
            direct_url=self.direct_url,
            replica_url=self.replica_url,
            prepares={"auto": None, "on": True, "off": False}[self.prepared_statements],
        )

    @property
    def own_url(self) -> str:
        """The url of the database itself, past any pooler."""
        return self.direct_url or self.url

    @field_validator("direct_url", "replica_url")
    @classmethod
    def _postgresql(cls, value: str) -> str:
        if value and getattr(_parsed(value), "drivername", "sqlite") == "sqlite":
            raise Mistaken(mark("must be postgresql://USER:PASSWORD@HOST/DATABASE"))
        return value

    @field_validator("url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        parsed = _parsed(value)
        if parsed is None or (parsed.drivername == "sqlite" and _in_memory(parsed.database)):
            raise Mistaken(
                mark("must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE")
            )
        return value


def _parsed(url: str) -> "URL | None":
    from sqlalchemy.exc import ArgumentError

    from storage.database import normalised

    try:
        return normalised(url)
    except (ArgumentError, ValueError):
        return None


def _in_memory(database: str | None) -> bool:
    return not database or database == ":memory:" or database.startswith("file:")
