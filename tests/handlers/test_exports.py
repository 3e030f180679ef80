"""Exports hold exactly the promised columns, sorted by what they say."""

import csv
import io
import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlmodel import Session, select

from handlers.documents.spreadsheets import WRITERS, replacing
from handlers.errors import Refused
from handlers.exports import EXPORTS, Wish
from storage.database import Database, keys_of
from storage.keys import Keys
from storage.tables import Answer, Desk, Person, Rating, Unit
from tests.conftest import Clock
from tests.handlers.digest.branch import Branch
from tests.handlers.rosters import SAY, Tables, as_csv, counts, good, load

MONDAY, TUESDAY, WEDNESDAY = (date(2026, 11, day) for day in (16, 17, 18))


@pytest.fixture
def filled(database: Database, tmp_path: Path) -> Database:
    """The small roster: TD above C1 (desk Q1) and C2 (desk Q2)."""
    load(database, as_csv(tmp_path / "roster", good()))
    return database


@pytest.fixture
def branch(database: Database, clock: Clock) -> Branch:
    return Branch(database, clock)


def rate(
    session: Session,
    name: str,
    day: date,
    desk: str,
    person: str | None = None,
    level: int | None = 5,
    **more: Any,
) -> None:
    """Store one rating; `name` becomes its id."""

    def found(model: type[Any], code: str | None) -> Any:
        return session.execute(select(model).where(model.code == code)).scalar_one_or_none()

    at = found(Desk, desk)
    comment = more.pop("comment", "")
    values = {
        "unit_id": at.unit_id,
        "attribution": "duty",
        "channel": "web",
        "scheme": 1,
        "notice": "1",
        "status": "active" if level else "withdrawn",
        **more,
    }
    sealed = keys_of(session).seal(comment) if comment else None
    member = getattr(found(Person, person), "id", None)
    session.add(
        Rating(
            id=name, day=day, desk_id=at.id, member_id=member, level=level, comment=sealed, **values
        )
    )
    session.flush()


def exported(database: Database, what: str, wish: Wish = Wish()) -> list[list[str]]:  # noqa: B008
    """The CSV of an export, as cells."""

    def work(session: Session) -> bytes:
        stream = io.BytesIO()
        WRITERS["csv"](EXPORTS[what].table(session, wish, SAY), stream, None)
        return stream.getvalue()

    text = database.read_now(work).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def ids(rows: Sequence[Sequence[str]]) -> list[str]:
    return [row[0] for row in rows[1:]]


def test_a_rating_comes_out_in_the_promised_columns(filled: Database) -> None:
    filled.run_now(
        lambda session: rate(
            session, "r1", MONDAY, "Q1", "P1",
            reasons="high/nd1;high/cv4", comment="=Cảm ơn, rất nhanh", channel="telegram",
        )
    )  # fmt: skip
    assert exported(filled, "ratings") == [
        ["id", "date", "unit_code", "desk_code", "person_code", "level", "reasons", "comment",
         "channel", "status"],
        ["r1", "2026-11-16", "C1", "Q1", "P1", "5", "high/nd1;high/cv4", "'=Cảm ơn, rất nhanh",
         "telegram", "active"],
    ]  # fmt: skip


def test_the_unit_is_the_one_the_rating_was_given_to(filled: Database) -> None:
    def work(session: Session) -> None:
        other = session.execute(select(Unit.id).where(Unit.code == "C2")).scalar_one()
        rate(session, "r1", MONDAY, "Q1", "P1", unit_id=other)

    filled.run_now(work)
    assert exported(filled, "ratings")[1][2:5] == ["C2", "Q1", "P1"]


def test_nobody_on_duty_leaves_the_person_empty(filled: Database) -> None:
    filled.run_now(lambda session: rate(session, "r1", MONDAY, "Q1", attribution="nobody"))
    assert exported(filled, "ratings")[1][4] == ""


def test_of_a_withdrawn_rating_no_content_is_left(filled: Database) -> None:
    filled.run_now(lambda session: rate(session, "r1", MONDAY, "Q1", "P1", level=None))
    assert exported(filled, "ratings")[1][5:] == ["", "", "", "web", "withdrawn"]


def test_neither_the_order_of_arrival_nor_the_ids_show_in_the_order(filled: Database) -> None:
    encounters: list[tuple[str, date, str, str | None, int | None]] = [
        ("b", MONDAY, "Q1", None, 4),
        ("z", MONDAY, "Q1", "P1", 2),
        ("a", MONDAY, "Q1", "P1", 5),
        ("m", MONDAY, "Q1", "P2", 1),
        ("y", MONDAY, "Q2", "P3", None),
        ("x", MONDAY, "Q2", "P3", 3),
        ("c", TUESDAY, "Q1", "P1", 1),
    ]
    expected = [name for name, *_ in encounters]
    shuffled = random.Random(7).sample(encounters, len(encounters))

    def work(session: Session) -> None:
        for each in shuffled:
            rate(session, *each)

    filled.run_now(work)
    assert ids(exported(filled, "ratings")) == expected


