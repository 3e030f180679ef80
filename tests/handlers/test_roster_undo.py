"""An import is taken back from its own entry in the audit log, as if it had never been."""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from handlers.roster import CannotUndo, EndsMuch, RosterMistakes, undo_import
from storage.database import Database
from storage.queries.audit import entries, verify
from storage.queries.roster import stored_roster
from storage.queries.roster_state import State, roster_state
from storage.tables import Link, Rating, Unit
from tests.handlers.rosters import (
    ON,
    SAY,
    ZONE,
    Tables,
    as_csv,
    counts,
    good,
    load,
    only,
    past_roles,
    roles,
    take_back,
)

LAN, MINH, HOA = "Nguyễn Thị Lan", "Trần Văn Minh", "Lê Thị Hoa"
LIFE = ("from", "to", "merged_into")


@pytest.fixture
def files(database: Database, tmp_path: Path) -> Path:
    """The good roster is in; a folder for the files that follow."""
    load(database, as_csv(tmp_path / "first", good()))
    return tmp_path


def state(database: Database) -> State:
    return database.run_now(roster_state)


def reorganised() -> Tables:
    """C1 is merged into a new unit, Minh leaves for C2, a desk and a duty are new, one duty ends."""
    return {
        "units": [
            [*good()["units"][0], *LIFE],
            ["N", "Chi đoàn mới", "chi đoàn", "TD", "", "", "", ""],
            ["C1", "Chi đoàn Sở Nội vụ", "chi đoàn", "TD", "", "", "", "N"],
            ["C2", "Tên mới", "chi đoàn", "N", "có", "", "", ""],
        ],
        "people": [
            good()["people"][0],
            ["P2", "Trần Văn Minh Mới", "C2", "member", "Phó", "minh@danang.example.vn"],
            ["P7", "Hồ Thị An", "N", "member", "", ""],
        ],
        "desks": [good()["desks"][0], ["Q7", "Quầy 7", "N", ""], ["Q2", "Quầy hai", "N", ""]],
        "duties": [
            good()["duties"][0],
            ["Q7", "P7", "2026-11-01", ""],
            ["Q1", "P1", "2026-01-01", "2026-10-31"],
        ],
    }


def test_after_an_undo_everything_is_as_it_was(database: Database, files: Path) -> None:
    before = state(database)
    done = load(database, as_csv(files, reorganised()))
    assert state(database) != before
    take_back(database, done.number)
    assert state(database) == before


def test_the_first_roster_can_be_taken_back_whole(database: Database, tmp_path: Path) -> None:
    done = load(database, as_csv(tmp_path, good()))
    report = take_back(database, done.number)
    assert not any(state(database).values())
    assert (report.removed, report.kept) == (15, [])


def test_the_same_file_can_be_imported_after_its_undo(database: Database, files: Path) -> None:
    paths = as_csv(files, reorganised())
    first = load(database, paths)
    after = state(database)
    take_back(database, first.number)
    second = load(database, paths)
    assert counts(second) == counts(first)
    take_back(database, second.number)
    assert state(database) != after


def test_the_undo_is_itself_in_the_log_and_the_chain_holds(database: Database, files: Path) -> None:
    done = load(database, as_csv(files, reorganised()))
    take_back(database, done.number)

    def work(session: Session) -> None:
        (undone,) = entries(session, action="roster.undo")
        assert undone.details is not None
        assert (undone.by, undone.details["import"]) == ("operator", done.number)
        assert verify(session) is None

    database.run_now(work)


def test_nothing_is_undone_twice(database: Database, files: Path) -> None:
    done = load(database, as_csv(files, reorganised()))
    take_back(database, done.number)
    with pytest.raises(CannotUndo) as caught:
        take_back(database, done.number)
    assert caught.value.lines == (f"Import {done.number} has been undone already.",)


def test_what_is_no_import_is_not_undone(database: Database, files: Path) -> None:
    done = load(database, as_csv(files, reorganised()))
    take_back(database, done.number)
    assert done.number is not None
    for number in (0, done.number + 1, 999):
        with pytest.raises(CannotUndo) as caught:
            take_back(database, number)
        assert caught.value.lines[0] == f"Entry {number} of the audit log is no import."
        again = ("To have an import back, import the file again.",)
        assert caught.value.lines[1:] == (again if number == done.number + 1 else ())


