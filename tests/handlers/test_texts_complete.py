"""The check of the Vietnamese texts finds what a reader would stumble over."""

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from handlers.texts.complete import complaints, sentences

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: vi\\n"\n'


def catalogue(text: str = "") -> Catalog:
    return read_po(BytesIO(f"{HEAD}\n{text}".encode()), locale="vi")


def complained(source: str, po: str, folder: Path, name: str = "flow.py") -> list[str]:
    (folder / "bot").mkdir()
    (folder / "bot" / name).write_text(source, encoding="utf-8")
    return list(complaints(sentences(folder), catalogue(po)))


GREETING = 'msgid "Hello {name}"\nmsgstr "Chào {name}"\n'
COUNTED = 'msgid "{n} row"\nmsgid_plural "{n} rows"\nmsgstr[0] "{n} dòng"\n'


@pytest.mark.parametrize(
    ("source", "po"),
    [
        ('say("Hello {name}", name=n)', GREETING),
        ('turn.say("Hello " "{name}", name=n)', GREETING),
        ('self._say("Hello {name}", name=n)', GREETING),
        ('HELLO = mark("Hello {name}")\nsay(HELLO, name=n)', GREETING),
        ("f\"{say('Hello {name}', name=n)}!\"", GREETING),
        ('say("Hello {name}" if n else "Hello {name}", name=n)', GREETING),
        ('say.count("{n} row", "{n} rows", 2)', COUNTED),
        ('"a word".count("a")\nsay(sentence)', ""),
    ],
)
def test_what_is_translated_is_not_complained_of(source: str, po: str, tmp_path: Path) -> None:
    assert complained(source, po, tmp_path) == []


def test_templates_are_read_too(tmp_path: Path) -> None:
    source = '<p>{{ say("Hello {name}", name=n) }}</p>\n{{ say("Bye") }}'
    assert complained(source, GREETING, tmp_path, "page.html") == [
        "bot/page.html:2: missing in vi.po: 'Bye'"
    ]


@pytest.mark.parametrize(
    ("source", "po", "why"),
    [
        ('say("Hello {name}")', "", "missing in vi.po"),
        ('say("Hello {name}")', 'msgid "Hello {name}"\nmsgstr ""\n', "missing in vi.po"),
        ('say("Hello {name}")', f"#, fuzzy\n{GREETING}", "fuzzy in vi.po"),
        ('say("Hello {name}")', GREETING.replace("Chào {name}", "Chào"), "other placeholders"),
        (
            'say("Hello {name}")',
            GREETING.replace("Chào {name}", "Chào {ten}"),
            "other placeholders",
        ),
        ("", GREETING, "nobody says this any more"),
        ("", '#~ msgid "Old"\n#~ msgstr "Cũ"\n', "obsolete"),
        ('say(f"Hello {name}")', "", "write one whole sentence"),
        ('say("Hello " + name)', "", "write one whole sentence"),
        ('say.count("{n} row", rows, 2)', "", "write one whole sentence"),
        ('say.count("{n} row", "{n} rows", 2)', "", "missing in vi.po"),
    ],
)
def test_what_a_reader_would_stumble_over_is_named(
    source: str, po: str, why: str, tmp_path: Path
) -> None:
    found = complained(source, po, tmp_path)
    assert len(found) == 1
    assert why in found[0]


def test_every_translation_may_address_the_citizen(tmp_path: Path) -> None:
    po = 'msgid "Thank you"\nmsgstr "Xin cảm ơn {citizen}"\n'
    assert complained('say("Thank you")', po, tmp_path) == []


def test_a_sentence_said_twice_is_complained_of_once(tmp_path: Path) -> None:
    assert len(complained('say("Hello")\nsay("Hello")', "", tmp_path)) == 1
