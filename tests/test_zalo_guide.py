"""The guides to Zalo: they say the same in both languages, and quote what the program really says."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.config.settings import setting_names

ROOT = Path(__file__).parents[1]
GUIDES = [ROOT / "docs/zalo.md", ROOT / "docs/zalo.vi.md"]
SPEAKING = ["bot/channels", "bot/delivery"]


def text(guide: Path) -> str:
    return guide.read_text(encoding="utf-8")


def quoted_lines(guide: Path) -> list[str]:
    """What the first column of the table of troubles quotes."""
    rows = re.findall(r"^\| (`[^|]+`) \|", text(guide), re.MULTILINE)
    return [line for row in rows for line in re.findall(r"`([^`]+)`", row)]


def said_by_the_program() -> str:
    """Every piece of text in the sources that log it or show it as a door's state."""
    pieces = [
        node.value
        for folder in SPEAKING
        for file in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return "\n".join(pieces)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda each: each.name)
def test_every_line_the_guide_explains_is_one_the_program_says(guide: Path) -> None:
    said, lines = said_by_the_program(), quoted_lines(guide)
    assert len(lines) >= 15
    for line in lines:
        for piece in line.split("…"):
            assert piece.strip() in said, line


def test_every_line_of_the_doctor_is_quoted_as_each_language_has_it() -> None:
    with (ROOT / "handlers/texts/vi.po").open("rb") as file:
        says = {as_shown(str(m.id)): as_shown(str(m.string)) for m in read_po(file) if m.id}
    english, vietnamese = (re.findall(r"^\| “([^|]+)” \|", text(g), re.MULTILINE) for g in GUIDES)
    assert len(english) >= 15
    assert [says.get(line) for line in english] == vietnamese


def test_every_trouble_the_doctor_finds_is_explained() -> None:
    explained = set(re.findall(r"^\| “([^|]+)” \|", text(GUIDES[0]), re.MULTILINE))
    for file in sorted((ROOT / "bot/doctor").glob("zalo_*.py")):
        for sentence in troubles(file):
            assert as_shown(sentence) in explained, sentence


def as_shown(sentence: str) -> str:
    """A sentence with … for what differs each time."""
    return re.sub(r"\{\w+\}", "…", sentence)


def troubles(file: Path) -> list[str]:
    """The sentences of findings that are not good, as they stand in a Finding(…)."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(
                func=ast.Name(id="Finding"),
                args=[
                    ast.Constant(value="bad" | "mind"),
                    ast.Call(args=[ast.Constant(value=str(said))]),
                    *_,
                ],
            ):
                found.append(said)
    return found


def test_both_guides_have_the_same_chapters_troubles_and_settings() -> None:
    english, vietnamese = map(text, GUIDES)
    chapters = r"^## (\d+)\."
    assert re.findall(chapters, english, re.M) == re.findall(chapters, vietnamese, re.M)
    assert quoted_lines(GUIDES[0]) == quoted_lines(GUIDES[1])
    settings = r"^ +(\w+) = "
    assert re.findall(settings, english, re.M) == re.findall(settings, vietnamese, re.M)
    assert english.count("- [ ]") == vietnamese.count("- [ ]") > 5


@pytest.mark.parametrize("guide", GUIDES, ids=lambda each: each.name)
def test_the_settings_the_guide_shows_exist(guide: Path) -> None:
    known, section = set(setting_names()), ""
    for line in text(guide).splitlines():
        if head := re.match(r" +\[(\w+)\]", line):
            section = head[1]
        elif key := re.match(r" +(\w+) = \"", line):
            assert f"{section}.{key[1]}" in known
    for name in re.findall(r"`((?:web|zalo_bot|zalo_oa)\.\w+)`", text(guide)):
        assert name in known
