"""A province reorganises: last month's figures stay what they were, this month has the new tree."""

import json
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import Session

from handlers.catalogue import ensure_catalogue
from handlers.digest.build import as_json, build
from handlers.policy import Policy
from handlers.weeks import Week, week_of
from storage.database import Database
from storage.queries.past import below, roles_on, units_then
from storage.queries.roster import insert_rows, stored_roster, table_of
from storage.tables import Item, Person, Pledge, Rating, Unit
from storage.tables.columns import random_id
from tests.handlers.rosters import (
    Tables,
    as_csv,
    as_workbook,
    good,
    load,
    only,
    take_back,
)

CHAPTERS, MEMBERS, MOVING = 20, 400, 40
OCTOBER = date(2026, 10, 1), date(2026, 10, 31)
NOVEMBER = date(2026, 11, 1), date(2026, 11, 30)
WEEKS = [week_of(date(2026, 9, 28) + timedelta(weeks=n)) for n in range(5)]
FIRST = date(2026, 11, 16)
Figures = dict[str, str]


def province() -> Tables:
    """A city, two branches below it, twenty chapters below these; a desk in each."""
    heads = {name: rows[0] for name, rows in good().items()}
    chapters = [f"C{n}" for n in range(CHAPTERS)]
    return {
        "units": [
            heads["units"],
            ["TD", "Thành Đoàn", "Thành Đoàn", "", ""],
            ["B0", "Đoàn khối 0", "đoàn cơ sở", "TD", ""],
            ["B1", "Đoàn khối 1", "đoàn cơ sở", "TD", ""],
            *([code, f"Chi đoàn {code}", "chi đoàn", f"B{n % 2}", ""]
              for n, code in enumerate(chapters)),
        ],
        "people": [
            heads["people"],
            *([f"M{n}", f"Đoàn viên {n}", chapters[n % CHAPTERS], "member", "", ""]
              for n in range(MEMBERS)),
            *([f"M{n}", f"Đoàn viên {n}", code, "secretary", "", ""]
              for n, code in enumerate(chapters)),
        ],
        "desks": [heads["desks"], *([f"Q{n}", f"Quầy {n}", code, ""]
                                    for n, code in enumerate(chapters))],
        "duties": [heads["duties"], *([f"Q{n}", f"M{n}", "2026-01-01", ""]
                                      for n in range(CHAPTERS))],
    }  # fmt: skip


def reorganisation() -> Tables:
    """C1 goes into C0 and C3 into C2 (whose branch changes too), forty members of C4 and C5 move."""
    moving = [n for n in range(MEMBERS) if n % CHAPTERS in {4, 5}][:MOVING]
    return {
        **only(
            "units",
            ["C0", "Chi đoàn C0", "chi đoàn", "B0", "", "", ""],
            ["C1", "Chi đoàn C1", "chi đoàn", "B1", "", "2026-11-15", "C0"],
            ["C2", "Chi đoàn hợp nhất", "chi đoàn", "B1", "", "", ""],
            ["C3", "Chi đoàn C3", "chi đoàn", "B1", "", "", "C2"],
            more=("to", "merged_into", "from"),
        ),
        **only(
            "people",
            *([f"M{n}", f"Đoàn viên {n}", "C6" if n % 2 else "C7", "member", "", ""]
              for n in moving),
        ),
    }  # fmt: skip


def live_october(session: Session) -> None:
    """Ratings and pledges in every unit on every working day of last month."""
    ensure_catalogue(session)
    dice = random.Random(2026)
    item = session.execute(select(table_of(Item)).limit(1)).one()
    units = {row.code: row.id for row in session.execute(select(table_of(Unit)))}
    people = {row.code: row.id for row in session.execute(select(table_of(Person)))}
    desks = stored_roster(session).desks
    ratings, pledges = [], []
    days = [WEEKS[0].first + timedelta(days=n) for n in range(7 * len(WEEKS))]
    for n in range(MEMBERS):
        unit = units[f"C{n % CHAPTERS}"]
        for day in dice.sample(days, 6):
            status = dice.choice(["done", "partly", "not_done", "pledged"])
            pledges.append(
                {"person_id": people[f"M{n}"], "unit_id": unit, "day": day, "item_id": item.id,
                 "code": item.code, "status": status, "late": False,
                 "changed": datetime(2026, 10, 1, tzinfo=UTC)}
            )  # fmt: skip
        for day in dice.sample(days, 3):
            ratings.append(
                {"id": random_id(), "day": day, "desk_id": desks[f"Q{n % CHAPTERS}"].id,
                 "unit_id": unit, "member_id": people[f"M{n}"], "attribution": "duty",
                 "level": dice.randint(1, 5), "reasons": "", "channel": "web", "scheme": 1,
                 "notice": "1", "status": "active"}
            )  # fmt: skip
    for model, rows in ((Pledge, pledges), (Rating, ratings)):
        assert sum(insert_rows(session, model, rows)) == len(rows)