def test_what_was_changed_since_is_named_and_nothing_is_undone(
    database: Database, files: Path
) -> None:
    done = load(database, as_csv(files / "a", only("people", ["P2", MINH, "C2", "member", "", ""])))
    later = load(
        database, as_csv(files / "b", only("people", ["P2", MINH, "TD", "member", "", ""]))
    )
    now = state(database)
    with pytest.raises(CannotUndo) as caught:
        take_back(database, done.number)
    assert caught.value.lines == (
        "This has been changed since: membership P2 C2 member.",
        "Nothing was undone. Undo the later import first, or change it back.",
    )
    assert state(database) == now
    take_back(database, later.number)
    take_back(database, done.number)
    assert roles(database)["P2", "C1", "member"] is None
    assert past_roles(database) == set()


def test_a_later_import_that_touched_something_else_is_no_obstacle(
    database: Database, files: Path
) -> None:
    done = load(database, as_csv(files / "a", only("people", ["P2", MINH, "C2", "member", "", ""])))
    load(database, as_csv(files / "b", only("desks", ["Q2", "Quầy hai", "C2", ""])))
    take_back(database, done.number)
    assert roles(database)["P2", "C1", "member"] is None
    assert database.run_now(stored_roster).desks["Q2"].name == "Quầy hai"


def test_what_is_new_and_in_use_by_now_is_closed_and_not_deleted(
    database: Database, files: Path
) -> None:
    done = load(database, as_csv(files, reorganised()))
    stored = database.run_now(stored_roster)

    def use(session: Session) -> None:
        desk, unit = stored.desks["Q7"].id, stored.units["N"].id
        session.add(
            Rating(
                day=ON, desk_id=desk, unit_id=unit, attribution="nobody", level=5, channel="web",
                scheme=1, notice="1",
            )
        )  # fmt: skip
        session.add(
            Link(
                person_id=stored.people["P7"].id, channel="web", chat="c", address="a",
                notice="1", since=ON,
            )
        )  # fmt: skip

    database.run_now(use)
    report = take_back(database, done.number)
    assert report.kept == ["Q7", "P7", "N"]
    after = database.run_now(stored_roster)
    assert (after.units["N"].until, after.desks["Q7"].until) == (ON, ON)
    assert not {key for key in roles(database) if key[0] == "P7"}
    assert "P7" in after.people


def test_what_came_later_is_not_left_in_a_closed_unit(database: Database, files: Path) -> None:
    done = load(database, as_csv(files, only("units", ["N", "Chi đoàn mới", "", "TD", ""])))

    def hang(session: Session) -> None:
        parent = session.exec(select(Unit).where(Unit.code == "N")).one()
        session.add(Unit(code="X", name="X", folded="x", parent_id=parent.id))

    database.run_now(hang)
    with pytest.raises(CannotUndo) as caught:
        take_back(database, done.number)
    assert caught.value.lines[0] == "This came later and would be left in a closed unit: X."
    assert database.run_now(stored_roster).units["N"].until is None


def test_an_undo_that_ends_much_is_agreed_first(database: Database, tmp_path: Path) -> None:
    done = load(database, as_csv(tmp_path, good()))
    before = state(database)
    with pytest.raises(EndsMuch):
        take_back(database, done.number, may_end=False)
    assert state(database) == before
    take_back(database, done.number, may_end=False, dry_run=True)
    assert state(database) == before


def test_the_progress_of_an_undo_reaches_its_end(database: Database, files: Path) -> None:
    done = load(database, as_csv(files, reorganised()))
    steps: list[tuple[int, int]] = []
    take_back(database, done.number, progress=lambda *step: steps.append(step))
    assert steps[0][0] == 0
    assert steps[-1][0] == steps[-1][1]


