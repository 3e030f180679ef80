"""What a program really asks of its database: recorded at the driver, replayed on a raw connection."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any

import psycopg
from sqlalchemy import Engine, event

# So long are only ids, pseudonyms and seals, which no two updates share.
_LIKE_A_HASH = re.compile(r"[A-Za-z0-9_=-]{22,}")
_ENDS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
_fresh = count()


Steps = list[tuple[Any, Any]]  # statements and their parameters


@dataclass
class Tape:
    """What was run, transaction by transaction: `begin` starts another."""

    transactions: list[Steps] = field(default_factory=list)

    def begin(self) -> None:
        """What comes now belongs to a new transaction."""
        self.transactions.append([])

    def take(self, statement: Any, parameters: Any) -> None:
        """Note one statement down, unless it only begins or ends something."""
        if self.transactions and not str(statement).upper().startswith(_ENDS):
            self.transactions[-1].append((statement, parameters))

    def again(self) -> Iterator[Steps]:
        """The same transactions of other people, over and over: what must be unique is."""
        for steps in cycle(self.transactions):
            mark = f"{next(_fresh):010d}"
            yield [(statement, _renewed(parameters, mark)) for statement, parameters in steps]


def _renewed(parameters: Any, mark: str) -> Any:
    if isinstance(parameters, dict):
        return {name: _value(value, mark) for name, value in parameters.items()}
    return [_value(value, mark) for value in parameters]


def _value(value: Any, mark: str) -> Any:
    if isinstance(value, str) and _LIKE_A_HASH.fullmatch(value):
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
    try:
        yield
    finally:
        event.remove(engine, "do_connect", connect)
