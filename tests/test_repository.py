"""What the repository says about itself is true."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from bot.cli import VERSION, make_app
from bot.commands.terminal import Terminal
from bot.config import setting_names
from handlers.exports import pledges, ratings
from handlers.roster.checks import SHEETS, Row, known_columns
from handlers.texts import Speaker

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "README.vi.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
READMES = DOCUMENTS[:2]
SOURCES = sorted(
    file for package in ("bot", "handlers", "storage") for file in (ROOT / package).rglob("*.py")
)
MOST_LINES = 300


def text(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def named(file: Path) -> str:
    return str(file.relative_to(ROOT))


def commands() -> set[str]:
    app = make_app(Terminal(Speaker("en")))
    return {name for name in app if not name.startswith("-")}


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):.*?## ", text(ROOT / "Makefile"), re.MULTILINE))


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_and_picture_of_a_document_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text(document))
    for link in links:
        if not link.startswith("https://"):
            assert (document.parent / link).exists(), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_make_target_a_document_names_exists(document: Path) -> None:
    found = re.findall(r"(?:^ {4}|`|= )make ([a-z]+)", text(document), re.MULTILINE)
    assert set(found) <= make_targets()


@pytest.mark.parametrize("readme", READMES, ids=named)
def test_the_readme_has_a_row_for_every_command_and_no_other(readme: Path) -> None:
    rows = re.findall(r"^\| `([a-z]+)[ `]", text(readme), re.MULTILINE)
    assert sorted(rows) == sorted(commands())


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_command_a_document_shows_exists(document: Path) -> None:
    shown = re.findall(r"python -m bot ([a-z]+)", text(document))
    assert set(shown) <= commands()


@pytest.mark.parametrize("document", [*DOCUMENTS, ROOT / "config.example.toml"], ids=named)
def test_every_setting_a_document_names_exists(document: Path) -> None:
    known = setting_names()
    sections = {name.split(".")[0] for name in known}
    for section, key in re.findall(r"`([a-z_]+)\.([a-z_]+)`", text(document)):
        if section in sections and key not in {"py", "html"}:
            assert f"{section}.{key}" in known
    for variable in re.findall(r"BOT_([A-Z_]*__[A-Z_]+)", text(document)):
        assert variable.lower().replace("__", ".") in known


@pytest.mark.parametrize("readme", READMES, ids=named)
def test_the_toml_in_the_readme_holds_real_settings(readme: Path) -> None:
    blocks = re.findall(r"^    \[(\w+)\]\n((?:    \w+ = .*\n)+)", text(readme), re.MULTILINE)
    assert blocks
    for section, lines in blocks:
        for key in re.findall(r"^    (\w+) = ", lines, re.MULTILINE):
            assert f"{section}.{key}" in setting_names()


def usual_columns(model: type[Row]) -> list[str]:
    """Those that a new roster has: all but the ones that tell of changes."""
    of_changes = {"from", "to", "merged_into"} if model.OPTIONAL else set()
    return [name for name in known_columns(model) if name not in of_changes]


@pytest.mark.parametrize("readme", READMES, ids=named)
def test_the_readme_shows_the_columns_of_the_roster_and_of_the_export(readme: Path) -> None:
    rows = dict(re.findall(r"^\| (\w+) \| `([\w,]+)` \|", text(readme), re.MULTILINE))
    assert rows == {name: ",".join(usual_columns(model)) for name, model in SHEETS.items()}
    for exported in (ratings, pledges):
        assert f"`{','.join(column.name for column in exported.COLUMNS)}`" in text(readme)


def test_the_help_of_import_shows_the_columns_of_the_roster(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    for language in ("en", "vi"):
        make_app(Terminal(Speaker(language)))(["import", "--help"])
        said = capsys.readouterr().out
        for name, model in SHEETS.items():
            assert re.search(rf"^  {name} +{','.join(usual_columns(model))}\b", said, re.MULTILINE)


def test_both_readmes_show_the_same_commands() -> None:
    english, vietnamese = (
        set(re.findall(r"^ {4}(make \w+|\.venv\S+ -m bot \w+)", text(each), re.MULTILINE))
        for each in READMES
    )
    assert english == vietnamese


def test_the_readme_begins_with_what_it_is_a_picture_and_two_commands() -> None:
    for readme in READMES:
        first_screen = "\n".join(text(readme).splitlines()[:25])
        assert "docs/images/" in first_screen
        assert re.findall(r"^ {4}make (\w+)", first_screen, re.MULTILINE) == ["run", "test"]


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]
    newest = re.search(r"^## (\S+)", text(ROOT / "CHANGELOG.md"), re.MULTILINE)
    assert newest is not None
    assert project["version"] == VERSION == newest[1]


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_file_and_folder_a_document_names_in_code_exists(document: Path) -> None:
    owned = r"`((?:bot|handlers|storage|tests|bench|docs|requirements|\.ci)/[\w./-]*)`"
    for path in re.findall(owned, text(document)):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("source", SOURCES, ids=named)
def test_no_source_file_has_outgrown_a_reader(source: Path) -> None:
    assert len(text(source).splitlines()) <= MOST_LINES


def test_make_lists_every_target_it_has() -> None:
    said = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    phony = re.search(r"^\.PHONY: (.+)$", text(ROOT / "Makefile"), re.MULTILINE)
    assert phony is not None
    assert re.findall(r"^  make (\w+)", said, re.MULTILINE) == phony[1].split()
    assert set(phony[1].split()) == make_targets()


def test_ci_checks_and_tests() -> None:
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK)
    assert re.findall(r"^(?:EVERYTHING=1 )?make (\w+)", text(script), re.MULTILINE) == [
        "check",
        "test",
    ]


def test_the_windows_script_has_the_line_ends_windows_needs() -> None:
    data = (ROOT / "start.cmd").read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n") > 0


def requirements(name: str) -> dict[str, str]:
    lines = text(ROOT / f"requirements/{name}.txt").splitlines()
    return dict(re.findall(r"^([\w.-]+(?:\[\w+\])?)==(\S+)", "\n".join(lines), re.MULTILINE))


@pytest.mark.parametrize("name", ["run", "test", "peers", "fuzz"])
def test_requirements_are_pinned_hashed_and_name_no_registry(name: str) -> None:
    locked = text(ROOT / f"requirements/{name}.txt")
    assert "://" not in locked
    assert (
        re.findall(r"^-.*", locked, re.MULTILINE) == []
    )  # no option, so none that names a registry
    entries = re.split(r"\n(?=[A-Za-z])", locked)
    for entry in entries:
        assert "--hash=sha256:" in entry, entry.splitlines()[0]
        assert re.match(r"[\w.-]+(\[\w+\])?==\d", entry), entry.splitlines()[0]


def test_what_runs_is_tested_in_the_same_versions() -> None:
    assert requirements("run").items() <= requirements("test").items()


def test_every_requirement_that_is_asked_for_is_locked() -> None:
    for name in ("run", "test", "peers", "fuzz"):
        asked = re.findall(
            r"^([A-Za-z][\w.-]*)", text(ROOT / f"requirements/{name}.in"), re.MULTILINE
        )
        locked = {each.split("[")[0].lower() for each in requirements(name)}
        assert {each.lower() for each in asked} <= locked


def test_the_licence_is_the_one_the_project_declares() -> None:
    assert "Apache License" in text(ROOT / "LICENSE")
    assert "END OF TERMS AND CONDITIONS" in text(ROOT / "LICENSE")
    project = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]
    assert project["license"] == "Apache-2.0"


def test_the_glossary_has_each_word_once() -> None:
    words = re.findall(r"^\| ([^|]+?) \|", text(ROOT / "docs/glossary.md"), re.MULTILINE)
    assert len(words) == len(set(words)) > 20
