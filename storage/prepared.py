"""Statements of the hot path: written in Core, compiled once a dialect, run on the driver's cursor.

The session's unit of work costs ten times what SQLite takes for a statement. What runs a million
times a day is therefore a `Prepared` at module level:

    _FIND = Prepared(select(_DESK.c.id, _DESK.c.name).where(_DESK.c.code == bindparam("code")))
    row = _FIND.first(session, code="Q1")

It runs in the session's own transaction, after what the session had pending. Rows are plain tuples
with the types of the columns. The driver's errors come as SQLAlchemy's, without parameters. An
object that the session has loaded does not notice what a statement here changes beneath it.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn

import psycopg
from sqlalchemy import Connection, Dialect, Executable
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

Processor = Callable[[Any], Any] | None
Row = tuple[Any, ...]
# Name, how the driver takes it, whether it must be given, what it is otherwise.
_Parameter = tuple[str, Processor, bool, Any]
Wanted = Executable | Callable[[str], Executable]

_CONNECTION, _DIALECT, _CURSOR = "connection", "dialect", "cursor"  # in Session.info
_DRIVER_ERRORS = (sqlite3.Error, psycopg.Error)


def attach(session: Session, connection: Connection) -> None:
    """Let statements of this session run on this connection, in whose transaction it stands."""
    driver = connection.connection.dbapi_connection
    assert driver is not None
    session.info[_CONNECTION] = connection
    session.info[_DIALECT] = connection.dialect
    session.info[_CURSOR] = driver.cursor()


def is_postgresql(session: Session) -> bool:
    """Whether this session's database is PostgreSQL (else it is SQLite)."""
    name: str = (session.info.get(_DIALECT) or session.get_bind().dialect).name
    return name == "postgresql"


class _Compiled:
    """A statement as one dialect's driver takes it."""

    def __init__(self, statement: Executable, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        self.sql: str = str(compiled)
        given = compiled.construct_params(_check=False)
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        self.positional: bool = compiled.positional
        self._parameters: list[_Parameter] = [
            (
                name,
                binds[name].type.dialect_impl(dialect).bind_processor(dialect),
                binds[name].required,
                given[name],
            )
            for name in (compiled.positiontup if compiled.positional else binds)
        ]
        self._names = [name for name, *_ in self._parameters]
        columns = getattr(statement, "exported_columns", ())
        self.processors = _processors([column.type for column in columns], dialect)

    def bound(self, values: Mapping[str, Any]) -> Any:
        """The parameters as the driver takes them."""
        bound = [
            (values[name] if required else constant)
            if processor is None
            else processor(values[name] if required else constant)
            for name, processor, required, constant in self._parameters
        ]
        return bound if self.positional else dict(zip(self._names, bound, strict=True))


def _processors(types: Iterable[Any], dialect: Dialect) -> list[tuple[int, Callable[[Any], Any]]]:
    found = []
    for index, type_ in enumerate(types):
        processor = type_.dialect_impl(dialect).result_processor(dialect, None)
        if processor is not None:
            found.append((index, processor))
    return found


class Prepared:
    """One statement with named parameters (`bindparam`), for both databases.

    A function of the dialect's name makes the statement where the two need different words.
    """

    def __init__(self, statement: Wanted) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def all(self, session: Session, /, **values: Any) -> list[Row]:
        """Every row."""
        compiled, cursor = self._run(session, values)
        try:
            rows = cursor.fetchall()
        except _DRIVER_ERRORS as error:
            _raise(session, compiled, error)
        return [_typed(row, compiled.processors) for row in rows] if compiled.processors else rows

    def first(self, session: Session, /, **values: Any) -> Row | None:
        """The first row, or None."""
        rows = self.all(session, **values)
        return rows[0] if rows else None

    def run(self, session: Session, /, **values: Any) -> int:
        """Run it for what it does; how many rows that touched."""
        _, cursor = self._run(session, values)
        count: int = cursor.rowcount
        return count

    def run_many(self, session: Session, every: Sequence[Mapping[str, Any]]) -> None:
        """Run it once for each of these, in their order."""
        if len(every) < 2:
            for values in every:
                self._run(session, values)
            return
        session.flush()
        compiled = self._for(session)
        try:
            cursor = _cursor(session)
            cursor.executemany(compiled.sql, [compiled.bound(values) for values in every])
        except _DRIVER_ERRORS as error:
            _raise(session, compiled, error)

    def _run(self, session: Session, values: Mapping[str, Any]) -> tuple[_Compiled, Any]:
        session.flush()  # what is pending may be what this reads; costs nothing where nothing is
        compiled = self._for(session)
        try:
            cursor = _cursor(session)
            cursor.execute(compiled.sql, compiled.bound(values))
        except _DRIVER_ERRORS as error:
            _raise(session, compiled, error)
        return compiled, cursor

    def _for(self, session: Session) -> _Compiled:
        dialect: Dialect = session.info.get(_DIALECT) or session.get_bind().dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            made = self._statement
            statement = made(dialect.name) if callable(made) else made
            compiled = self._compiled[dialect.name] = _Compiled(statement, dialect)
        return compiled


def _cursor(session: Session) -> Any:
    cursor = session.info.get(_CURSOR)
    if cursor is None:  # a session that something else opened, such as a command or a test
        driver = session.connection().connection.dbapi_connection
        assert driver is not None
        return driver.cursor()
    return cursor


def _typed(row: Row, processors: Sequence[tuple[int, Callable[[Any], Any]]]) -> Row:
    if not processors:
        return row
    values = list(row)
    for index, processor in processors:
        values[index] = processor(values[index])
    return tuple(values)


def _raise(session: Session, compiled: _Compiled, error: Any) -> NoReturn:
    connection = session.info.get(_CONNECTION) or session.connection()
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
    if lost:
        connection.invalidate(error)
    raise DBAPIError.instance(
        compiled.sql,
        None,  # the parameters may be what a citizen wrote
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=dialect,
    ) from error
