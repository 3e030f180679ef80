"""Makes the template of periodic reports: `python -m handlers.documents.report_template FILE.docx`.

The layout is 29-HD/TWĐTN-VP's: A4, margins 20/20/30/20 mm, Times New Roman 14. A province may open
the file in Word and change fonts, spacing and fixed words; what stands in braces is filled in.
"""

import sys
from typing import Any

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

FONT = "Times New Roman"
LEFT, RIGHT = 68, 92  # the two halves of head and foot, in mm: together the text's width
FIGURES = ((9, "no"), (52, "name"), (26, "now"), (17, "of"), (34, "before"), (22, "change"))
UNITS = (
    (9, "no"), (59, "name"), (17, "members"), (23, "pledged"), (17, "pledges"), (18, "ratings"),
    (17, "satisfied"),
)  # fmt: skip


def main(file: str) -> None:
    """Write the template."""
    make().save(file)


def make() -> DocumentObject:
    """The template."""
    document = Document()
    for paragraph in document.paragraphs:
        _remove(paragraph)
    _page(document)
    _styles(document)
    _headers(document)
    _head(document)
    _title(document)
    _sections(document)
    _foot(document)
    _annex(document)
    return document


def _page(document: DocumentObject) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(20)
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True


def _styles(document: DocumentObject) -> None:
    normal = document.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)
    _font(normal, 14)
    normal.paragraph_format.space_after = Pt(0)
    _language(document)
    body = _style(document, "Report text", justified=True)
    body.paragraph_format.first_line_indent = Mm(12.7)
    body.paragraph_format.space_before = body.paragraph_format.space_after = Pt(3)
    body.paragraph_format.line_spacing_rule = WD_LINE_SPACING.AT_LEAST
    body.paragraph_format.line_spacing = Pt(18)
    body.paragraph_format.widow_control = True
    for name, italic in (("Report heading", False), ("Report subheading", True)):
        style = _style(document, name, based_on=body)
        style.font.bold, style.font.italic = True, italic
        style.paragraph_format.keep_with_next = True
        style.paragraph_format.space_before = Pt(6)
    closing = _style(document, "Report closing", based_on=body)
    closing.paragraph_format.keep_with_next = True
    closing.paragraph_format.keep_together = True
    _style(document, "Report centred").paragraph_format.alignment = ALIGN.CENTER
    table = _style(document, "Report table", size=11)
    table.paragraph_format.space_before = table.paragraph_format.space_after = Pt(2)
    _style(document, "Report small", size=11)


def _style(
    document: DocumentObject,
    name: str,
    *,
    size: int = 14,
    justified: bool = False,
    based_on: ParagraphStyle | None = None,
) -> ParagraphStyle:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(style, ParagraphStyle)
    style.base_style = based_on or document.styles["Normal"]
    style.quick_style = True
    _font(style, size)
    if justified:
        style.paragraph_format.alignment = ALIGN.JUSTIFY
    return style


def _font(style: ParagraphStyle, size: int) -> None:
    style.font.name, style.font.size = FONT, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(script), FONT)
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)


def _language(document: DocumentObject) -> None:
    """Vietnamese, so that Word's proofing does not underline every word."""
    defaults = document.styles.element.find(f".//{qn('w:docDefaults')}")
    for language in () if defaults is None else defaults.iter(qn("w:lang")):
        for kind in ("w:val", "w:eastAsia"):
            language.set(qn(kind), "vi-VN")


def _headers(document: DocumentObject) -> None:
    """Page numbers above from the second page on; the draft's mark on every page."""
    section = document.sections[0]
    first = section.first_page_header.paragraphs[0]
    first.style = document.styles["Report centred"]
    first.alignment = ALIGN.RIGHT
    first.add_run("{{ mark }}").bold = True
    other = section.header.paragraphs[0]
    other.style = document.styles["Report centred"]
    other.paragraph_format.tab_stops.clear_all()
    for tab, where in (("center", 80), ("right", 160)):
        _tab_stop(other, tab, where)
    other.alignment = ALIGN.LEFT
    other.add_run("\t")
    _field(other, "PAGE")
    other.add_run("\t")
    other.add_run("{{ mark }}").bold = True


def _tab_stop(paragraph: Paragraph, kind: str, where: int) -> None:
    from docx.enum.text import WD_TAB_ALIGNMENT

    alignment = {"center": WD_TAB_ALIGNMENT.CENTER, "right": WD_TAB_ALIGNMENT.RIGHT}[kind]
    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(where), alignment)


