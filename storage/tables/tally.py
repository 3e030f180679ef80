"""What tells a burst from a queue: how many ratings came lately, under names nobody can read."""

from datetime import date

from sqlalchemy import BigInteger
from sqlmodel import Field

from storage.tables.columns import Table


class Tally(Table, table=True):
    """How many ratings one desk got, or one browser or account gave it, in this window and the last.

    One row a desk or device, written over: no series of windows comes about. `key` is a hash under
    the day's key. The numbers are blinded, each by an amount of its own that follows from the day's
    key: a dump tells neither how many there were nor in which window. `day` is when it is forgotten
    with its day's key. Left out of backups, as the day's key is.
    """

    __table_args__ = {"sqlite_with_rowid": False}

    key: str = Field(primary_key=True)
    day: date
    slot: int = Field(sa_type=BigInteger)
    now: int = Field(sa_type=BigInteger)
    before: int = Field(sa_type=BigInteger)
