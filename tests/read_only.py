"""A PostgreSQL that can only be read for a while, as a standby is."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import make_url

_CUT_ALL = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE pid <> pg_backend_pid() AND datname = current_database()"
)


@contextmanager
def reading_only(url: str) -> Iterator[None]:
    """Every connection is cut; new ones are refused whatever would write. Then all is as it was."""
    set_reading(url, only=True)
    try:
        yield
    finally:
        set_reading(url, only=False)


def set_reading(url: str, *, only: bool) -> None:
    """Cut every connection to this database; whether new ones may only read."""
    name, word = make_url(url).database, "on" if only else "off"
    with psycopg.connect(url, autocommit=True) as operator:
        operator.execute("SET default_transaction_read_only = off")
        operator.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = {word}")  # type: ignore[arg-type]
        operator.execute(_CUT_ALL)
