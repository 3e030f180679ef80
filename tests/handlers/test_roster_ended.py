"""A role that a row of the roster ends is over: once, for this person in this unit only."""

from pathlib import Path
from typing import Any

from sqlmodel import select

from storage.database import Database
from storage.tables import Membership, Person, Unit
from tests.handlers.rosters import Rows, Tables, as_csv, as_workbook, counts, good, lines, load
from tests.handlers.rosters import refused as mistakes

HEAD = good()["people"][0]
LAN, MINH = "Nguyễn Thị Lan", "Trần Văn Minh"


def people(*rows: list[Any]) -> Tables:
    found: Rows = [HEAD, *rows]
    return {"people": found}


def roles(database: Database) -> set[tuple[str, str, str]]:
    """Every (person, unit, role) that is stored."""
    asked = select(Person.code, Unit.code, Membership.role).select_from(Membership)
    joined = asked.join(Person, Membership.person_id == Person.id).join(  # type: ignore[arg-type]
        Unit,
        Membership.unit_id == Unit.id,  # type: ignore[arg-type]
    )
    return database.run_now(lambda session: set(session.exec(joined).all()))


def test_a_row_ends_one_role_and_leaves_the_others(database: Database, tmp_path: Path) -> None:
    load(database, as_csv(tmp_path / "first", good()))
    before = roles(database)
    ending = [as_workbook(tmp_path / "end.xlsx", people(["P1", LAN, "C1", "-secretary", "", ""]))]

    report = load(database, ending)

    assert before - roles(database) == {("P1", "C1", "secretary")}
    assert roles(database) < before
    assert report.tables["memberships"].ended == 1
    assert not report.changes_nothing
    assert counts(report)["people"] == (0, 0, 0)  # an empty e-mail beside an end wipes nothing


def test_ending_it_again_and_ending_what_never_was_change_nothing(
    database: Database, tmp_path: Path
) -> None:
    load(database, as_csv(tmp_path / "first", good()))
    rows = people(
        ["P2", MINH, "C1", "-Member", "", ""],
        ["P2", MINH, "C2", "-secretary", "", ""],
        ["P9", "Không Ai Biết", "C1", "-member", "", ""],
    )
    paths = as_csv(tmp_path / "end", rows)
    assert load(database, paths).tables["memberships"].ended == 1
    assert load(database, paths).changes_nothing
    stored = database.run_now(lambda session: set(session.exec(select(Person.code)).all()))
    assert stored == {"P1", "P2", "P3"}


def test_a_dry_run_counts_the_end_and_keeps_the_role(database: Database, tmp_path: Path) -> None:
    load(database, as_csv(tmp_path / "first", good()))
    before = roles(database)
    paths = as_csv(tmp_path / "end", people(["P2", MINH, "C1", "-member", "", ""]))
    assert load(database, paths, dry_run=True).tables["memberships"].ended == 1
    assert roles(database) == before


def test_one_role_may_end_where_another_begins(database: Database, tmp_path: Path) -> None:
    load(database, as_csv(tmp_path / "first", good()))
    rows = people(
        ["P2", MINH, "C1", "secretary", "", ""],
        ["P2", MINH, "C1", "-member", "", ""],
    )
    paths = as_csv(tmp_path / "moved", rows)
    load(database, paths)
    assert {each for each in roles(database) if each[0] == "P2"} == {("P2", "C1", "secretary")}
    assert load(database, paths).changes_nothing


def test_a_role_given_and_ended_in_one_file_is_a_mistake_that_names_both_rows(
    database: Database, tmp_path: Path
) -> None:
    load(database, as_csv(tmp_path / "first", good()))
    rows = people(
        ["P2", MINH, "C1", "member", "", ""],
        ["P2", MINH, "C1", "-member", "", ""],
    )
    told = lines(mistakes(database, as_csv(tmp_path / "both", rows)))
    (line,) = told
    assert line.startswith("people.csv, row 3, column role: ")
    assert line.endswith("One row gives this role, another ends it: people.csv, row 2.")
    assert ("P2", "C1", "member") in roles(database)


def test_a_duty_of_somebody_whom_only_an_ending_row_names_is_a_mistake(
    database: Database, tmp_path: Path
) -> None:
    load(database, as_csv(tmp_path / "first", good()))
    tables = people(["P9", "Không Ai Biết", "C1", "-member", "", ""])
    tables["duties"] = [good()["duties"][0], ["Q1", "P9", "2026-02-01", ""]]
    (told,) = lines(mistakes(database, as_csv(tmp_path / "duty", tables)))
    assert told.endswith("column person_code: There is no person P9.")
