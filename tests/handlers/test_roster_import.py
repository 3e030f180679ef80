"""A roster is stored whole or not at all; importing it again changes nothing."""

import copy
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from handlers.roster import import_roster, read_files
from storage.database import Database, keys_of
from storage.keys import Keys
from storage.tables import Desk, Duty, Membership, Person, Unit
from tests.handlers.rosters import (
    ON,
    SAY,
    ZONE,
    Tables,
    as_csv,
    as_workbook,
    counts,
    good,
    load,
    refused,
)

TABLES = (Unit, Person, Membership, Desk, Duty)


def dump(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Everything stored, ids and sealed text included."""
    return database.run_now(
        lambda session: {
            model.__tablename__: sorted(
                tuple(row) for row in session.execute(select(model.__table__))
            )
            for model in TABLES
        }
    )


def big() -> Tables:
    """200 rows without a mistake: 20 units, 100 people, 30 desks, 50 duties.

    Nobody names units from U15, people from P50 and desks from Q20 on.
    """
    tables = good()
    heads = {name: rows[0] for name, rows in tables.items()}
    return {
        "units": [heads["units"]]
        + [[f"U{n}", f"Chi đoàn số {n}", "chi đoàn", "U0" if n else "", ""] for n in range(20)],
        "people": [heads["people"]]
        + [
            [f"P{n}", f"Nguyễn Văn {n}", f"U{n % 15}", "member", "", f"p{n}@example.vn"]
            for n in range(100)
        ],
        "desks": [heads["desks"]]
        + [[f"Q{n}", f"Quầy {n}", f"U{n % 15}", "không"] for n in range(30)],
        "duties": [heads["duties"]]
        + [[f"Q{n % 20}", f"P{n}", "2026-01-01", "2026-12-31"] for n in range(50)],
    }


def spoil(tables: Tables) -> list[tuple[str, int, str]]:
    """Put twelve different mistakes in; tells where (sheet, row, column)."""
    units, people, desks, duties = tables.values()
    units[16][4] = "có thể"  # neither yes nor no
    units[17][0] = "U1"  # a code that U1 has already
    units[18][3] = "U99"  # no such parent
    people[59][1] = ""  # no name
    people[64][5] = "p63(at)example.vn"
    people[71][3] = "boss"
    people[84] = ["P3", "Người Khác", "U0", "member", "", ""]  # P3 has another name
    people[90][1] = "Bùi Thị " + "Dài" * 70
    desks[24][0] = "QA"  # no digit
    desks[25][2] = ""  # no unit
    duties[2][3] = "2025-12-31"  # ends before it begins
    duties[26][2] = "31/02/2026"
    return [
        ("units", 17, "pilot"),
        ("units", 18, "code"),
        ("units", 19, "parent_code"),
        ("people", 60, "full_name"),
        ("people", 65, "email"),
        ("people", 72, "role"),
        ("people", 85, "full_name"),
        ("people", 91, "full_name"),
        ("desks", 25, "code"),
        ("desks", 26, "unit_code"),
        ("duties", 3, "to"),
        ("duties", 27, "from"),
    ]


def written(folder: Path, tables: Tables, form: str) -> list[Path]:
    return as_csv(folder, tables) if form == "csv" else [as_workbook(folder / "r.xlsx", tables)]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_bad_roster_is_told_mistake_by_mistake_and_mended_is_stored_once(
    database: Database, tmp_path: Path, form: str
) -> None:
    bad = big()
    assert sum(len(rows) - 1 for rows in bad.values()) == 200
    places = spoil(bad)
    (tmp_path / "bad").mkdir()

    errors = refused(database, written(tmp_path / "bad", bad, form))

    told = [(e.sheet or e.file.removesuffix(".csv"), e.row, e.column) for e in errors]
    assert told == places
    assert len({e.reason for e in errors}) == 11  # two cells are empty that must not be
    assert all(not rows for rows in dump(database).values())

    mended = written(tmp_path, big(), form)
    report = load(database, mended)
    assert counts(report) == {
        "units": (20, 0, 0),
        "people": (100, 0, 0),
        "memberships": (100, 0, 0),
        "desks": (30, 0, 0),
        "duties": (50, 0, 0),
    }
    stored = dump(database)

    again = load(database, mended)
    assert again.changes_nothing
    assert dump(database) == stored


def test_a_dry_run_counts_and_stores_nothing(database: Database, tmp_path: Path) -> None:
    report = load(database, as_csv(tmp_path, good()), dry_run=True)
    assert report.dry_run
    assert counts(report)["units"] == (3, 0, 0)
    assert all(not rows for rows in dump(database).values())


def test_what_is_stored_is_what_the_rows_say(database: Database, tmp_path: Path) -> None:
    load(database, [as_workbook(tmp_path / "roster.xlsx", good())])

    def look(session: Any) -> None:
        city, first = (
            session.execute(select(Unit).where(Unit.code == code)).scalar_one()
            for code in ("TD", "C1")
        )
        assert (first.parent_id, first.pilot, first.folded) == (city.id, True, "chi doan so noi vu")
        desks = {desk.code: desk for desk in session.execute(select(Desk)).scalars()}
        assert set(desks) == {"Q1", "Q2"}
        assert desks["Q2"].multi_agency
        assert desks["Q1"].folded == "quay 1 ho tich"
        lan = session.execute(select(Person).where(Person.code == "P1")).scalar_one()
        assert "lan@" not in lan.email
        assert keys_of(session).open(lan.email) == "lan@danang.example.vn"
        assert lan.position == "Chuyên viên"
        places = session.execute(select(Membership).where(Membership.person_id == lan.id)).scalars()
        assert sorted(place.role for place in places) == ["member", "secretary"]

    database.run_now(look)


def test_days_are_local_and_a_last_day_counts_whole(database: Database, tmp_path: Path) -> None:
    load(database, as_csv(tmp_path, good()))
    duties = database.run_now(
        lambda session: [
            (row.starts, row.ends)
            for row in session.execute(select(Duty).order_by(Duty.person_id)).scalars()
        ]
    )
    assert duties == [
        (datetime(2025, 12, 31, 17, tzinfo=UTC), None),
        (datetime(2026, 1, 4, 17, tzinfo=UTC), datetime(2026, 1, 9, 17, tzinfo=UTC)),
        (datetime(2026, 1, 5, 0, 30, tzinfo=UTC), datetime(2026, 1, 5, 4, 30, tzinfo=UTC)),
    ]


def test_changed_values_are_changed_and_absent_rows_stay(
    database: Database, tmp_path: Path
) -> None:
    load(database, as_csv(tmp_path / "first", good()))
    later = {
        "units": [good()["units"][0], ["C2", "Chi đoàn Tư pháp", "chi đoàn", "C1", ""]],
        "people": [
            good()["people"][0],
            ["P3", "Lê Thị Hoa", "C2", "secretary", "Cán sự", "hoa@danang.example.vn"],
        ],
        "duties": [good()["duties"][0], ["q1", "P1", "2026-01-01", "2026-06-30"]],
    }
    report = load(database, as_csv(tmp_path / "later", later))
    assert counts(report) == {
        "units": (0, 1, 0),
        "people": (0, 1, 0),
        "memberships": (0, 1, 0),
        "desks": (0, 0, 0),
        "duties": (0, 1, 0),
    }

    def look(session: Any) -> None:
        names = dict(session.execute(select(Unit.code, Unit.name)).all())
        assert names["C2"] == "Chi đoàn Tư pháp"
        assert len(names) == 3
        roles = session.execute(
            select(Membership.role)
            .join(Person, Person.id == Membership.person_id)
            .where(Person.code == "P3")
        ).scalars()
        assert list(roles) == ["secretary"]
        ends = session.execute(select(Duty.ends).where(Duty.ends.is_not(None))).scalars()
        assert datetime(2026, 6, 30, 17, tzinfo=UTC) in list(ends)
        assert session.execute(select(func.count()).select_from(Duty)).scalar_one() == 3

    database.run_now(look)


def test_an_email_sealed_under_a_lost_secret_is_sealed_anew(
    database: Database, tmp_path: Path
) -> None:
    paths = as_csv(tmp_path, good())
    load(database, paths)
    roster = read_files(paths, SAY)

    def under_another_secret(session: Any) -> Any:
        session.info["keys"] = Keys("another secret of enough characters, really")
        return import_roster(session, roster, ZONE, SAY, on=ON)

    report = database.run_now(under_another_secret)
    assert counts(report)["people"] == (0, 1, 2)


def test_parents_desks_and_people_may_stand_in_the_database(
    database: Database, tmp_path: Path
) -> None:
    load(database, as_csv(tmp_path / "first", good()))
    more = {
        "units": [good()["units"][0], ["C3", "Chi đoàn Thuế", "", "C1", ""]],
        "duties": [good()["duties"][0], ["Q2", "P1", "2026-02-01", ""]],
    }
    report = load(database, as_csv(tmp_path / "more", more))
    assert counts(report)["units"] == (1, 0, 0)
    assert counts(report)["duties"] == (1, 0, 0)


def test_children_may_come_before_their_parents(database: Database, tmp_path: Path) -> None:
    tables = good()
    tables["units"][1:] = tables["units"][:0:-1]
    load(database, as_csv(tmp_path, tables))
    parents = database.run_now(
        lambda session: [
            row[0] for row in session.execute(select(Unit.parent_id).order_by(Unit.code))
        ]
    )
    assert [parent is None for parent in parents] == [False, False, True]


def test_two_imports_at_once_come_one_after_the_other(database: Database, tmp_path: Path) -> None:
    paths = as_csv(tmp_path, big())
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda _: load(database, paths), range(2)))
    assert sorted(report.changes_nothing for report in reports) == [False, True]


def test_progress_reaches_its_end(database: Database, tmp_path: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    rows: list[int] = []
    roster = read_files(as_csv(tmp_path, good()), SAY, rows.append)
    database.run_now(
        lambda session: import_roster(
            session, roster, ZONE, SAY, on=ON, progress=lambda *step: steps.append(step)
        )
    )
    assert rows == list(range(1, 13))
    last = {step: (done, total) for step, done, total in steps}
    assert set(last) == {"check", "store"}
    assert all(done == total for done, total in last.values())


@pytest.mark.everything
@pytest.mark.one_database
def test_a_roster_of_a_province_is_taken_in(database: Database, tmp_path: Path) -> None:
    tables = copy.deepcopy(good())
    tables["units"] += [[f"U{n}", f"Đoàn cơ sở {n}", "", "TD", ""] for n in range(72)]
    tables["people"] += [
        [f"M{n}", f"Đoàn viên {n}", f"U{n % 72}", "member", "", f"m{n}@example.vn"]
        for n in range(4000)
    ]
    tables["desks"] += [[f"T{n}", f"Quầy số {n}", f"U{n % 72}", ""] for n in range(300)]
    tables["duties"] += [
        [
            f"T{n % 300}",
            f"M{n % 4000}",
            *(("2026-01-01", "2026-05-31"), ("2026-07-01", ""))[n // 4000],
        ]
        for n in range(5000)
    ]
    path = as_workbook(tmp_path / "province.xlsx", tables)
    load(database, [path])
    assert load(database, [path]).changes_nothing
