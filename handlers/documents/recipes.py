"""How pictures and files are made: a recipe's name and its data in, bytes out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from handlers.documents.digest_chart import DigestChart, draw_digest_chart
from handlers.documents.digest_sheet import DigestSheet, write_digest_sheet
from handlers.documents.month_calendar import MonthCalendar, draw_month_calendar
from handlers.documents.posters import PosterSheets, draw_posters
from handlers.documents.report_document import ReportDocument, write_report_document
from handlers.documents.report_files import (
    ReportSheet,
    ReportWords,
    write_report_sheet,
    write_report_text,
    write_report_words,
)
from handlers.documents.rollup_card import RollupCard, draw_rollup_card
from handlers.documents.rollup_sheet import RollupSheet, write_rollup_sheet
from handlers.texts import DEFAULT

PNG = "image/png"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


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
    "report": Recipe(ReportDocument, write_report_document, DOCX),
    "report_sheet": Recipe(ReportSheet, write_report_sheet, XLSX),
    "report_words": Recipe(ReportWords, write_report_words, DOCX),
    "report_text": Recipe(ReportWords, write_report_text, "text/plain; charset=utf-8"),
    "rollup_card": Recipe(RollupCard, draw_rollup_card, PNG),
    "rollup_sheet": Recipe(RollupSheet, write_rollup_sheet, XLSX),
    "posters": Recipe(PosterSheets, draw_posters, PDF),
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
