"""A bare FastAPI endpoint that stores a rating with one insert and one commit; nothing is shown.

Run by our own Python, under the same server: uvicorn with uvloop and httptools. /q/… is what FastAPI's
tutorial teaches, a SQLModel session for each request; /driver/… the bare driver instead, in a plain
function as its documentation tells for what waits; /loop/… the same on the event loop, which stands
still for everybody until the disk has the row.
"""

import sqlite3
import sys
import threading
from collections.abc import Iterator
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, Form
from sqlalchemy import event
from sqlmodel import Field, Session, SQLModel, create_engine

file, port = sys.argv[1:]
engine = create_engine(f"sqlite:///{file}", connect_args={"check_same_thread": False})


class Rating(SQLModel, table=True):
    """What somebody said of a desk."""

    id: int | None = Field(default=None, primary_key=True)
    desk: str
    level: int


@event.listens_for(engine, "connect")
def set_up(connection: Any, _record: object) -> None:
    """Writes that survive a power cut, as ours do."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def session() -> Iterator[Session]:
    """One for each request."""
    with Session(engine) as opened:
        yield opened


SQLModel.metadata.create_all(engine)
app, own = FastAPI(), threading.local()
INSERT = "INSERT INTO rating (desk, level) VALUES (?, ?)"


def connected() -> sqlite3.Connection:
    """A connection that commits each statement."""
    made = sqlite3.connect(file, isolation_level=None, timeout=30)
    set_up(made, None)
    return made


database = connected()


@app.post("/loop/{desk}")
async def rate_on_the_loop(desk: str, level: Annotated[int, Form()]) -> dict[str, str]:
    """One tap."""
    database.execute(INSERT, (desk, level))
    return {"desk": desk}


@app.post("/driver/{desk}")
def rate_in_a_thread(desk: str, level: Annotated[int, Form()]) -> dict[str, str]:
    """One tap; each thread has a connection."""
    if not hasattr(own, "connection"):
        own.connection = connected()
    own.connection.execute(INSERT, (desk, level))
    return {"desk": desk}


@app.post("/q/{desk}")
def rate(
    desk: str, level: Annotated[int, Form()], opened: Annotated[Session, Depends(session)]
) -> dict[str, str]:
    """One tap."""
    opened.add(Rating(desk=desk, level=level))
    opened.commit()
    return {"desk": desk}


uvicorn.run(
    app,
    host="127.0.0.1",
    port=int(port),
    loop="uvloop",
    http="httptools",
    access_log=False,
    log_level="warning",
)
