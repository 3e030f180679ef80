"""How pictures and files are made: a recipe's name and its data in, bytes out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from handlers.documents.digest_chart import DigestChart, draw_digest_chart
from handlers.documents.digest_sheet import DigestSheet, write_digest_sheet
from handlers.documents.month_calendar import MonthCalendar, draw_month_calendar
from handlers.texts import DEFAULT

PNG = "image/png"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class RecipeError(ValueError):
    """There is no such recipe, or its data is not what it needs; quotes none of the data."""


@dataclass(frozen=True)
class Recipe:
    """`data` is the model its data must fit, `make(data, language)` returns the bytes."""

    data: type[BaseModel]
    make: Callable[[Any, str], bytes]
    media_type: str


RECIPES: Mapping[str, Recipe] = {
    "digest_chart": Recipe(DigestChart, draw_digest_chart, PNG),
    "month_calendar": Recipe(MonthCalendar, draw_month_calendar, PNG),
    "digest_sheet": Recipe(DigestSheet, write_digest_sheet, XLSX),
}


def draw(recipe: str, data: Mapping[str, Any], language: str = DEFAULT) -> bytes:
    """The picture or file; RecipeError if it cannot be made of this.

    `language` decides how numbers are written: everything to read stands in the data.
    """
    found = _recipe(recipe)
    try:
        checked = found.data.model_validate(data)
    except ValidationError as error:
        raise RecipeError(f"{recipe}: {_mistakes(error)}") from None
    return found.make(checked, language)


def media_type(recipe: str) -> str:
    """What kind of file a recipe makes; RecipeError if there is no such recipe."""
    return _recipe(recipe).media_type


def _recipe(name: str) -> Recipe:
    found = RECIPES.get(name)
    if found is None:
        raise RecipeError(f"there is no recipe {name[:40]!r}")
    return found


def _mistakes(error: ValidationError) -> str:
    """Where the data is wrong and what kind of mistake it is, without quoting any of it."""
    return "; ".join(
        f"{'.'.join(map(str, each['loc'])) or 'data'}: {each['type']}" for each in error.errors()
    )