def figures(database: Database) -> Figures:
    """The digest of every unit and week of last month, as JSON; coverage and tree of the month."""

    def work(session: Session) -> Figures:
        found = {}
        units = {row.code: row.id for row in session.execute(select(table_of(Unit)))}
        for code, unit in units.items():
            for week in WEEKS:
                found[f"{code} {week}"] = written(session, unit, week)
        held = roles_on(OCTOBER[1])
        rows = session.execute(select(held.c.person_id, held.c.unit_id, held.c.role))
        found["roles"] = str(sorted(map(tuple, rows)))
        found["tree"] = str(units_then(session, *OCTOBER))
        return found

    return database.read_now(work)


def written(session: Session, unit: int, week: Week) -> str:
    return json.dumps(as_json(build(session, unit, week, Policy())), sort_keys=True)


@pytest.fixture
def lived(database: Database, tmp_path: Path) -> Database:
    load(database, as_csv(tmp_path / "province", province()))
    database.run_now(live_october)
    return database


def test_last_month_stays_byte_for_byte_and_this_month_has_the_new_tree(
    lived: Database, tmp_path: Path
) -> None:
    before = figures(lived)
    assert len({text for text in before.values() if '"count": 0' not in text}) > CHAPTERS
    path = as_workbook(tmp_path / "reorganisation.xlsx", reorganisation())

    report = load(lived, [path], on=FIRST, may_end=False)

    assert report.tables["memberships"].changed == MOVING + 2 * (MEMBERS // CHAPTERS)
    assert report.tables["memberships"].ended == 2  # the secretaries of the merged units
    assert (report.tables["units"].changed, report.tables["units"].ended) == (1, 2)
    assert figures(lived) == before
    assert load(lived, [path], on=FIRST).changes_nothing

    def look(session: Session) -> tuple[set[str], set[str], dict[str, int]]:
        ids = {row.code: row.id for row in session.execute(select(table_of(Unit)))}
        now = [each for each in units_then(session, *NOVEMBER) if each.until is None]
        seen = [{each.code for each in below(now, ids[top])} for top in ("B0", "B1")]
        held = roles_on(FIRST)
        rows = session.execute(select(held.c.unit_id).where(held.c.role == "member")).scalars()
        names = {id_: code for code, id_ in ids.items()}
        members: dict[str, int] = {}
        for unit in rows:
            members[names[unit]] = members.get(names[unit], 0) + 1
        return seen[0], seen[1], members

    zero, one, members = lived.read_now(look)
    even = {f"C{n}" for n in range(0, CHAPTERS, 2)}
    odd = {f"C{n}" for n in range(1, CHAPTERS, 2)}
    assert zero == {"B0"} | even - {"C2"}
    assert one == {"B1", "C2"} | odd - {"C1", "C3"}
    each = MEMBERS // CHAPTERS
    assert {code: n for code, n in members.items() if n != each} == {
        "C0": 2 * each, "C2": 2 * each, "C6": 2 * each, "C7": 2 * each,
    }  # fmt: skip
    assert not {"C1", "C3", "C4", "C5"} & members.keys()
    assert lived.run_now(stored_roster).desks["Q1"].unit_code == "C0"


@pytest.mark.one_database
def test_the_reorganisation_can_be_taken_back_with_all_its_figures(
    lived: Database, tmp_path: Path
) -> None:
    before, stored = figures(lived), lived.run_now(stored_roster)
    path = as_workbook(tmp_path / "reorganisation.xlsx", reorganisation())
    take_back(lived, load(lived, [path], on=FIRST).number)
    assert lived.run_now(stored_roster) == stored
    assert figures(lived) == before
