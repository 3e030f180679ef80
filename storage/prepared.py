"""Statements of the hot path: written in Core, compiled once a dialect, run on the driver's cursor.

The session's unit of work costs ten times what SQLite takes for a statement. What runs a million
times a day is therefore a `Prepared` at module level:

    _FIND = Prepared(select(_DESK.c.id, _DESK.c.name).where(_DESK.c.code == bindparam("code")))
    row = _FIND.first(session, code="Q1")

It runs in the session's own transaction, after what the session had pending. Rows are plain tuples
with the types of the columns. The driver's errors come as SQLAlchemy's, without parameters. An
object that the session has loaded does not notice what a statement here changes beneath it.

On PostgreSQL every answer is waited for, on a server elsewhere for long: `together` asks several
things at once, and what runs `later` is sent along with the next question or the commit.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, NoReturn

import psycopg
from sqlalchemy import Connection, Dialect, Engine, Executable, event
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from storage.tables.columns import writing

Row = tuple[Any, ...]
Wanted = Executable | Callable[[str], Executable]

_CONNECTION, _DIALECT, _CURSOR = "connection", "dialect", "cursor"  # in Session.info
_LATER = "later"  # in Connection.info and Session.info: what is still to be sent (PostgreSQL)
_DRIVER_ERRORS = (sqlite3.Error, psycopg.Error)


class Answer(NamedTuple):
    """What a statement gave: its rows, and how many rows it touched."""

    rows: list[Row]
    touched: int


def attach(session: Session, connection: Connection) -> None:
    """Let statements of this session run on this connection, in whose transaction it stands."""
    driver = connection.connection.dbapi_connection
    assert driver is not None
    session.info[_CONNECTION] = connection
    session.info[_DIALECT] = connection.dialect
    session.info[_CURSOR] = driver.cursor()
    if connection.dialect.name == "postgresql":
        later: list[tuple[str, Any]] = []
        connection.info[_LATER] = session.info[_LATER] = later


def keep_order(engine: Engine) -> None:
    """What SQLAlchemy itself runs on these connections comes after what was to run before it."""

    @event.listens_for(engine, "before_cursor_execute")
    def first(connection: Connection, *_statement: object) -> None:
        with sending(connection):
            pass


@contextmanager
def sending(connection: Connection) -> Iterator[None]:
    """Send what is still to be sent; what runs inside, such as a commit, goes along with it."""
    later = connection.info.get(_LATER)
    if not later:
        yield
        return
    driver: Any = connection.connection.dbapi_connection
    sql = later[0][0]
    try:
        with driver.pipeline():
            _send(driver, later)
            yield
    except _DRIVER_ERRORS as error:
        raise _translated(connection, sql, error) from error


def send(session: Session) -> None:
    """Run now what was to run later: what is wrong with it raises here."""
    connection = session.info.get(_CONNECTION)
    if connection is not None:
        with sending(connection):
            pass


def _send(driver: Any, later: list[tuple[str, Any]]) -> None:
    statements, later[:] = list(later), []
    for sql, parameters in statements:
        driver.cursor().execute(sql, parameters)


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
        self._names = list(compiled.positiontup if compiled.positional else binds)
        self._constants = {name: given[name] for name in binds if not binds[name].required}
        processors = [writing(binds[name].type, dialect) for name in self._names]
        self._processed = [(index, each) for index, each in enumerate(processors) if each]
        columns = getattr(statement, "exported_columns", ())
        self.processors = _processors([column.type for column in columns], dialect)

    def bound(self, values: Mapping[str, Any]) -> Any:
        """The parameters as the driver takes them."""
        if self._constants:
            values = {**self._constants, **values}
        bound = [values[name] for name in self._names]
        for index, processor in self._processed:
            bound[index] = processor(bound[index])
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
        return self._ask(session, values).rows

    def first(self, session: Session, /, **values: Any) -> Row | None:
        """The first row, or None."""
        rows = self._ask(session, values).rows
        return rows[0] if rows else None

    def run(self, session: Session, /, **values: Any) -> int:
        """Run it for what it does; how many rows that touched."""
        return self._ask(session, values).touched

    def _ask(self, session: Session, values: Mapping[str, Any]) -> Answer:
        if session.info.get(_LATER):
            return together(session, (self, values))[0]
        _write_pending(session)
        compiled = self._for(session)
        try:
            cursor = _cursor(session)
            cursor.execute(compiled.sql, compiled.bound(values))
            return _answer(cursor, compiled)
        except _DRIVER_ERRORS as error:
            _raise(session, compiled, error)

    def later(self, session: Session, /, **values: Any) -> None:
        """Run it for what it does, before whatever comes next; an error may only come with that."""
        later = session.info.get(_LATER)
        if later is None:
            self._ask(session, values)
            return
        _write_pending(session)
        compiled = self._for(session)
        later.append((compiled.sql, compiled.bound(values)))

    def _for(self, session: Session) -> _Compiled:
        dialect: Dialect = session.info.get(_DIALECT) or session.get_bind().dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            made = self._statement
            statement = made(dialect.name) if callable(made) else made
            compiled = self._compiled[dialect.name] = _Compiled(statement, dialect)
        return compiled


Question = tuple[Prepared, Mapping[str, Any]]


def together(session: Session, *asked: Question) -> list[Answer]:
    """Run these with their parameters, one after the other, and wait once for all the answers."""
    _write_pending(session)
    compiled = [prepared._for(session) for prepared, _ in asked]
    try:
        cursor, later = _cursor(session), session.info.get(_LATER)
        if later is not None and (later or len(asked) > 1):
            cursors = _pipelined(cursor.connection, later, compiled, asked)
            return [_answer(each, one) for each, one in zip(cursors, compiled, strict=True)]
        answers = []
        for one, (_, values) in zip(compiled, asked, strict=True):
            cursor.execute(one.sql, one.bound(values))
            answers.append(_answer(cursor, one))
    except _DRIVER_ERRORS as error:
        _raise(session, compiled[0], error)
    return answers


def _write_pending(session: Session) -> None:
    """What is pending may be what a statement reads; costs nothing where nothing is.

    A SAVEPOINT is pending too until the session itself has something to run in it.
    """
    if not session.in_transaction():
        return
    session.flush()
    if session.in_nested_transaction():
        session.connection()


def _pipelined(
    driver: Any,
    later: list[tuple[str, Any]],
    compiled: Sequence[_Compiled],
    asked: Sequence[Question],
) -> list[Any]:
    cursors = []
    with driver.pipeline():
        _send(driver, later)
        for one, (_, values) in zip(compiled, asked, strict=True):
            cursors.append(driver.cursor().execute(one.sql, one.bound(values)))
    return cursors


def _answer(cursor: Any, compiled: _Compiled) -> Answer:
    if cursor.description is None:
        return Answer([], cursor.rowcount)
    rows = cursor.fetchall()
    if compiled.processors:
        rows = [_typed(row, compiled.processors) for row in rows]
    return Answer(rows, cursor.rowcount)


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
    raise _translated(connection, compiled.sql, error) from error


def _translated(connection: Connection, sql: str, error: Any) -> BaseException:
    """The driver's error as SQLAlchemy would raise it; a lost connection is not used again."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
    if lost:
        connection.invalidate(error)
    translated: BaseException = DBAPIError.instance(
        sql,
        None,  # the parameters may be what a citizen wrote
        error,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=dialect,
    )
    return translated
