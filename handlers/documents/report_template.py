"""Makes the template of periodic reports: `python -m handlers.documents.report_template FILE.docx`.

The layout is 29-HD/TWĐTN-VP's: A4, margins 20/20/30/20 mm, Times New Roman 14. A province may open
the file in Word and change fonts, spacing and fixed words; what stands in braces is filled in.
"""

import sys

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING
from docx.shared import Mm, Pt

from handlers.documents.word_layout import (
    add_caption,
    add_field,
    add_line,
    add_plain_table,
    add_styles,
    add_tab_stop,
    add_table,
    add_table_note,
    draw_rule,
    keep_whole,
    remove,
    set_up_page,
    write,
)

FIGURES = ((9, "no"), (55, "name"), (37, "now"), (37, "before"), (22, "change"))
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
        remove(paragraph)
    set_up_page(document)
    add_styles(document)
    _headers(document)
    _head(document)
    _title(document)
    _sections(document)
    _foot(document)
    _annex(document)
    return document


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
        add_tab_stop(other, tab, where)
    other.alignment = ALIGN.LEFT
    other.add_run("\t")
    add_field(other, "PAGE")
    other.add_run("\t")
    other.add_run("{{ mark }}").bold = True


def _head(document: DocumentObject) -> None:
    """Who issues it and who they belong to; below, the number beside place and date."""
    table = add_plain_table(document, rows=2)
    left, right = table.cell(0, 0), table.cell(0, 1)
    add_line(left, "{%p for line in upper %}")
    add_line(left, "{{ line }}")
    add_line(left, "{%p endfor %}")
    add_line(left, "{%p for line in unit %}")
    add_line(left, "{{ line }}", bold=True)
    add_line(left, "{%p endfor %}")
    add_line(left, "***")
    organisation = add_line(right, "ĐOÀN TNCS HỒ CHÍ MINH", size=15, bold=True)
    draw_rule(organisation, Mm(7), Mm(7))
    add_line(table.cell(1, 0), "{{ number }}")
    add_line(table.cell(1, 1), "{{ place_and_date }}", italic=True)


def _title(document: DocumentObject) -> None:
    title = document.add_paragraph(style="Report centred")
    title.paragraph_format.space_before = Pt(14)
    title.paragraph_format.keep_with_next = True
    write(title, "BÁO CÁO", size=15, bold=True)
    subject = document.add_paragraph(style="Report centred")
    subject.paragraph_format.keep_with_next = True
    write(subject, "{{ subject }}", bold=True)
    for tag, text in (("{%p if revision %}", "{{ revision }}"), ("{%p endif %}", "")):
        document.add_paragraph(tag)
        if text:
            line = document.add_paragraph(style="Report centred")
            write(line, text, italic=True)
    rule = document.add_paragraph(style="Report centred")
    rule.paragraph_format.space_after = Pt(8)
    rule.paragraph_format.line_spacing = Pt(6)
    rule.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    draw_rule(rule, Mm(58), Mm(58))


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
    add_caption(document, "{{ figures.caption }}")
    add_table(document, "figures", FIGURES)
    add_table_note(document, "{{ figures.note }}")
    add("{%p if chart %}")
    add_caption(document, "{{ chart_caption }}")
    picture = add(style="Report centred")
    picture.add_run("{{ chart }}")
    add("{%p endif %}")
    add("{%p endif %}")
    add("{%p endfor %}")
    add("{%p for text in closing %}")
    add("{{ text }}", style="Report closing")
    add("{%p endfor %}")


def _foot(document: DocumentObject) -> None:
    """Recipients on the left, who signs on the right; never torn apart."""
    space = document.add_paragraph(style="Report small")
    space.paragraph_format.keep_with_next = True
    table = add_plain_table(document, rows=1)
    keep_whole(table)
    left, right = table.cell(0, 0), table.cell(0, 1)
    add_line(left, "Nơi nhận:", size=12, bold=True, italic=True, align=ALIGN.LEFT)
    add_line(left, "{%p for line in recipients %}")
    add_line(left, "{{ line }}", size=11, align=ALIGN.LEFT)
    add_line(left, "{%p endfor %}")
    add_line(right, "TM. BAN CHẤP HÀNH", bold=True)
    add_line(right, "{{ signer_title }}")
    for _ in range(4):
        add_line(right, "")
    add_line(right, "{{ signer_name }}", bold=True)
    end = document.add_paragraph(style="Report small")  # Word wants one behind a table
    end.paragraph_format.line_spacing = Pt(1)
    end.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY


def _annex(document: DocumentObject) -> None:
    """What is too wide or too long to stand among sentences."""
    add = document.add_paragraph
    add("{%p if annex %}")
    head = add(style="Report centred")
    head.paragraph_format.page_break_before = True
    write(head, "PHỤ LỤC", size=15, bold=True)
    about = add(style="Report centred")
    about.paragraph_format.space_after = Pt(8)
    write(about, "{{ annex_about }}", italic=True)
    add("{%p for panel in panels %}")
    add("{{ panel.name }}", style="Report heading")
    add("{%p for text in panel.lines %}")
    add("{{ text }}", style="Report text")
    add("{%p endfor %}")
    add("{%p endfor %}")
    add("{%p if units.rows %}")
    add_caption(document, "{{ units.caption }}")
    add_table(document, "units", UNITS)
    add_table_note(document, "{{ units.note }}")
    add("{%p endif %}")
    add("{%p endif %}")


if __name__ == "__main__":
    main(*sys.argv[1:])