def organisation(dice: random.Random) -> Tables:
    """Any reorganisation of U0 to U7, M0 to M19 and T0 to T7; many are mistakes."""
    units = [[*good()["units"][0], *LIFE]]
    for n in dice.sample(range(10), dice.randint(0, 5)):
        into = f"U{dice.randrange(8)}" if dice.random() < 0.15 else ""
        to = "2026-11-15" if into and dice.random() < 0.5 else ""
        parent = "" if n == 0 else f"U{dice.choice([0, 0, 0, dice.randrange(n)])}"
        pilot = "x" if dice.random() < 0.1 else ""
        since, name = dice.choice(["", "", "", "2026-10-20"]), f"Đơn vị {dice.randrange(3)}"
        units.append([f"U{n}", name, "", parent, pilot, since, to, into])
    people = [[*good()["people"][0], "from", "to"]]
    for n in dice.sample(range(24), dice.randint(0, 12)):
        role = dice.choice(["member", "member", "secretary", "-member"])
        since, until = dice.choice(["", "", "", "2026-10-15"]), dice.choice(["", "", "", ON])
        name, unit = f"Người {dice.randrange(3)}", f"U{dice.randrange(8)}"
        people.append([f"M{n}", name, unit, role, "", "", since, until])
    desks = [[*good()["desks"][0], "to"]]
    for n in dice.sample(range(10), dice.randint(0, 4)):
        to = dice.choice(["", "", "2026-11-20"])
        desks.append([f"T{n}", f"Quầy {dice.randrange(2)}", f"U{dice.randrange(8)}", "", to])
    duties = [good()["duties"][0]]
    for n in dice.sample(range(8), dice.randint(0, 4)):
        end = dice.choice(["", "2026-11-20"])
        duties.append([f"T{n}", f"M{n}", dice.choice(["2026-01-01", "2026-12-01"]), end])
    tables = {"units": units, "people": people, "desks": desks, "duties": duties}
    return {name: rows for name, rows in tables.items() if len(rows) > 1 or name == "units"}


def founded() -> Tables:
    heads = {name: rows[0] for name, rows in good().items()}
    return {
        "units": [heads["units"]]
        + [[f"U{n}", f"Đơn vị {n}", "", "U0" if n else "", ""] for n in range(8)],
        "people": [heads["people"]]
        + [[f"M{n}", f"Người {n}", f"U{n % 8}", "member", "", ""] for n in range(20)]
        + [[f"M{n}", f"Người {n}", f"U{n}", "secretary", "", ""] for n in range(4)],
        "desks": [heads["desks"]] + [[f"T{n}", f"Quầy {n}", f"U{n}", ""] for n in range(8)],
        "duties": [heads["duties"]] + [[f"T{n}", f"M{n}", "2026-01-01", ""] for n in range(8)],
    }


def test_any_reorganisation_can_be_taken_back(database: Database, tmp_path: Path) -> None:
    load(database, as_csv(tmp_path / "founded", founded()), on=date(2026, 1, 1))
    first = state(database)
    taken = 0

    @settings(suppress_health_check=[HealthCheck.too_slow])
    @given(st.randoms(use_true_random=False), st.booleans(), st.integers(1, 30))
    def check(dice: random.Random, complete: bool, ago: int) -> None:
        nonlocal taken
        drawn = [organisation(dice), organisation(dice)]  # before anything is stored
        done: list[tuple[State, int]] = []
        for day, tables in zip((ON - timedelta(days=ago), ON), drawn, strict=True):
            before, paths = state(database), as_csv(tmp_path / f"{day}", tables)
            try:
                report = load(database, paths, on=day, complete=complete)
            except RosterMistakes:
                assert state(database) == before
                continue
            if report.number is not None:
                taken += 1
                done.append((before, report.number))
                assert load(database, paths, on=day, complete=complete).changes_nothing
        for before, number in reversed(done):
            take_back(database, number)
            assert state(database) == before
        assert state(database) == first

    check()
    assert taken


def test_an_undo_days_later_still_restores_and_says_from_which_day(
    database: Database, files: Path
) -> None:
    before = state(database)
    done = load(database, as_csv(files, reorganised()))

    def work(session: Session) -> Any:
        assert done.number is not None
        now = datetime(2026, 12, 1, 2, tzinfo=UTC)
        return undo_import(session, done.number, ZONE, SAY, now=now)

    assert database.run_now(work).on == ON
    assert state(database) == before


def test_the_catalogue_of_pledges_is_not_undone_and_that_is_said(
    database: Database, files: Path
) -> None:
    axes: Tables = {
        "axes": [["code", "label_vi", "label_en"], ["work", "Với công việc mới", "To the work"]]
    }
    alone = load(database, as_csv(files / "a", axes))
    with pytest.raises(CannotUndo) as caught:
        take_back(database, alone.number)
    assert caught.value.lines[0].startswith(f"Import {alone.number} changed only what members")
    axes["axes"][1][1] = "Với việc chung"
    both = {**axes, **only("desks", ["Q2", "Quầy hai", "C2", ""])}
    assert take_back(database, load(database, as_csv(files / "b", both)).number).catalogue
