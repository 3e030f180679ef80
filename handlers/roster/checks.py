"""The rows of a roster, one model per sheet; each cell is checked on its own."""

from datetime import date
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from handlers.roster import cells
from handlers.roster.cells import Cell
from handlers.roster.mistakes import Place, RosterError, Wrong, error_at
from handlers.roster.moments import Moment, moment, optional_day, optional_moment
from handlers.texts import Speech

Name = Annotated[str, BeforeValidator(cells.name)]
ShortText = Annotated[str, BeforeValidator(cells.short_text)]
Code = Annotated[str, BeforeValidator(cells.code)]
OptionalCode = Annotated[str, BeforeValidator(cells.optional_code)]
Word = Annotated[str, BeforeValidator(cells.word_code)]
PersonCode = Annotated[str, BeforeValidator(cells.person_code)]
OptionalDay = Annotated[date | None, BeforeValidator(optional_day)]
Flag = Annotated[bool, BeforeValidator(cells.flag)]


class Row(BaseModel):
    """A row with its place. Cells that were wrong are None and named in `wrong`.

    `OPTIONAL` are the fields whose column a file may leave out.
    """

    OPTIONAL: ClassVar[frozenset[str]] = frozenset()

    _place: Place = PrivateAttr(default=Place(""))
    _wrong: frozenset[str] = PrivateAttr(default=frozenset())

    @property
    def place(self) -> Place:
        """Where the row stands."""
        return self._place

    def right(self, *fields: str) -> bool:
        """Whether all these cells could be read."""
        return self._wrong.isdisjoint(fields)

    def says(self, field: str) -> bool:
        """Whether the file has this column at all: if not, everything stays as it was."""
        return field in self.model_fields_set

    @field_validator("*", mode="wrap")
    @classmethod
    def _collect(
        cls, value: Any, read: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> object:
        """Go on after a wrong cell, so that one pass finds every mistake of the row."""
        try:
            return read(value)
        except ValidationError as error:
            wrong = error.errors()[0].get("ctx", {}).get("error")
            if not isinstance(wrong, Wrong):
                raise
            info.context[info.field_name] = wrong  # type: ignore[index]
            return None


class UnitRow(Row):
    """A unit of the tree. `since` and `until` are the first and the last day it is like this;
    `merged_into` is the unit that takes its people and desks when it closes."""

    OPTIONAL = frozenset({"kind", "pilot", "since", "until", "merged_into"})

    code: Code
    name: Name
    kind: ShortText = ""
    parent_code: OptionalCode
    pilot: Flag = False
    since: OptionalDay = Field(None, alias="from")
    until: OptionalDay = Field(None, alias="to")
    merged_into: OptionalCode = ""

    @property
    def closes(self) -> bool:
        """Whether the row says that the unit is no more."""
        return self.until is not None or bool(self.merged_into)


class PersonRow(Row):
    """A person's place in one unit, or its end. `since` and `until` are its first and last day."""

    OPTIONAL = frozenset({"position", "email", "since", "until"})

    code: PersonCode
    full_name: Name
    unit_code: Code
    role: Annotated[str, BeforeValidator(cells.role)]
    position: ShortText = ""
    email: Annotated[str, BeforeValidator(cells.email)] = ""
    since: OptionalDay = Field(None, alias="from")
    until: OptionalDay = Field(None, alias="to")

    @property
    def ends(self) -> bool:
        """Whether the row ends its role instead of giving it."""
        return self.right("role") and self.role.startswith("-")

    @property
    def role_named(self) -> str:
        """The role that is given or ended."""
        return self.role.removeprefix("-")


class DeskRow(Row):
    """A desk. `until` is its last day."""

    OPTIONAL = frozenset({"multi_agency", "until"})

    code: Annotated[str, BeforeValidator(cells.desk_code)]
    name: Name
    unit_code: Code
    multi_agency: Flag = False
    until: OptionalDay = Field(None, alias="to")


class DutyRow(Row):
    """Who is at which desk, from when to when (`until` None: until further)."""

    desk_code: Annotated[str, BeforeValidator(cells.desk_reference)]
    person_code: PersonCode
    since: Annotated[Moment, BeforeValidator(moment)] = Field(alias="from")
    until: Annotated[Moment | None, BeforeValidator(optional_moment)] = Field(alias="to")


class AxisRow(Row):
    """One of the three responsibilities, as the province names it."""

    code: Word
    label_vi: Annotated[str, BeforeValidator(cells.axis_label)]
    label_en: Annotated[str, BeforeValidator(cells.axis_label)]


class ItemRow(Row):
    """An item of the pledge catalogue."""

    code: Word
    axis: Code
    label_vi: Annotated[str, BeforeValidator(cells.label)]
    label_en: Annotated[str, BeforeValidator(cells.label)]
    reference: ShortText


SHEETS: dict[str, type[Row]] = {
    "units": UnitRow,
    "people": PersonRow,
    "desks": DeskRow,
    "duties": DutyRow,
    "axes": AxisRow,
    "catalogue": ItemRow,
}

R = TypeVar("R", bound=Row)


def columns(model: type[Row]) -> tuple[str, ...]:
    """The columns a sheet must have."""
    return tuple(
        field.alias or name
        for name, field in model.model_fields.items()
        if name not in model.OPTIONAL
    )


def known_columns(model: type[Row]) -> tuple[str, ...]:
    """All of them, in their usual order."""
    return tuple(field.alias or name for name, field in model.model_fields.items())


def check_row(
    model: type[R], found: dict[str, Cell], place: Place, say: Speech
) -> tuple[R, list[RosterError]]:
    """The row and what is wrong with its cells."""
    wrong: dict[str, Wrong] = {}
    row = model.model_validate(found, context=wrong)
    row._place, row._wrong = place, frozenset(wrong)
    errors = [
        error_at(place, say(each.sentence, **each.values), model.model_fields[field].alias or field)
        for field, each in wrong.items()
    ]
    return row, errors
