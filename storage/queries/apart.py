"""Work done apart: one thing that fails does not undo the others of the same transaction."""

from collections.abc import Callable
from typing import TypeVar

from sqlmodel import Session

from storage.prepared import send
from storage.work import is_outage

T = TypeVar("T")


def apart(session: Session, work: Callable[[], T]) -> T | Exception:
    """Do `work` in a SAVEPOINT; what it raises is handed back and its rows are undone.

    A database that fails (or a deadlock, which is tried again) raises: it is nobody's own fault.
    """
    savepoint = session.begin_nested()
    try:
        result = work()
        session.flush()
        send(session)
    except Exception as error:
        if is_outage(error):
            raise
        savepoint.rollback()  # the caller logs it and goes on with the next
        return error
    savepoint.commit()
    return result
