"""A report's figures as a workbook: aggregates only, nothing that the document does not show."""

from typing import Any

from handlers.messages import Document
from handlers.reports.document import file_name
from handlers.reports.figures import STATES, Axis, Figures, Share
from handlers.reports.narrative import official
from handlers.reports.opened import Opened
from handlers.reports.tables import Indicator, indicators
from handlers.texts import Speech

Cell = str | int | float | None


def sheet(report: Opened) -> Document:
    """The workbook; its name is the document's."""
    say, figures = official(), report.told.figures
    sheets = [_figures(figures, say), _axes(figures, say)]
    if figures.below:
        sheets.append(_units(figures, say))
    return Document(
        recipe="report_sheet", data={"sheets": sheets}, name=f"{file_name(report)}.xlsx"
    )


def _figures(figures: Figures, say: Speech) -> dict[str, Any]:
    return {
        "name": say("Figures"),
        "columns": [
            *(say("Indicator"), say("From"), say("To"), say("This period"), say("Out of")),
            *(say("Share"), say("Period before"), say("Out of (before)"), say("Share (before)")),
        ],
        "percent": [5, 8],
        "dates": [1, 2],
        "rows": [_row(each, figures) for each in indicators(figures, say)],
    }


def _row(each: Indicator, figures: Figures) -> list[Cell]:
    days = [day.isoformat() for day in (figures.now.first, figures.now.last)]
    return [each.name, *days, *_cells(each.now), *_cells(each.before)]


def _cells(value: int | Share | None) -> list[Cell]:
    if isinstance(value, Share):
        return [value.n, value.of, value.value]
    return [value, None, None]


def _axes(figures: Figures, say: Speech) -> dict[str, Any]:
    return {
        "name": say("Responsibilities"),
        "columns": [
            *(say("Responsibility"), say("Tasks"), say("Done that"), say("Partly")),
            *(say("Not done"), say("Not reported"), say("Share done")),
        ],
        "percent": [6],
        "rows": [_axis(each) for each in figures.now.axes],
        "chart": {
            "title": say("Pledges by responsibility"),
            "names": 0,
            "series": [2, 3, 4, 5],
        },
    }


def _axis(axis: Axis) -> list[Cell]:
    counts = [axis.pledges.get(status, 0) for status in STATES]
    return [axis.vi, axis.all, *counts, Share(n=counts[0], of=axis.all).value]


def _units(figures: Figures, say: Speech) -> dict[str, Any]:
    return {
        "name": say("Units"),
        "columns": [
            *(say("Code"), say("Unit"), say("Members"), say("Pledged"), say("Share pledged")),
            *(say("Tasks"), say("Ratings"), say("Satisfied")),
        ],
        "percent": [4, 7],
        "rows": [
            [
                *(each.code, each.name, each.members, each.pledged),
                Share(n=each.pledged, of=each.members).value,
                *(each.pledges, each.ratings),
                None if each.satisfied is None else each.satisfied.value,
            ]
            for each in figures.below
        ],
    }
