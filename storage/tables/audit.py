"""Who changed what in roles and rosters. Rows are only ever added: the database refuses the rest."""

from datetime import datetime

from sqlmodel import Field

from storage.tables.columns import Table, UtcTime


class Audit(Table, table=True):
    """One change. `actor_id` None: the operator at the command line, or the program itself (`by`).

    `by`: person, operator, program. `unit_id`: whose affair it is (None: the installation's).
    `details` is sealed JSON; what an import changed stands there so that it can be undone.
    `mac` is a keyed hash over this row and the one before: a row that was changed, removed or
    slipped in shows (storage.queries.audit.verify), and so does a missing end, as `meta` keeps how
    many there are. Triggers refuse UPDATE and DELETE.
    """

    __table_args__ = {"sqlite_autoincrement": True}

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcTime, index=True)
    by: str
    actor_id: int | None = Field(default=None, foreign_key="person.id")
    action: str
    unit_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    details: str
    mac: str
