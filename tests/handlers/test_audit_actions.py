"""Every action that the program writes into the audit log has a sentence for people."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from handlers.audit_actions import ACTIONS, Known, sentence
from handlers.texts import Speaker
from storage.queries.audit import Entry

ROOT = Path(__file__).parents[2]
SOURCES = [
    file
    for package in ("bot", "handlers", "storage")
    for file in sorted((ROOT / package).rglob("*.py"))
    if file.name != "audit_actions.py"
]
SHAPE = re.compile(r"[a-z_]+\.[a-z_]+")
NOUNS = {action.partition(".")[0] for action in ACTIONS}
NO_VERBS = {"docx", "id"}  # files and columns: shaped like an action
WRITERS = {"record", "note"}  # storage.queries.audit.record, handlers.roster_changes.note


def literals(node: ast.AST) -> set[str]:
    """Every piece of text in an expression that looks like an action."""
    return {
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant)
        and isinstance(each.value, str)
        and SHAPE.fullmatch(each.value)
    }


def written(tree: ast.AST) -> Iterator[str]:
    """The actions that calls of the writers name outright."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        if call.func.id not in WRITERS:
            continue
        for argument in [*call.args, *(each.value for each in call.keywords)]:
            if not isinstance(argument, ast.Call | ast.Dict):
                yield from literals(argument)


def test_every_action_written_has_its_sentence() -> None:
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in SOURCES]
    named = {action for tree in trees for action in written(tree)}
    assert {"member.remove", "invite.create", "secretary.end"} <= named
    assert named <= ACTIONS.keys()
    handed_on = {each for tree in trees for each in literals(tree) if each.split(".")[0] in NOUNS}
    assert {each for each in handed_on if each.split(".")[1] not in NO_VERBS} <= ACTIONS.keys()


def test_every_sentence_is_of_an_action_that_is_written() -> None:
    text = "\n".join(file.read_text(encoding="utf-8") for file in SOURCES)
    built = {action for action in ACTIONS if f'f"{action.partition(".")[0]}.{{' in text}
    assert {action for action in ACTIONS if f'"{action}"' not in text} <= built


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("details", [{}, None, {"person": "P1", "role": "member"}])
def test_each_reads_whatever_its_details_hold(
    action: str, language: str, details: dict[str, str] | None
) -> None:
    entry = Entry(1, datetime(2026, 11, 16, tzinfo=UTC), "person", 7, action, 1, details)
    known = Known({7: "Phạm Văn Sáu"}, {"P1": "Nguyễn Thị Lan"}, {})
    said = sentence(Speaker(language), entry, known)
    assert said
    assert "{" not in said


def test_an_action_nobody_knows_any_more_is_named_as_it_stands() -> None:
    entry = Entry(1, datetime(2026, 11, 16, tzinfo=UTC), "operator", None, "x.y", 1, {})
    assert sentence(Speaker("en"), entry, Known({}, {}, {})) == "The administration: x.y"