def test_days_are_inclusive_and_a_unit_takes_those_below_along(filled: Database) -> None:
    def work(session: Session) -> None:
        rate(session, "mon", MONDAY, "Q1", "P1")
        rate(session, "tue", TUESDAY, "Q2", "P3")
        rate(session, "wed", WEDNESDAY, "Q1", "P1")

    filled.run_now(work)
    wishes = {
        Wish(since=TUESDAY): ["tue", "wed"],
        Wish(until=TUESDAY): ["mon", "tue"],
        Wish(since=TUESDAY, until=TUESDAY): ["tue"],
        Wish(unit="C1"): ["mon", "wed"],
        Wish(unit="TD"): ["mon", "tue", "wed"],
        Wish(unit="C2", until=MONDAY): [],
    }
    for wish, expected in wishes.items():
        assert ids(exported(filled, "ratings", wish)) == expected


@pytest.mark.parametrize("what", EXPORTS)
def test_an_unknown_unit_is_refused(filled: Database, what: str) -> None:
    with pytest.raises(Refused) as refused:
        exported(filled, what, Wish(unit="C9"))
    assert refused.value.wording == "There is no unit C9."


@pytest.mark.parametrize("what", ["ratings", "people"])
def test_a_lost_secret_is_told_instead_of_dropping_what_it_sealed(
    filled: Database, what: str
) -> None:
    filled.run_now(lambda session: rate(session, "r1", MONDAY, "Q1", comment="Cảm ơn"))
    filled.keys = Keys("another secret of enough characters, really")
    with pytest.raises(Refused, match="unknown secret"):
        exported(filled, what)


def test_units_and_people_come_out_in_the_columns_of_the_roster(filled: Database) -> None:
    assert exported(filled, "units", Wish(unit="C1")) == [
        [*good()["units"][0], "from", "to", "merged_into"],
        ["C1", "Chi đoàn Sở Nội vụ", "chi đoàn", "TD", "yes", "", "", ""],
    ]
    assert exported(filled, "people", Wish(unit="C2")) == [
        [*good()["people"][0], "from", "to"],
        ["P1", "Nguyễn Thị Lan", "C2", "member", "Chuyên viên", "lan@danang.example.vn", "", ""],
        ["P3", "Lê Thị Hoa", "C2", "member", "Cán sự", "", "", ""],
    ]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_was_exported_can_be_imported_again_and_changes_nothing(
    database: Database, tmp_path: Path, form: str
) -> None:
    tables: Tables = good()
    tables["units"].append(["007", '- Đoàn "xã", Đại; Lộc', "=kind", "TD", "x"])
    tables["units"][2][4] = ""
    tables["people"].append(["0905", "Ｐhạm  Ước", "007", "secretary", "@ghế", "a@b.example"])
    load(database, as_csv(tmp_path / "first", tables))

    def write(what: str) -> Path:
        path = tmp_path / f"{what}.{form}"

        def work(session: Session) -> None:
            with replacing(path) as stream:
                WRITERS[form](EXPORTS[what].table(session, Wish(), SAY), stream, None)

        database.read_now(work)
        return path

    report = load(database, [write("units"), write("people")])
    assert report.changes_nothing
    assert counts(report)["units"] == (0, 0, 4)
    assert counts(report)["memberships"] == (0, 0, 5)


def test_ratings_in_a_workbook_have_real_dates_and_numbers(filled: Database) -> None:
    filled.run_now(lambda session: rate(session, "r1", MONDAY, "Q1", comment="+1"))

    def work(session: Session) -> bytes:
        stream = io.BytesIO()
        WRITERS["xlsx"](EXPORTS["ratings"].table(session, Wish(), SAY), stream, None)
        return stream.getvalue()

    sheet = openpyxl.load_workbook(io.BytesIO(filled.read_now(work)))["ratings"]
    cells = [cell.value for cell in sheet[2]]
    assert cells[1].date() == MONDAY
    assert cells[5] == 5
    assert cells[7] == "'+1"


def test_ratings_are_stored_while_a_long_export_goes_on(filled: Database) -> None:
    filled.run_now(lambda session: rate(session, "before", MONDAY, "Q1"))

    def work(session: Session) -> list[str]:
        rows = iter(EXPORTS["ratings"].table(session, Wish(), SAY).rows)
        first = [str(next(rows)[0])]
        filled.run_now(lambda writer: rate(writer, "meanwhile", TUESDAY, "Q1"))
        return first + [str(row[0]) for row in rows] + ids_now(session)

    def ids_now(session: Session) -> list[str]:
        return [str(row[0]) for row in EXPORTS["ratings"].table(session, Wish(), SAY).rows]

    assert filled.read_now(work) == ["before", "before"]
    assert ids(exported(filled, "ratings")) == ["before", "meanwhile"]


