"""A pledge catalogue in JSON: a list of items, or an object of axes and items, as tables of cells."""

import json
from collections.abc import Sequence
from typing import Any

from handlers.roster.cells import Cell
from handlers.roster.mistakes import Wrong
from handlers.texts import mark

_FOREIGN = {"seed_phrase"}  # of the movement's own list; the product keeps labels and a reference
_SHEETS = {"axes": "axes", "items": "catalogue"}


def json_tables(data: bytes) -> list[tuple[str, list[Sequence[Cell]]]]:
    """The sheets axes and catalogue that stand in the file, each with its header."""
    content = _content(data)
    if isinstance(content, list):
        content = {"items": content}
    if not isinstance(content, dict) or not content or content.keys() - _SHEETS.keys():
        raise Wrong(mark("A catalogue is a list of items, or an object of axes and items."))
    return [(_SHEETS[name], _rows(entries)) for name, entries in content.items()]


def _content(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Wrong(mark("The text is not UTF-8. Save the file as UTF-8.")) from None
    except json.JSONDecodeError as error:
        raise Wrong(
            mark("This is no JSON: line {line}, column {column}."),
            line=error.lineno,
            column=error.colno,
        ) from None
    except RecursionError:
        raise Wrong(
            mark("A catalogue is a list of items, or an object of axes and items.")
        ) from None


def _rows(entries: Any) -> list[Sequence[Cell]]:
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise Wrong(mark("A catalogue is a list of items, or an object of axes and items."))
    for number, entry in enumerate(entries, start=1):
        for name, value in entry.items():
            if isinstance(value, list | dict):
                raise Wrong(mark("Entry {number}: {name} must be text."), number=number, name=name)
    names = [name for name in dict.fromkeys(n for e in entries for n in e) if name not in _FOREIGN]
    return [names, *([entry.get(name) for name in names] for entry in entries)]
