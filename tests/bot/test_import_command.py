"""`import` on the command line: what it says, when it asks, how it is undone."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from bot.cli import main
from bot.commands.terminal import Terminal
from storage.database import Database
from storage.keys import Keys
from storage.queries.roster import StoredRoster, stored_roster

SECRET = "a secret for the tests, long enough to be one"
Out = pytest.CaptureFixture[str]
NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
PEOPLE = ["code", "full_name", "unit_code", "role", "position", "email"]
CROWD = [[f"P{n}", f"Người {n}", "C1" if n < 10 else "C2", "member", "", ""] for n in range(20)]


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation on SQLite with two units and twenty people, in the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BOT_DATABASE__URL", f"sqlite:///{tmp_path / 'bot.sqlite'}")
    monkeypatch.setenv("BOT_PRIVACY__SECRET", SECRET)
    monkeypatch.setenv("BOT_OPERATOR__LANGUAGE", "en")
    units = ["code", "name", "kind", "parent_code", "pilot"]
    table("units", units, ["C1", "Chi đoàn 1", "", "", ""], ["C2", "Chi đoàn 2", "", "", ""])
    table("people", PEOPLE, *CROWD)
    with time_machine.travel(NOW, tick=False):
        assert main(["import", "units.csv", "people.csv"]) == 0


def table(name: str, *rows: list[str]) -> str:
    with Path(f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return f"{name}.csv"


def run(*arguments: str) -> int:
    with time_machine.travel(NOW, tick=False):
        return main(["import", *arguments])


def stored() -> StoredRoster:
    database = Database("sqlite:///bot.sqlite", Keys(SECRET))
    try:
        return database.run_now(stored_roster)
    finally:
        database.close()


def ending(count: int) -> str:
    return table("people", PEOPLE, *([*row[:3], "-member", "", ""] for row in CROWD[:count]))


class Person:
    """Somebody at the terminal who answers every question alike."""

    def __init__(self, answer: str) -> None:
        self.answer = answer

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return f"{self.answer}\n"


def at_a_terminal(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr("sys.stdin", Person(answer))
    monkeypatch.setattr(Terminal, "can_ask", lambda _self: True)


def test_it_says_who_moved_what_it_left_and_how_to_undo_it(capsys: Out) -> None:
    capsys.readouterr()
    rows = [[*row[:2], "C2", *row[3:]] for row in CROWD[:12]]
    assert run(table("people", PEOPLE, *rows)) == 0
    said = capsys.readouterr()
    assert "Roles: 0 new, 10 changed, 2 as before." in said.out
    assert "Not in the files, and left as they are: 8 people." in said.err
    assert "Moved people: P0: C1 → C2; P1: C1 → C2;" in said.err
    assert "Undo with: python -m bot import --undo 2" in said.err


def test_at_most_ten_examples_are_named(capsys: Out) -> None:
    rows = [[*row[:2], "C1" if row[2] == "C2" else "C2", *row[3:]] for row in CROWD]
    run(table("people", PEOPLE, *rows))
    said = capsys.readouterr().err
    assert "P9: C1 → C2; and 10 more" in said


def test_without_a_terminal_much_ends_only_with_yes(capsys: Out) -> None:
    path = ending(3)
    capsys.readouterr()
    assert run(path) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "This would end the last role of 3 of 20 people.",
        "This would end 3 of 20 roles.",
        "Nothing was stored. If it is meant so, add --yes.",
    ]
    assert len(stored().memberships) == 20
    assert run(path, "--yes") == 0
    assert "Roles: 0 new, 0 changed, 3 ended, 0 as before." in capsys.readouterr().out
    assert len(stored().memberships) == 17


def test_a_tenth_ends_without_a_question(capsys: Out) -> None:
    assert run(ending(2)) == 0
    assert "People: 0 new, 0 changed, 2 without a role now, 0 as before." in capsys.readouterr().out


@pytest.mark.parametrize(("answer", "code", "left"), [("yes", 0, 17), ("có", 0, 17), ("", 1, 20)])
def test_at_a_terminal_the_person_is_asked_and_no_is_the_default(
    capsys: Out, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, left: int
) -> None:
    at_a_terminal(monkeypatch, answer)
    assert run(ending(3)) == code
    assert "Go on? Type yes; anything else stops here." in capsys.readouterr().err
    assert len(stored().memberships) == left


def test_a_dry_run_tells_what_would_end(capsys: Out) -> None:
    assert run(ending(3), "--dry-run") == 0
    said = capsys.readouterr()
    assert "Roles: 0 new, 0 changed, 3 ended, 0 as before." in said.out
    assert "This would end 3 of 20 roles." in said.err
    assert len(stored().memberships) == 20


def test_a_complete_list_ends_what_it_leaves_out(capsys: Out) -> None:
    table("people", PEOPLE, *CROWD[:19])
    assert run("people.csv", "--complete", "--since", "2026-11-01") == 0
    assert "Roles: 0 new, 0 changed, 1 ended, 19 as before." in capsys.readouterr().out
    (past,) = stored().past_roles
    assert (past.person_code, str(past.until)) == ("P19", "2026-10-31")


def test_changes_never_hold_from_a_day_ahead(capsys: Out) -> None:
    capsys.readouterr()
    assert run("people.csv", "--since", "2026-11-23") == 2
    assert capsys.readouterr().err.strip() == ("2026-11-23 lies ahead: import it once it has come.")


def test_an_import_is_undone_by_its_number(capsys: Out) -> None:
    before = stored()
    assert run(ending(2)) == 0
    capsys.readouterr()
    assert run("--undo", "2") == 0
    said = capsys.readouterr()
    assert said.out.strip() == ("Import 2: 0 rows as they were before, 2 brought back, 2 removed.")
    assert stored() == before
    assert run("--undo", "2") == 1
    assert capsys.readouterr().err.strip() == "Import 2 has been undone already."


def test_the_undo_of_everything_is_agreed_first(capsys: Out) -> None:
    capsys.readouterr()
    assert run("--undo", "1") == 1
    assert "add --yes" in capsys.readouterr().err
    assert len(stored().people) == 20
    assert run("--undo", "1", "--dry-run") == 0
    assert len(stored().people) == 20
    assert run("--undo", "1", "--yes") == 0
    assert not stored().people


@pytest.mark.parametrize("more", [["people.csv"], ["--complete"], ["--since", "2026-11-01"]])
def test_undo_stands_alone(capsys: Out, more: list[str]) -> None:
    assert run("--undo", "1", *more) == 2
    assert "--undo stands alone" in capsys.readouterr().err


def test_columns_that_are_not_kept_are_mentioned(capsys: Out) -> None:
    rows = [[str(n), *row] for n, row in enumerate(CROWD)]
    assert run(table("people", ["STT", *PEOPLE], *rows)) == 0
    assert "people.csv: The column STT is not kept." in capsys.readouterr().err


def exported(*options: str) -> list[str]:
    """The whole roster, taken out into files of the same names."""
    files = []
    with time_machine.travel(NOW, tick=False):
        for name in ("units", "people", "desks", "duties"):
            files.append(f"{name}.csv")
            assert main(["export", name, "--output", files[-1], *options]) == 0
    return files


def reorganise() -> None:
    """C1 is merged into C2 and one of its members goes to a new unit; a desk comes and closes."""
    table("desks", ["code", "name", "unit_code", "multi_agency"], ["Q1", "Quầy 1", "C1", ""],
          ["Q2", "Quầy 2", "C1", "x"])  # fmt: skip
    table("duties", ["desk_code", "person_code", "from", "to"], ["Q1", "P1", "2026-01-01", ""])
    assert run("desks.csv", "duties.csv") == 0
    units = ["code", "name", "kind", "parent_code", "pilot", "to", "merged_into"]
    table("units", units, ["C1", "Chi đoàn 1", "", "", "", "2026-11-15", "C2"],
          ["C3", "Chi đoàn 3", "", "C2", "", "", ""])  # fmt: skip
    table("people", PEOPLE, [*CROWD[0][:2], "C3", "member", "", ""])
    table("desks", ["code", "name", "unit_code", "multi_agency", "to"],
          ["Q2", "Quầy 2", "C1", "x", "2026-11-14"])  # fmt: skip
    assert run("units.csv", "people.csv", "desks.csv", "--yes") == 0


@pytest.mark.parametrize("options", [[], ["--from", "2026-01-01", "--to", "2026-11-22"]])
def test_what_is_exported_after_a_reorganisation_changes_nothing_when_it_comes_back(
    capsys: Out, options: list[str]
) -> None:
    reorganise()
    before = stored()
    files = exported(*options)
    capsys.readouterr()
    assert run(*files) == 0
    assert "Nothing has changed" in capsys.readouterr().err
    assert stored() == before


def test_what_is_exported_founds_another_installation(
    capsys: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    reorganise()
    before = stored()
    files = exported("--from", "2026-01-01", "--to", "2026-11-22")
    Path("bot.sqlite").rename("old.sqlite")
    capsys.readouterr()
    assert run(*files) == 0, capsys.readouterr().err
    after = stored()
    assert {unit.code: unit.until for unit in after.units.values()} == {
        unit.code: unit.until for unit in before.units.values()
    }
    assert sorted(each[1:] for each in after.memberships) == sorted(
        each[1:] for each in before.memberships
    )
    assert set(after.past_roles) == set(before.past_roles)
