"""Units of the Union: a tree of any depth, and what each of them was before."""

from datetime import date

from sqlmodel import Field

from storage.tables.columns import Table


class Unit(Table, table=True):
    """One node of the tree as it is now; `folded` is the name without accents, for searching.

    `since` is the first day on which it is what this row says (None: as long as anybody knows).
    `until` is its last day: a closed unit stays, so that its ratings keep their place.
    `merged_into_id` is the unit that took its people and desks.
    """

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    folded: str
    kind: str = ""
    parent_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    pilot: bool = False
    since: date | None = None
    until: date | None = None
    merged_into_id: int | None = Field(default=None, foreign_key="unit.id")


class UnitPast(Table, table=True):
    """What a unit was from `since` (None: from the beginning) to `until`, both included."""

    __tablename__ = "unit_past"

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    since: date | None = None
    until: date
    name: str
    kind: str = ""
    parent_id: int | None = Field(default=None, foreign_key="unit.id")
    pilot: bool = False


class UnitSetting(Table, table=True):
    """What a unit decides for itself and the units below it; None: as its parent has it.

    `cut_off`: the last day of a month that a report counts (1 to 28; None at the top: the month's
    own last day). `symbol` follows the number of a document ("BC/ĐTN"), `place` stands before its
    date, `signer_title` and `signer_name` in its signing block, `recipients` a line each under
    "Nơi nhận". `saturday`: Saturdays are working days.
    """

    __tablename__ = "unit_setting"

    unit_id: int = Field(foreign_key="unit.id", primary_key=True)
    cut_off: int | None = None
    symbol: str | None = None
    place: str | None = None
    signer_title: str | None = None
    signer_name: str | None = None
    recipients: str | None = None
    saturday: bool | None = None
