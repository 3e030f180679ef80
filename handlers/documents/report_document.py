"""A periodic report as a Word document: a template filled in, every word of it in the data."""

import io
import re
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict

from handlers.documents.canvas import CARD, Canvas
from handlers.documents.digest_chart import PledgeBars, pledge_bars

TEMPLATE = Path(__file__).with_name("report.docx")
_CHART = (1080, 430)
_CHART_MM = 155
_NOT_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _writable(text: str) -> str:
    """Without what no XML may hold (https://www.w3.org/TR/xml/#charsets)."""
    return _NOT_XML.sub("", text)


Words = Annotated[str, AfterValidator(_writable)]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Section(_Data):
    """A heading of level 1 or 2 and its paragraphs; `figures`: the table stands behind them."""

    heading: Words
    level: int = 1
    paragraphs: list[Words] = []
    figures: bool = False


class FigureRow(_Data):
    """One indicator of the table of figures."""

    no: Words
    name: Words
    now: Words
    before: Words
    change: Words


class UnitRow(_Data):
    """One unit below."""

    no: Words
    name: Words
    members: Words
    pledged: Words
    pledges: Words
    ratings: Words
    satisfied: Words


class FigureTable(_Data):
    """The indicators; `note` stands in small print below."""

    caption: Words
    header: FigureRow
    rows: list[FigureRow]
    note: Words = ""


class UnitTable(_Data):
    """The units below; no rows, no table."""

    caption: Words
    header: UnitRow
    rows: list[UnitRow]
    note: Words = ""


class Panel(_Data):
    """A panel of the scorecard."""

    name: Words
    lines: list[Words]


class ReportDocument(_Data):
    """What a report says, from its head to its annex. `mark` is "" once it is approved.

    `upper` and `unit` are the lines of their names; above the top there is none.
    `closing` are the last section's last words: they stay on the page of the signature.
    """

    mark: Words
    upper: list[Words]
    unit: list[Words]
    number: Words
    place_and_date: Words
    subject: Words
    revision: Words
    opening: Words
    sections: list[Section]
    closing: list[Words]
    figures: FigureTable
    signer_title: Words
    signer_name: Words
    recipients: list[Words]
    annex_about: Words
    chart_caption: Words
    bars: PledgeBars | None
    panels: list[Panel]
    units: UnitTable


def write_report_document(data: ReportDocument, language: str) -> bytes:
    """A DOCX; what is in the data can be no markup of the template or of Word."""
    from docx.shared import Mm
    from docxtpl import DocxTemplate, InlineImage

    document = DocxTemplate(io.BytesIO(_template()))
    picture = None
    if data.bars is not None:
        drawn = io.BytesIO(_bars(data.bars, language))
        picture = InlineImage(document, drawn, width=Mm(_CHART_MM))
    values: dict[str, Any] = data.model_dump(exclude={"bars"})
    values |= {"chart": picture, "annex": bool(data.panels or data.units.rows)}
    document.render(values, autoescape=True)
    properties = document.docx.core_properties  # get_docx() would load it anew
    properties.title, properties.author = data.subject[:255], " ".join(data.unit)[:255]
    properties.comments, properties.language = data.mark, "vi-VN"
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


@cache
def _template() -> bytes:
    return TEMPLATE.read_bytes()


def _bars(data: PledgeBars, language: str) -> bytes:
    width, height = _CHART
    canvas = Canvas(width, height, ground=CARD)
    pledge_bars(canvas, data, language, 0, height)
    return canvas.png()
