"""Exports of what was: units and roles that ended, ratings under the tree of their days."""

from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session, select

from handlers.documents.spreadsheets import WRITERS, replacing
from handlers.exports import EXPORTS, Wish
from storage.database import Database
from storage.queries.ended_roles import end_role
from storage.queries.past import change_unit
from storage.tables import Desk, Duty, Membership, Person, Unit
from tests.handlers.rosters import SAY, as_csv, good, load
from tests.handlers.test_exports import exported, ids, rate

OCTOBER = Wish(date(2026, 10, 1), date(2026, 10, 31))
NOVEMBER = Wish(date(2026, 11, 1), date(2026, 11, 30))
DECEMBER = Wish(date(2026, 12, 1), date(2026, 12, 31))


@pytest.fixture
def reorganised(database: Database, tmp_path: Path) -> Database:
    """From 16 November on C1 lies under X, is called otherwise, and took over C2 with its people and
    its desk; Trần Văn Minh left."""
    load(database, as_csv(tmp_path / "roster", good()))

    def work(session: Session) -> None:
        on, last = date(2026, 11, 16), date(2026, 11, 15)
        units = {each.code: each for each in session.exec(select(Unit))}
        people = {each.code: each.id for each in session.exec(select(Person))}
        new = Unit(
            code="X", name="Đoàn xã X", folded="doan xa x", since=on, parent_id=units["TD"].id
        )
        session.add(new)
        session.flush()
        change_unit(session, units["C1"], on, name="Chi đoàn Một", parent_id=new.id)
        change_unit(session, units["C2"], on, until=last, merged_into_id=units["C1"].id)
        for desk in session.exec(select(Desk)):
            desk.unit_id = units["C1"].id or 0
        for role in session.exec(select(Membership)).all():
            if role.unit_id == units["C2"].id or role.person_id == people["P2"]:
                end_role(session, role.id or 0, on)
        for code in ("P1", "P3"):
            session.add(
                Membership(
                    person_id=people[code] or 0,
                    unit_id=units["C1"].id or 0,
                    role="member",
                    since=on,
                )
            )

    database.run_now(work)
    return database


def test_without_days_only_what_is_open_comes_out(reorganised: Database) -> None:
    assert exported(reorganised, "units")[1:] == [
        ["C1", "Chi đoàn Một", "chi đoàn", "X", "yes", "2026-11-16", "", ""],
        ["TD", "Thành Đoàn Đà Nẵng", "Thành Đoàn", "", "no", "", "", ""],
        ["X", "Đoàn xã X", "", "TD", "no", "2026-11-16", "", ""],
    ]
    assert [(row[0], *row[2:4], *row[6:]) for row in exported(reorganised, "people")[1:]] == [
        ("P1", "C1", "member", "2026-11-16", ""),
        ("P1", "C1", "secretary", "", ""),
        ("P3", "C1", "member", "2026-11-16", ""),
    ]


def test_with_days_everything_comes_out_that_was_then_and_how_long(reorganised: Database) -> None:
    assert exported(reorganised, "units", OCTOBER)[1:] == [
        ["C1", "Chi đoàn Sở Nội vụ", "chi đoàn", "TD", "yes", "", "", ""],
        ["C2", "Chi đoàn Sở Tư pháp", "chi đoàn", "TD", "no", "", "2026-11-15", "C1"],
        ["TD", "Thành Đoàn Đà Nẵng", "Thành Đoàn", "", "no", "", "", ""],
    ]
    assert [(row[0], row[3]) for row in exported(reorganised, "units", NOVEMBER)[1:]] == [
        ("C1", "TD"), ("C1", "X"), ("C2", "TD"), ("TD", ""), ("X", "TD"),
    ]  # fmt: skip
    assert [row[0] for row in exported(reorganised, "units", DECEMBER)[1:]] == ["C1", "TD", "X"]


