"""The mark that says whether a database belongs to a demo: neither mode opens the other's."""

from sqlmodel import Session

from storage.errors import WrongMark
from storage.tables import Meta

_KEY = "demo"


def is_marked_demo(session: Session) -> bool | None:
    """Whether the database is a demo's; None while nobody has marked it."""
    mark = session.get(Meta, _KEY)
    return None if mark is None else mark.value == "yes"


def mark_or_check(session: Session, *, demo: bool) -> None:
    """Mark a database that is new; raise WrongMark where the mark is the other one."""
    found = is_marked_demo(session)
    if found is None:
        session.add(Meta(key=_KEY, value="yes" if demo else "no"))
        session.flush()
    elif found != demo:
        raise WrongMark("a demo's database" if found else "a real database")
