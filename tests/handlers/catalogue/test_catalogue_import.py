"""A province words its own catalogue by import; what was pledged before keeps its words."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from handlers.catalogue import ensure_catalogue, offered
from handlers.roster.cells import MOST_IN_A_LABEL
from storage.database import Database
from storage.tables import Axis, Item
from tests.handlers.rosters import as_csv, as_workbook, counts, lines, load, refused

SHARED = Path("handlers/catalogue/pledge_catalogue.json")
KNOWN = "chinh_minh, cong_viec, nhan_dan"
A_CODE = "at most 20 letters without accents, digits, _ or -"
AXES = ["cong_viec", "nhan_dan", "chinh_minh"]


def catalogue() -> dict[str, list[dict[str, Any]]]:
    content: dict[str, list[dict[str, Any]]] = json.loads(SHARED.read_text(encoding="utf-8"))
    return content


def written(folder: Path, content: Any, name: str = "pledge_catalogue.json") -> list[Path]:
    path = folder / name
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return [path]


def items(database: Database) -> dict[tuple[str, str], bool]:
    """Every wording: (code, Vietnamese label) → whether it is offered."""
    return database.run_now(
        lambda s: {(each.code, each.label_vi): each.current for each in s.exec(select(Item))}
    )


def test_an_installation_without_a_catalogue_gets_the_movements_own(database: Database) -> None:
    found = database.run_now(offered)
    assert [axis.code for axis in found.axes] == AXES
    assert [axis.label_vi for axis in found.axes][2] == "Trách nhiệm với chính mình"
    assert len(found.items) == 18
    assert [item.code for item in found.of_axis("chinh_minh")] == ["cm1", "cm2", "cm3", "cm4"]
    assert all(len(i.label_vi) <= 30 and len(i.label_en) <= 30 for i in found.items)
    database.run_now(ensure_catalogue)
    assert len(items(database)) == 18


def test_two_processes_that_start_at_once_seed_one_catalogue(database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    others = [Database(url, database.keys) for _ in range(3)]
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda each: each.run_now(ensure_catalogue), others))
    for each in others:
        each.close()
    assert len(items(database)) == 18


def test_the_movements_own_sentences_are_not_in_the_product() -> None:
    assert "seed_phrase" not in SHARED.read_text(encoding="utf-8")


def test_importing_what_is_there_changes_nothing_even_with_foreign_sentences(
    database: Database, tmp_path: Path
) -> None:
    plain = [{**item, "seed_phrase": "…"} for item in catalogue()["items"]]
    report = load(database, written(tmp_path, plain))
    assert counts(report)["items"] == (0, 0, 18)
    assert "axes" not in report.tables
    assert report.changes_nothing


def test_a_new_wording_is_a_new_row_and_what_is_missing_is_offered_no_more(
    database: Database, tmp_path: Path
) -> None:
    content = catalogue()
    content["items"][0]["label_vi"] = "Làm tốt việc hằng ngày"
    content["items"].pop(1)
    content["axes"][1]["label_vi"] = "Trách nhiệm với cộng đồng"
    report = load(database, written(tmp_path, content))
    assert counts(report)["axes"] == (0, 1, 2)
    assert counts(report)["items"] == (0, 2 + 16, 0)  # 16 moved up one place
    found = items(database)
    assert found["cv1", "Hoàn thành tốt việc được giao"] is False
    assert found["cv1", "Làm tốt việc hằng ngày"] is True
    assert found["cv2", "Xử lý hồ sơ sớm hơn hẹn"] is False
    assert len(found) == 19
    assert database.run_now(offered).axes[1].label_vi == "Trách nhiệm với cộng đồng"

    again = load(database, written(tmp_path, content))
    assert again.changes_nothing
    back = load(database, written(tmp_path, catalogue()))
    assert not back.changes_nothing
    assert items(database)["cv1", "Hoàn thành tốt việc được giao"] is True
    assert len(items(database)) == 19  # an old wording comes back as the row it was


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_sheets_and_csv_files_say_the_same_as_json(
    database: Database, tmp_path: Path, form: str
) -> None:
    content = {"axes": catalogue()["axes"], "catalogue": catalogue()["items"]}
    tables = {
        name: [list(rows[0]), *(list(row.values()) for row in rows)]
        for name, rows in content.items()
    }
    paths = (
        as_csv(tmp_path, tables)
        if form == "csv"
        else [as_workbook(tmp_path / "catalogue.xlsx", tables)]
    )
    report = load(database, paths)
    assert (counts(report)["axes"], counts(report)["items"]) == ((0, 0, 3), (0, 0, 18))


def test_a_dry_run_says_what_would_change_and_stores_nothing(
    database: Database, tmp_path: Path
) -> None:
    content = catalogue()
    content["items"][0]["label_vi"] = "Làm tốt việc hằng ngày"
    paths = written(tmp_path, content)
    would = counts(load(database, paths, dry_run=True))
    assert database.run_now(lambda s: list(s.exec(select(Axis)))) == []
    assert items(database) == {}
    assert counts(load(database, paths)) == would
    assert would["items"] == (0, 1, 17)


def test_every_mistake_is_said_at_once_and_nothing_is_stored(
    database: Database, tmp_path: Path
) -> None:
    content = catalogue()
    wrong = content["items"]
    wrong[0]["label_vi"] = "D" * (MOST_IN_A_LABEL + 1)
    wrong[1]["label_en"] = ""
    wrong[2]["axis"] = "gia_dinh"
    wrong[3]["code"] = "cv1"
    wrong[4]["code"] = "việc 5"
    del wrong[5]["reference"]
    content["axes"][2].pop("label_en")
    errors = refused(database, written(tmp_path, content))
    sheets = "pledge_catalogue.json, sheet"
    told = {line.removeprefix(f"{sheets} ") for line in lines(errors)}
    assert told == {
        "axes, row 3, column label_en: This cell must not be empty.",
        "catalogue, row 1, column label_vi: This text has 31 characters; at most 30 are kept.",
        "catalogue, row 2, column label_en: This cell must not be empty.",
        f"catalogue, row 3, column axis: There is no responsibility gia_dinh; known are {KNOWN}.",
        f"catalogue, row 4, column code: The code cv1 already stands in {sheets[:21]}, row 1.",
        f"catalogue, row 5, column code: việc 5 is not a code: {A_CODE}.",
    }
    assert items(database) == {}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[", "This is no JSON: line 1, column 2."),
        ("{}", "A catalogue is a list of items, or an object of axes and items."),
        ('{"items": [], "colour": 1}', "A catalogue is a list of items"),
        ("[1, 2]", "A catalogue is a list of items"),
        ("[" * 100_000, "A catalogue is a list of items"),
        ("[]", "The file is empty."),
        ('[{"code": ["x"]}]', "Entry 1: code must be text."),
        ('[{"code": "x"}]', "This column is missing."),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_with_the_reason(
    database: Database, tmp_path: Path, text: str, why: str
) -> None:
    path = tmp_path / "pledge_catalogue.json"
    path.write_text(text)
    assert any(why in line for line in lines(refused(database, [path])))


def test_an_import_may_name_new_responsibilities(database: Database, tmp_path: Path) -> None:
    axes = [{"code": "gia_dinh", "label_vi": "Với gia đình", "label_en": "To the family"}]
    entry = {
        "code": "gd1",
        "axis": "gia_dinh",
        "label_vi": "Nêu gương",
        "label_en": "Set an example",
    }
    load(database, written(tmp_path, {"axes": axes, "items": [{**entry, "reference": ""}]}))

    def shown(session: Session) -> list[str]:
        return [axis.code for axis in offered(session).axes]

    assert database.run_now(shown) == ["gia_dinh"]
    assert database.run_now(lambda s: len(s.exec(select(Axis)).all())) == 4
