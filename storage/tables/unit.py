"""Units of the Union: a tree of any depth."""

from sqlmodel import Field

from storage.tables.columns import Table


class Unit(Table, table=True):
    """One node of the tree; `folded` is the name without accents, for searching."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    folded: str
    kind: str = ""
    parent_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    pilot: bool = False
