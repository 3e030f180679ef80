"""Periodic reports of units: drafted, edited, approved, sent up."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from storage.tables.columns import Table, UtcTime


class Report(Table, table=True):
    """One revision of a unit's report of one period (`first` to `last`, both included).

    `narrative` is sealed JSON: what the secretary wrote, by section. `figures` (JSON) are frozen
    when it is approved and empty before: a draft shows what the database says now. A later
    revision is a new row; `remark` (sealed) is why the unit above sent the one before it back.
    `approved_by` is the person who approved.
    """

    __table_args__ = (
        UniqueConstraint("unit_id", "kind", "first", "revision"),
        CheckConstraint("kind IN ('month', 'quarter', 'half', 'year')", name="kind"),
        CheckConstraint("status IN ('draft', 'approved')", name="status"),
    )

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    kind: str
    first: date
    last: date
    revision: int = 1
    status: str = "draft"
    narrative: str = ""
    figures: str = ""
    remark: str = ""
    approved_by: int | None = Field(default=None, foreign_key="person.id")
    approved: datetime | None = Field(default=None, sa_type=UtcTime)
