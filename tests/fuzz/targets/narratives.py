"""The words of a report sent back as a file: text of any encoding, Word documents of any make."""

import io
import zipfile
from functools import cache

from docx import Document

from handlers.messages import SentFile
from handlers.reports.narrative_file import Unreadable, content_of
from tests.fuzz.given import Given
from tests.fuzz.ground import ground
from tests.fuzz.people import does
from tests.fuzz.watching import PERSONAL, bounded

_NAMES = ("a.docx", "a.txt", "A.TXT", "a.DOCX", "a.doc", "", "a.txt\x00", "ă" * 400 + ".txt")
_LINES = (
    "I. ĐÁNH GIÁ CHUNG", "1. Kết quả", "# tự động: 00000000", "#", "II.", "III", "1.1", "\ufeff", "- a", "\x00", "\ud800",
    PERSONAL["typed text"],
)  # fmt: skip
SEEDS = [bytes([number % 8, number, 0, 3, *range(40)]) for number in range(24)]


@cache
def _document() -> bytes:
    document = Document()
    for line in _LINES[:8]:
        document.add_paragraph(line)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def run(data: bytes) -> None:
    """Read one file, or send it as the secretary whose report it is."""
    given = Given(data)
    name = given.pick(_NAMES)
    content = _word(given) if ".docx" in name.lower() else _text(given)
    try:
        with bounded("reading a file"):
            content_of(name, content)
    except Unreadable:
        pass
    if given.yes(80):
        file = SentFile(name, content)
        does(ground(), given, action="report/2026-10/replace", file=file, channels=("web",))


def _text(given: Given) -> bytes:
    lines = [given.pick((*_LINES, given.text())) for _ in range(given.number(30))]
    text = "\n".join(lines * (given.number(40) if given.yes(20) else 1))
    encoding = given.pick(("utf-8", "utf-16", "utf-8-sig", "cp1258"))
    return given.rest() if given.yes(40) else text.encode(encoding, "replace")


def _word(given: Given) -> bytes:
    content = _document()
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(written, "w") as new:
        for each in old.namelist():
            part = old.read(each)
            if each == "word/document.xml" or given.yes(20):
                at = given.number(len(part) + 1)
                part = part[:at] + given.raw(60) + part[at + given.number(20) :]
            if not given.yes(4):
                new.writestr(each, part)
    return given.rest() if given.yes(20) else written.getvalue()