def _field(paragraph: Paragraph, code: str) -> None:
    for kind in ("begin", None, "end"):
        run = paragraph.add_run()
        if kind is None:
            text = OxmlElement("w:instrText")
            text.set(qn("xml:space"), "preserve")
            text.text = code
            run._r.append(text)
            continue
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        run._r.append(mark)


def _head(document: DocumentObject) -> None:
    """Who issues it and who they belong to; below, the number beside place and date."""
    table = _plain_table(document, rows=2)
    left, right = table.cell(0, 0), table.cell(0, 1)
    _line(left, "{%p if upper %}")
    _line(left, "{{ upper }}")
    _line(left, "{%p endif %}")
    _line(left, "{{ unit }}", bold=True)
    _line(left, "***")
    organisation = _line(right, "ĐOÀN TNCS HỒ CHÍ MINH", size=15, bold=True)
    _rule(organisation, Mm(8), Mm(8))
    _line(table.cell(1, 0), "{{ number }}")
    _line(table.cell(1, 1), "{{ place_and_date }}", italic=True)


def _title(document: DocumentObject) -> None:
    title = document.add_paragraph(style="Report centred")
    title.paragraph_format.space_before = Pt(14)
    title.paragraph_format.keep_with_next = True
    _write(title, "BÁO CÁO", size=15, bold=True)
    subject = document.add_paragraph(style="Report centred")
    subject.paragraph_format.keep_with_next = True
    _write(subject, "{{ subject }}", bold=True)
    for tag, text in (("{%p if revision %}", "{{ revision }}"), ("{%p endif %}", "")):
        document.add_paragraph(tag)
        if text:
            line = document.add_paragraph(style="Report centred")
            _write(line, text, italic=True)
    rule = document.add_paragraph(style="Report centred")
    rule.paragraph_format.space_after = Pt(8)
    rule.paragraph_format.line_spacing = Pt(6)
    rule.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    _rule(rule, Mm(58), Mm(58))


def _sections(document: DocumentObject) -> None:
    add = document.add_paragraph
    add("{{ opening }}", style="Report text")
    add("{%p for section in sections %}")
    add("{%p if section.level == 1 %}")
    add("{{ section.heading }}", style="Report heading")
    add("{%p else %}")
    add("{{ section.heading }}", style="Report subheading")
    add("{%p endif %}")
    add("{%p for text in section.paragraphs %}")
    add("{{ text }}", style="Report text")
    add("{%p endfor %}")
    add("{%p if section.figures %}")
    _caption(document, "{{ figures.caption }}")
    _table(document, "figures", FIGURES)
    _after_table(document, "{{ figures.note }}")
    add("{%p endif %}")
    add("{%p endfor %}")
    add("{%p for text in closing %}")
    add("{{ text }}", style="Report closing")
    add("{%p endfor %}")


def _foot(document: DocumentObject) -> None:
    """Recipients on the left, who signs on the right; never torn apart."""
    space = document.add_paragraph(style="Report small")
    space.paragraph_format.keep_with_next = True
    table = _plain_table(document, rows=1)
    _keep_whole(table)
    left, right = table.cell(0, 0), table.cell(0, 1)
    _line(left, "Nơi nhận:", size=12, bold=True, italic=True, align=ALIGN.LEFT)
    _line(left, "{%p for line in recipients %}")
    _line(left, "{{ line }}", size=11, align=ALIGN.LEFT)
    _line(left, "{%p endfor %}")
    _line(right, "TM. BAN CHẤP HÀNH", bold=True)
    _line(right, "{{ signer_title }}")
    for _ in range(4):
        _line(right, "")
    _line(right, "{{ signer_name }}", bold=True)
    end = document.add_paragraph(style="Report small")  # Word wants one behind a table
    end.paragraph_format.line_spacing = Pt(1)
    end.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY


