"""A bare FastAPI endpoint that stores a rating with one insert and one commit; nothing is shown.

Run by our own Python, under the same server: uvicorn with uvloop and httptools. /raw/… is as bare as
it gets, the driver on the event loop; /q/… is what FastAPI's tutorial teaches, a SQLModel session for
each request.
"""

import sqlite3
import sys
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
database = sqlite3.connect(file, isolation_level=None)
set_up(database, None)
app = FastAPI()


@app.post("/raw/{desk}")
async def rate_raw(desk: str, level: Annotated[int, Form()]) -> dict[str, str]:
    """One tap."""
    database.execute("INSERT INTO rating (desk, level) VALUES (?, ?)", (desk, level))
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
