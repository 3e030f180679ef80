"""Who the entries of the audit log are about, for reading it outside the program."""

from sqlalchemy import select
from sqlmodel import Session

from storage.queries.roster import table_of
from storage.tables import Person

_PERSON = table_of(Person)


def people_by_id(session: Session) -> dict[int, tuple[str, str]]:
    """Code and full name of everybody there ever was."""
    rows = session.execute(select(_PERSON.c.id, _PERSON.c.code, _PERSON.c.full_name))
    return {id_: (code, name) for id_, code, name in rows}