def _annex(document: DocumentObject) -> None:
    """What is too wide or too long to stand among sentences."""
    add = document.add_paragraph
    add("{%p if annex %}")
    head = add(style="Report centred")
    head.paragraph_format.page_break_before = True
    _write(head, "PHỤ LỤC", size=15, bold=True)
    about = add(style="Report centred")
    about.paragraph_format.space_after = Pt(8)
    _write(about, "{{ annex_about }}", italic=True)
    add("{%p if chart %}")
    _caption(document, "{{ chart_caption }}")
    picture = add(style="Report centred")
    picture.add_run("{{ chart }}")
    add("{%p endif %}")
    add("{%p for panel in panels %}")
    add("{{ panel.name }}", style="Report heading")
    add("{%p for text in panel.lines %}")
    add("{{ text }}", style="Report text")
    add("{%p endfor %}")
    add("{%p endfor %}")
    add("{%p if units.rows %}")
    _caption(document, "{{ units.caption }}")
    _table(document, "units", UNITS)
    _after_table(document, "{{ units.note }}")
    add("{%p endif %}")
    add("{%p endif %}")


# -- tables and lines ------------------------------------------------------------------------------


def _caption(document: DocumentObject, text: str) -> None:
    caption = document.add_paragraph(style="Report centred")
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_before = caption.paragraph_format.space_after = Pt(6)
    _write(caption, text, bold=True, size=13)


def _after_table(document: DocumentObject, text: str) -> None:
    note = document.add_paragraph(style="Report small")
    note.paragraph_format.space_before, note.paragraph_format.space_after = Pt(4), Pt(8)
    _write(note, text, size=11, italic=True)


def _table(document: DocumentObject, name: str, columns: tuple[tuple[int, str], ...]) -> None:
    """A bordered table whose header is repeated on each page; a row for each of `name.rows`."""
    table = document.add_table(rows=4, cols=len(columns), style="Table Grid")
    _widths(table, [width for width, _ in columns])
    _cell_margins(table, Mm(1))
    for index, (_, field) in enumerate(columns):
        head = table.cell(0, index).paragraphs[0]
        head.style = document.styles["Report table"]
        head.alignment = ALIGN.CENTER
        head.paragraph_format.keep_with_next = True
        _write(head, f"{{{{ {name}.header.{field} }}}}", size=11, bold=True)
        cell = table.cell(2, index).paragraphs[0]
        cell.style = document.styles["Report table"]
        cell.alignment = ALIGN.LEFT if field == "name" else ALIGN.CENTER
        _write(cell, f"{{{{ row.{field} }}}}", size=11)
        _middle(table.cell(0, index))
        _middle(table.cell(2, index))
    table.cell(1, 0).paragraphs[0].add_run(f"{{%tr for row in {name}.rows %}}")
    table.cell(3, 0).paragraphs[0].add_run("{%tr endfor %}")
    _repeat(table)
    _unbroken(table)


def _plain_table(document: DocumentObject, rows: int) -> Table:
    table: Table = document.add_table(rows=rows, cols=2)
    _widths(table, [LEFT, RIGHT])
    _cell_margins(table, Mm(0))
    _unbroken(table)
    return table


def _cell_margins(table: Table, wide: Mm) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(wide.twips))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    look.addprevious(margins)  # the schema wants them in this order


def _widths(table: Table, widths: list[int]) -> None:
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _repeat(table: Table) -> None:
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:tblHeader"))


def _unbroken(table: Table) -> None:
    for row in table.rows:
        row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))


def _middle(cell: _Cell) -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT

    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def _keep_whole(table: Table) -> None:
    for row in table.rows:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True


def _line(
    cell: _Cell,
    text: str,
    *,
    size: int = 14,
    bold: bool = False,
    italic: bool = False,
    align: Any = ALIGN.CENTER,
) -> Paragraph:
    """A line of its own in a cell; the cell's first paragraph is taken first."""
    first = cell.paragraphs[0]
    fresh = len(cell.paragraphs) == 1 and not first.runs
    paragraph: Paragraph = first if fresh else cell.add_paragraph()
    paragraph.style = "Report centred"
    paragraph.alignment = align
    _write(paragraph, text, size=size, bold=bold, italic=italic)
    return paragraph


def _write(
    paragraph: Paragraph, text: str, *, size: int = 14, bold: bool = False, italic: bool = False
) -> None:
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    run.bold, run.italic = bold or None, italic or None


def _rule(paragraph: Paragraph, left: Mm, right: Mm) -> None:
    """A line below the paragraph, so much shorter than its column on both sides."""
    paragraph.paragraph_format.left_indent = left
    paragraph.paragraph_format.right_indent = right
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _remove(paragraph: Paragraph) -> None:
    paragraph._p.getparent().remove(paragraph._p)


if __name__ == "__main__":
    main(*sys.argv[1:])
