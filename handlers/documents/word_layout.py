"""What Word documents of the Union are laid out with: page, styles, tables that do not tear, rules."""

from typing import Any

from docx.document import Document as DocumentObject
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

FONT = "Times New Roman"
_HALVES = (72, 88)  # of head and foot, in mm: together the text's width; 45 % and 55 %


def set_up_page(document: DocumentObject) -> None:
    """A4 with the margins of 29-HD/TWĐTN-VP; the first page has a header of its own."""
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(20)
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True


def add_styles(document: DocumentObject) -> None:
    """Times New Roman throughout; styles called Report …, to be adjusted in Word."""
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


def add_tab_stop(paragraph: Paragraph, kind: str, where: int) -> None:
    """A stop so many mm from the left margin, `kind` center or right."""
    alignment = {"center": WD_TAB_ALIGNMENT.CENTER, "right": WD_TAB_ALIGNMENT.RIGHT}[kind]
    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(where), alignment)


def add_field(paragraph: Paragraph, code: str) -> None:
    """A field that Word fills in, such as PAGE."""
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


def add_caption(document: DocumentObject, text: str) -> None:
    """The heading of a table, on the same page as it."""
    caption = document.add_paragraph(style="Report centred")
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_before = caption.paragraph_format.space_after = Pt(6)
    write(caption, text, bold=True, size=13)


def add_table_note(document: DocumentObject, text: str) -> None:
    """Small print under a table."""
    note = document.add_paragraph(style="Report small")
    note.paragraph_format.space_before, note.paragraph_format.space_after = Pt(4), Pt(8)
    write(note, text, size=11, italic=True)


def add_table(document: DocumentObject, name: str, columns: tuple[tuple[int, str], ...]) -> None:
    """A bordered table whose header is repeated on each page; a row for each of `name.rows`."""
    table = document.add_table(rows=4, cols=len(columns), style="Table Grid")
    _widths(table, [width for width, _ in columns])
    _cell_margins(table, Mm(1))
    for index, (_, field) in enumerate(columns):
        head = table.cell(0, index).paragraphs[0]
        head.style = document.styles["Report table"]
        head.alignment = ALIGN.CENTER
        head.paragraph_format.keep_with_next = True
        write(head, f"{{{{ {name}.header.{field} }}}}", size=11, bold=True)
        cell = table.cell(2, index).paragraphs[0]
        cell.style = document.styles["Report table"]
        cell.alignment = ALIGN.LEFT if field == "name" else ALIGN.CENTER
        write(cell, f"{{{{ row.{field} }}}}", size=11)
        _middle(table.cell(0, index))
        _middle(table.cell(2, index))
    table.cell(1, 0).paragraphs[0].add_run(f"{{%tr for row in {name}.rows %}}")
    table.cell(3, 0).paragraphs[0].add_run("{%tr endfor %}")
    _repeat(table)
    _unbroken(table)


def add_plain_table(document: DocumentObject, rows: int) -> Table:
    """Two columns without borders: the halves of head and foot."""
    table: Table = document.add_table(rows=rows, cols=2)
    _widths(table, list(_HALVES))
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
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def keep_whole(table: Table) -> None:
    """All of it on one page."""
    for row in table.rows:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True


def add_line(
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
    write(paragraph, text, size=size, bold=bold, italic=italic)
    return paragraph


def write(
    paragraph: Paragraph, text: str, *, size: int = 14, bold: bool = False, italic: bool = False
) -> None:
    """Text in a paragraph."""
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    run.bold, run.italic = bold or None, italic or None


def draw_rule(paragraph: Paragraph, left: Mm, right: Mm) -> None:
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


def remove(paragraph: Paragraph) -> None:
    """Take a paragraph out."""
    paragraph._p.getparent().remove(paragraph._p)
