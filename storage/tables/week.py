"""What stays of ratings once they are erased: how many of each level and reason a unit's weeks had."""

from datetime import date

from sqlmodel import Field

from storage.tables.columns import Table


class WeekCount(Table, table=True):
    """So many erased active ratings of one unit and week (its Monday) had this level; level 0: so
    many were left out of the figures.

    A week is erased day by day: until it is all gone, its ratings that are left add to this. Levels
    and reasons are counted apart, so that nothing tells which went together.
    """

    __tablename__ = "week_count"

    monday: date = Field(primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", primary_key=True)
    level: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int


class WeekReason(Table, table=True):
    """So many erased active ratings of one unit and week named this reason (side/code)."""

    __tablename__ = "week_reason"

    monday: date = Field(primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", primary_key=True)
    reason: str = Field(primary_key=True)
    n: int