def test_roles_that_ended_stand_in_the_days_they_were_held(reorganised: Database) -> None:
    def of(wish: Wish) -> list[tuple[str, ...]]:
        return [(row[0], *row[2:4], *row[6:]) for row in exported(reorganised, "people", wish)[1:]]

    assert of(OCTOBER) == [
        ("P1", "C1", "secretary", "", ""),
        ("P1", "C2", "member", "", "2026-11-15"),
        ("P2", "C1", "member", "", "2026-11-15"),
        ("P3", "C2", "member", "", "2026-11-15"),
    ]
    assert len(of(NOVEMBER)) == 6
    assert of(DECEMBER) == [
        ("P1", "C1", "member", "2026-11-16", ""),
        ("P1", "C1", "secretary", "", ""),
        ("P3", "C1", "member", "2026-11-16", ""),
    ]


def test_a_unit_of_past_days_has_those_below_it_of_then(reorganised: Database) -> None:
    def work(session: Session) -> None:
        rate(session, "before", date(2026, 10, 20), "Q1")
        rate(session, "between", date(2026, 11, 10), "Q1")
        rate(session, "after", date(2026, 12, 1), "Q1")

    reorganised.run_now(work)

    def of(unit: str, wish: Wish) -> list[str]:
        return ids(exported(reorganised, "ratings", Wish(wish.since, wish.until, unit)))

    assert of("X", OCTOBER) == []
    assert of("TD", OCTOBER) == ["before"]
    assert of("X", NOVEMBER) == ["between"]
    assert of("X", DECEMBER) == ["after"]
    assert of("X", Wish()) == ["before", "between", "after"]


def test_a_closed_desk_stands_in_the_days_it_was_open(reorganised: Database) -> None:
    def close(session: Session) -> None:
        desk = session.exec(select(Desk).where(Desk.code == "Q2")).one()
        desk.until = date(2026, 11, 15)
        session.add(desk)

    reorganised.run_now(close)
    assert exported(reorganised, "desks") == [
        [*good()["desks"][0], "to"],
        ["Q1", "Quầy 1 – Hộ tịch", "C1", "no", ""],
    ]
    assert ids(exported(reorganised, "desks", NOVEMBER)) == ["Q1", "Q2"]
    assert ids(exported(reorganised, "desks", DECEMBER)) == ["Q1"]


@pytest.mark.parametrize(
    ("wish", "people"),
    [
        (Wish(), ["P1", "P2", "P3"]),
        (Wish(since=date(2026, 1, 9)), ["P1", "P2"]),
        (Wish(since=date(2026, 1, 10)), ["P1"]),
        (Wish(until=date(2026, 1, 4)), ["P1"]),
        (Wish(unit="C2"), ["P3"]),
    ],
)
def test_duties_are_those_that_touch_the_days(
    database: Database, tmp_path: Path, wish: Wish, people: list[str]
) -> None:
    load(database, as_csv(tmp_path / "roster", good()))
    assert [row[1] for row in exported(database, "duties", wish)[1:]] == people


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_roster_with_a_history_is_exported_and_imported_again_unchanged(
    reorganised: Database, tmp_path: Path, form: str
) -> None:
    def write(what: str) -> Path:
        path = tmp_path / f"{what}.{form}"

        def work(session: Session) -> None:
            with replacing(path) as stream:
                WRITERS[form](EXPORTS[what].table(session, Wish(), SAY), stream, None)

        reorganised.read_now(work)
        return path

    report = load(reorganised, [write(each) for each in ("units", "people", "desks", "duties")])
    assert report.changes_nothing


def test_a_shift_begun_in_chat_is_not_the_rosters(database: Database, tmp_path: Path) -> None:
    load(database, as_csv(tmp_path / "roster", good()))

    def to_chat(session: Session) -> None:
        for duty in session.exec(select(Duty)):
            duty.origin = "chat"

    database.run_now(to_chat)
    assert exported(database, "duties")[1:] == []