def workbook(database: Database, what: str, wish: Wish = Wish()) -> openpyxl.Workbook:  # noqa: B008
    """The workbook of an export."""

    def work(session: Session) -> bytes:
        stream = io.BytesIO()
        WRITERS["xlsx"](EXPORTS[what].table(session, wish, SAY), stream, None)
        return stream.getvalue()

    return openpyxl.load_workbook(io.BytesIO(database.read_now(work)))


def cells(sheet: Any) -> list[list[Any]]:
    """What stands in a sheet, the header first."""
    return [[cell.value for cell in row] for row in sheet.rows]


def test_a_hidden_comment_is_left_empty_and_its_rating_stays(filled: Database) -> None:
    def work(session: Session) -> None:
        rate(session, "r1", MONDAY, "Q1", comment="Lời xúc phạm")
        rate(session, "r2", MONDAY, "Q1", comment="Cảm ơn")
        session.add(Answer(rating_id="r1", hidden="insult", day=MONDAY))
        session.add(Answer(rating_id="r2", text=keys_of(session).seal("Xin cảm ơn!"), day=MONDAY))

    filled.run_now(work)
    assert [(row[0], row[5], row[7]) for row in exported(filled, "ratings")[1:]] == [
        ("r1", "5", ""),
        ("r2", "5", "Cảm ơn"),
    ]


def test_a_workbook_of_ratings_sums_up_by_unit_and_shows_scores_only_from_k_on(
    filled: Database,
) -> None:
    def work(session: Session) -> None:
        for n, level in enumerate((5, 5, 4, 3, 1)):
            rate(session, f"a{n}", MONDAY, "Q1", level=level)
        rate(session, "gone", MONDAY, "Q1", level=None)
        rate(session, "doubtful", MONDAY, "Q1", level=1, status="flagged")
        for n in range(4):
            rate(session, f"b{n}", MONDAY, "Q2", level=1)

    filled.run_now(work)
    book = workbook(filled, "ratings")
    assert book.sheetnames == ["ratings", "Summary"]
    assert cells(book["Summary"]) == [
        ["Unit code", "Unit", "Ratings", "Very satisfied", "Satisfied", "Neutral",
         "Dissatisfied", "Very dissatisfied", "Satisfied share", "Ratings not counted"],
        ["C1", "Chi đoàn Sở Nội vụ", 5, 2, 1, 1, 0, 1, 0.6, 1],
        ["C2", "Chi đoàn Sở Tư pháp", 4, None, None, None, None, None, None, 0],
    ]  # fmt: skip
    assert book["Summary"]["I2"].number_format == "0.0%"
    assert [table.ref for table in book["Summary"].tables.values()] == ["A1:J3"]
    (chart,) = book["Summary"]._charts
    assert next(each.val.numRef.f for each in chart.series) == "Summary!$D$2:$D$3"
    assert chart.grouping == "stacked"
    assert len(exported(filled, "ratings")) == 1 + 11  # a CSV is the rows alone


def test_a_workbook_of_pledges_sums_up_how_they_went(branch: Branch) -> None:
    branch.unit("C1", "Chi đoàn Một", ["P1"])
    branch.pledged("C1", "P1", MONDAY, "cv1", "nd1")
    branch.pledged("C1", "P1", TUESDAY, "cv1", status="partly")
    branch.pledged("C1", "P1", WEDNESDAY, "cv1", status="pledged")
    book = workbook(branch.database, "pledges")
    assert cells(book["Summary"])[1] == ["C1", "Chi đoàn Một", 4, 2, 1, 0, 1, 0.5]
    assert len(book["Summary"]._charts) == 1


def test_an_empty_export_is_a_workbook_too(filled: Database) -> None:
    book = workbook(filled, "ratings")
    assert cells(book["Summary"])[1:] == []
    assert book["Summary"]._charts == []


@pytest.mark.parametrize("what", EXPORTS)
def test_every_export_prints_across_with_its_header_on_every_page(
    filled: Database, what: str
) -> None:
    book = workbook(filled, what)
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.freeze_panes == "A2"
        assert len(sheet.tables) == 1


def test_a_workbook_tells_yes_and_no_as_booleans(filled: Database) -> None:
    sheet = workbook(filled, "units")["units"]
    assert [cell.value for cell in sheet["E"]] == ["pilot", True, False, False]
