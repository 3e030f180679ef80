"""What a program really asks of its database: recorded at the driver, replayed on a raw connection."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import psycopg
from sqlalchemy import Engine, event

_LIKE_A_HASH = 20  # as long are only ids, pseudonyms and seals, which no two updates share
_ENDS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
_fresh = count()


@dataclass
class Tape:
    """The statements of one transaction with their parameters, in order."""

    steps: list[tuple[Any, Any]] = field(default_factory=list)
    running: bool = False

    def take(self, statement: Any, parameters: Any) -> None:
        """Note one down, unless it only begins or ends something."""
        if self.running and not str(statement).upper().startswith(_ENDS):
            self.steps.append((statement, parameters))

    def again(self) -> list[tuple[Any, Any]]:
        """The same transaction of somebody else: whatever must be unique is."""
        mark = f"{next(_fresh):010d}"
        return [(statement, _renewed(parameters, mark)) for statement, parameters in self.steps]


def _renewed(parameters: Any, mark: str) -> Any:
    if isinstance(parameters, dict):
        return {name: _value(value, mark) for name, value in parameters.items()}
    return [_value(value, mark) for value in parameters]


def _value(value: Any, mark: str) -> Any:
    if isinstance(value, str) and len(value) >= _LIKE_A_HASH:
        return value[: -len(mark)] + mark
    return value


@contextmanager
def recording(engine: Engine, tape: Tape) -> Iterator[None]:
    """The connections this engine opens meanwhile note on the tape what they run."""

    class Lite(sqlite3.Cursor):
        def execute(self, sql: str, parameters: Any = (), /) -> "Lite":
            tape.take(sql, parameters)
            super().execute(sql, parameters)
            return self

        def executemany(self, sql: str, every: Any, /) -> "Lite":
            for parameters in every:
                self.execute(sql, parameters)
            return self

    class LiteConnection(sqlite3.Connection):
        def cursor(self, factory: Any = Lite) -> Any:
            return super().cursor(factory)

    class Post(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **how: Any) -> "Post":
            tape.take(query, params or ())
            super().execute(query, params, **how)
            return self

        def executemany(self, query: Any, params_seq: Any, **how: Any) -> None:
            for params in params_seq:
                self.execute(query, params, **how)

    def connect(dialect: Any, _record: object, _args: object, how: dict[str, Any]) -> None:
        if dialect.name == "sqlite":
            how["factory"] = LiteConnection
        else:
            how["cursor_factory"] = Post

    event.listen(engine, "do_connect", connect)
    tape.running = True
    try:
        yield
    finally:
        tape.running = False
        event.remove(engine, "do_connect", connect)
