"""Holds vi.po to the sources: `python -m handlers.texts.complete` names what is missing or wrong."""

import ast
import string
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po

_ROOT = Path(__file__).parents[2]
_SOURCES = ("bot", "handlers")
_CATALOGUE = Path(__file__).parent / "vi.po"
_SAYING = {"say", "speech", "mark"}  # functions whose first argument is a sentence
_ALWAYS_THERE = {"citizen"}  # every sentence may use it, see Speaker

Sentence = str | tuple[str, ...]  # one, or singular and plural


@dataclass(frozen=True)
class Said:
    """A sentence and where it is said. No sentence: something that cannot be translated."""

    place: str
    sentence: Sentence | None


def sentences(root: Path = _ROOT) -> Iterator[Said]:
    """Everything the program says, from the Python sources and the templates."""
    for package in _SOURCES:
        for file in sorted((root / package).rglob("*.py")):
            yield from _in_python(file, root)
        for file in sorted((root / package).rglob("*.html")):
            yield from _in_template(file, root)


def _in_python(file: Path, root: Path) -> Iterator[Said]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    for call in sorted(calls, key=lambda call: call.lineno):
        place = f"{file.relative_to(root)}:{call.lineno}"
        if _name(call.func) in _SAYING:
            yield from _constant(call.args[0], place)
        elif _is_count(call.func):
            yield Said(place, _one_and_many(call.args))


def _is_count(function: ast.expr) -> bool:
    """say.count(…), not "text".count(…)."""
    return (
        isinstance(function, ast.Attribute)
        and function.attr == "count"
        and _name(function.value) in _SAYING
    )


def _one_and_many(arguments: list[ast.expr]) -> Sentence | None:
    match arguments:
        case [ast.Constant(value=str(one)), ast.Constant(value=str(many)), *_]:
            return one, many
    return None


def _constant(argument: ast.expr, place: str) -> Iterator[Said]:
    """A variable holds a sentence marked elsewhere; one put together here cannot be found."""
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield Said(place, argument.value)
    elif isinstance(argument, ast.IfExp):
        yield from _constant(argument.body, place)
        yield from _constant(argument.orelse, place)
    elif isinstance(argument, ast.JoinedStr | ast.BinOp):
        yield Said(place, None)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr.lstrip("_")
    return function.id.lstrip("_") if isinstance(function, ast.Name) else ""


def _in_template(file: Path, root: Path) -> Iterator[Said]:
    keywords = {"say": None, "count": (1, 2)}
    with file.open("rb") as source:
        for line, sentence, _, _ in extract("jinja2", source, keywords):
            yield Said(f"{file.relative_to(root)}:{line}", sentence)


def complaints(said: Iterable[Said], catalogue: Catalog) -> Iterator[str]:
    """What is missing, unfinished, wrong or no longer needed in a catalogue."""
    needed = set()
    for each in said:
        if each.sentence is None:
            yield f"{each.place}: write one whole sentence with named placeholders"
        elif each.sentence not in needed:
            needed.add(each.sentence)
            yield from (f"{each.place}: {why}" for why in _faults(each.sentence, catalogue))
    for message in catalogue:
        if message.id and message.id not in needed:
            yield f"vi.po: nobody says this any more: {message.id!r}"
    for obsolete in catalogue.obsolete:
        yield f"vi.po: obsolete: {obsolete!r}"


def _faults(sentence: Sentence, catalogue: Catalog) -> Iterator[str]:
    message = catalogue.get(sentence if isinstance(sentence, str) else sentence[0])
    if message is None or message.id != sentence or not all(_translations(message)):
        yield f"missing in vi.po: {sentence!r}"
        return
    if message.fuzzy:
        yield f"fuzzy in vi.po: {sentence!r}"
    wanted = _placeholders(sentence if isinstance(sentence, str) else sentence[1])
    for translation in _translations(message):
        found = _placeholders(translation)
        if found - _ALWAYS_THERE != wanted - _ALWAYS_THERE:
            yield f"other placeholders in vi.po: {sentence!r}"


def _translations(message: Message) -> tuple[str, ...]:
    string = message.string
    return (string,) if isinstance(string, str) else tuple(string or ("",))


def _placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def main() -> int:
    """Print every complaint; 1 if there is one."""
    with _CATALOGUE.open("rb") as source:
        catalogue = read_po(source, locale="vi")
    found = list(complaints(sentences(), catalogue))
    for line in found:
        sys.stdout.write(f"{line}\n")
    if found:
        sys.stdout.write(f"{len(found)} things to mend in the Vietnamese texts\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
