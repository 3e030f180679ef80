"""A report's words as a file: written for a secretary to edit, and read back tolerantly.

Every section begins with its heading on a line of its own. A line that begins with # is for the
reader alone, but for the one that marks a text as the program's own: while such a text comes back
unchanged it stays the program's, and follows the figures.
"""

import hashlib
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field

from handlers.names import folded
from handlers.reports.narrative import LONGEST, Written, tidy
from handlers.reports.opened import Opened
from handlers.reports.sections import Section
from handlers.texts import Speech, mark

MOST_BYTES = 1024 * 1024
ENDINGS = (".txt", ".docx")

_MOST_UNPACKED = 20 * MOST_BYTES
_MARK = re.compile(r"#\s*tự động:?\s*([0-9a-f]{8})\b")
_NUMBERED = re.compile(
    r"(?P<number>[IVXivx]{1,4}|[0-9]{1,2}|[IVXivx]{1,4}\.[0-9]{1,2})\s*[.)/:-]\s*(?P<title>\S.*)"
)
_ROMAN = re.compile(r"[IVX]+")


class Unreadable(Exception):
    """The file as a whole cannot be read; `sentence` (marked) says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Mistake:
    """What is wrong in a line (counted from 1); `sentence` is marked, `values` fill it."""

    line: int
    sentence: str
    values: dict[str, object] = field(default_factory=dict)

    def told(self, say: Speech) -> str:
        """The mistake with its line."""
        what = say(self.sentence, **self.values)
        return say("Line {line}: {what}", line=self.line, what=what)


@dataclass(frozen=True)
class Read:
    """What a file says: the text of each section that it has; nothing counts if there are
    mistakes."""

    texts: dict[str, str]
    mistakes: list[Mistake]


def as_lines(report: Opened, say: Speech) -> list[str]:
    """The words of a report, to be edited."""
    told = report.told
    found = [
        "# " + say("Text of the report {period} – {unit}", period=told.period.label(say), unit=told.unit_name),
        "# " + say("Write below each heading, leave the headings as they are, save and send the file back."),
        "# " + say("Lines that begin with # are not part of the report."),
        "",
    ]  # fmt: skip
    for each in report.written:
        if each.section.part:
            found += [each.section.part.upper(), ""]
        found.append(_heading(each.section))
        if not each.own:
            note = say(
                "written by the program from the figures; edit it, or leave it to follow them"
            )
            found.append(f"# tự động: {_print(each.text)} ({note})")
        found += [*each.text.split("\n"), ""]
    return found


def _heading(section: Section) -> str:
    return section.heading.upper() if section.level == 1 else section.heading


def _print(text: str) -> str:
    """By which an unchanged text is known again."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:8]


def content_of(name: str, content: bytes) -> str:
    """The text of a .txt or .docx file, a line a paragraph; Unreadable for anything else."""
    if len(content) > MOST_BYTES:
        raise Unreadable(mark("The file is larger than 1 MB."))
    if name.lower().endswith(".docx"):
        return _docx(content)
    if not name.lower().endswith(".txt"):
        raise Unreadable(mark("Only .txt and .docx files are read."))
    encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable(
            mark("The letters of this file cannot be read: save it as UTF-8 and send it again.")
        ) from None


def _docx(content: bytes) -> str:
    from docx import Document

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(each.file_size for each in packed.infolist())
        if unpacked > _MOST_UNPACKED:
            raise Unreadable(mark("The file is larger than 1 MB."))
        return "\n".join(each.text for each in Document(io.BytesIO(content)).paragraphs)
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 - whatever is wrong inside a file somebody sent
        raise Unreadable(mark("This is no Word document that can be opened.")) from None


def read(text: str, written: Sequence[Written]) -> Read:
    """The sections of a text. Headings are known by their title, however it is numbered,
    capitalised or accented; "II." and the like, which only begin a part, are passed over."""
    reader = _Reader(written)
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        reader.take(number, line)
    return reader.done()


class _Reader:
    """Goes through the lines; `_here` is the section it is in."""

    def __init__(self, written: Sequence[Written]) -> None:
        self._by_title = {folded(each.section.title): each.section for each in written}
        self._parts = {
            folded(each.section.part.partition(".")[2]) for each in written if each.section.part
        }
        self._here: Section | None = None
        self._lost = False
        self._lines: dict[str, list[str]] = {}
        self._began: dict[str, int] = {}
        self._marks: dict[str, str] = {}
        self._mistakes: list[Mistake] = []

    def take(self, number: int, line: str) -> None:
        """One line."""
        line = line.strip().strip("\ufeff")
        if line.startswith("#"):
            if (found := _MARK.match(line)) and self._here is not None:
                self._marks[self._here.key] = found[1]
            return
        numbered = _NUMBERED.fullmatch(line)
        title = folded(numbered["title"] if numbered else line)
        if title in self._by_title:
            self._begin(number, self._by_title[title])
        elif title in self._parts:
            self._here = None
        elif numbered and _ROMAN.fullmatch(numbered["number"]) and line == line.upper():
            self._here, self._lost = None, True
            self._wrong(number, mark("there is no section “{title}”."), title=line[:60])
        elif self._here is not None:
            self._lines[self._here.key].append(line)
        elif line and not self._lost:
            self._lost = True
            self._wrong(number, mark("this text stands under no heading."))

    def _begin(self, number: int, section: Section) -> None:
        self._here, self._lost = section, False
        if section.key in self._began:
            first = self._began[section.key]
            self._wrong(
                number,
                mark("the section “{title}” stands in line {first} already."),
                title=section.title,
                first=first,
            )
            return
        self._began[section.key] = number
        self._lines[section.key] = []

    def _wrong(self, number: int, sentence: str, **values: object) -> None:
        self._mistakes.append(Mistake(number, sentence, values))

    def done(self) -> Read:
        """Everything that was found; a text that is still the program's own comes back empty."""
        texts = {key: tidy("\n".join(lines)) for key, lines in self._lines.items()}
        for key, text in texts.items():
            if len(text) > LONGEST:
                self._wrong(
                    self._began[key],
                    mark("this section has {n} characters; {most} are the most."),
                    n=len(text),
                    most=LONGEST,
                )
            if self._marks.get(key) == _print(text):
                texts[key] = ""
        if not texts and not self._mistakes:
            self._wrong(1, mark("no heading of a section was found."))
        return Read(texts, sorted(self._mistakes, key=lambda each: each.line))
