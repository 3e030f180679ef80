"""Restores into PostgreSQL, in one transaction: a kill leaves the database as empty as it was."""

import psycopg
from psycopg import sql
from sqlalchemy import Connection, text
from sqlmodel import Session

from bot.backup.carried import Part, numbered
from bot.backup.container import Header
from bot.backup.rows import Checked, Rows, fitting, quoted, recount, refuse_unless_empty
from storage.database import open_engine
from storage.keys import Keys
from storage.schema import alone_on, downgrade_on, newest, upgrade_on


def into_postgresql(rows: Rows, url: str, keys: Keys, checked: Checked) -> None:
    """All of it or nothing."""
    header = rows.header
    engine = open_engine(url, pool_size=1)
    try:
        with engine.begin() as connection:
            alone_on(connection)
            refuse_unless_empty(connection)
            downgrade_on(connection, "base")  # an empty one may be of another revision
            upgrade_on(connection, header.revision)
            parts = fitting(connection, header)
            for part in parts:  # what migrations put there stands in the backup too
                if part.name != "audit":  # which refuses, and is empty
                    connection.execute(text(f"DELETE FROM {quoted(connection, part.name)}"))  # noqa: S608
            _copy(connection, rows, {each.name: each for each in parts})
            _go_on_counting(connection, parts, header)
            recount(connection, header)
            if header.revision != newest():
                upgrade_on(connection)
            with Session(connection, info={"keys": keys}) as session:
                checked(session)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(
                text("ANALYZE")
            )  # else the first figures are planned for empty tables
    finally:
        engine.dispose()


def _copy(connection: Connection, rows: Rows, parts: dict[str, Part]) -> None:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    with driver.cursor() as cursor:
        for table, some in rows.by_table():
            columns = rows.header.columns[table]
            part = parts[table]
            moments = [columns.index(part.columns[place]) for place in part.moments]
            statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
            )
            with cursor.copy(statement) as copy:
                for row in some:
                    for place in moments:  # kept without its zone, which is UTC
                        if row[place] is not None:
                            row[place] += "+00"
                    copy.write_row(row)


def _go_on_counting(connection: Connection, parts: list[Part], header: Header) -> None:
    """New numbers come after the newest that is there or was ever given."""
    for part, column in numbered(parts):
        name = quoted(connection, part.name)
        newest_there = connection.execute(text(f"SELECT max({column}) FROM {name}")).scalar() or 0  # noqa: S608
        number = max(newest_there, header.numbers.get(part.name, 0))
        connection.execute(
            text("SELECT setval(pg_get_serial_sequence(:table, :column), :number, :used)"),
            {"table": part.name, "column": column, "number": max(number, 1), "used": number > 0},
        )
