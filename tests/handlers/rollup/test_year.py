"""A year of an organisation of 75 units, and somebody who reads everything and subtracts."""

import json
import time
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete
from sqlmodel import Session, col, select

from handlers.catalogue import ensure_catalogue
from handlers.digest.build import build
from handlers.names import folded
from handlers.rollup.build import build_week
from handlers.rollup.files import card, sheet
from handlers.rollup.json_form import as_json
from handlers.rollup.suppression import shown_cells
from handlers.rollup.text import parts
from handlers.texts import Speaker
from handlers.weeks import Week
from storage.queries.roster import insert_rows
from storage.tables import Desk, Item, Membership, Person, Pledge, Rating, Unit
from storage.tables.columns import random_id
from tests.databases import migrated
from tests.everything import often
from tests.handlers.rollup.attacker import found_out
from tests.handlers.rollup.province import Province

SAY = Speaker("vi", citizen="Ông/Bà")
FIRST = Week(2026, 1)
WEEKS, UNITS, MEMBERS = often(16, 52), 75, 4000
_LONG = "Chi đoàn Trung tâm Phục vụ hành chính công và Kiểm soát thủ tục hành chính phường số {}"


def parent_of(unit: int) -> int | None:
    """1 is the top; 2 to 9 below it; the others below those, some a level deeper still."""
    if unit == 1:
        return None
    if unit <= 9:
        return 1
    return 2 + unit % 8 if unit < 60 else unit - 45


def found_province(session: Session, weeks: int = WEEKS) -> None:
    """75 units with 4,000 members, and ratings of a year: many here, hardly any there."""
    chance = Random(75)
    ensure_catalogue(session)
    _put(session, Unit, [
        {"id": unit, "code": f"U{unit}", "name": _LONG.format(unit), "folded": folded(_LONG.format(unit)),
         "kind": "", "parent_id": parent_of(unit), "pilot": unit in (2, 10, 61), "since": None,
         "until": None, "merged_into_id": None}
        for unit in range(1, UNITS + 1)
    ])  # fmt: skip
    _put(session, Desk, [
        {"id": unit, "code": f"Q{unit}", "name": "Quầy", "folded": "quay", "unit_id": unit,
         "multi_agency": False, "until": None}
        for unit in range(1, UNITS + 1)
    ])  # fmt: skip
    _put(session, Person, [
        {"id": n, "code": f"P{n}", "full_name": f"Nguyễn Văn P{n}", "position": "", "email": ""}
        for n in range(1, MEMBERS + 1)
    ])  # fmt: skip
    _put(session, Membership, [
        {"person_id": n, "unit_id": unit_of(n), "role": "member", "since": None}
        for n in range(1, MEMBERS + 1)
    ])  # fmt: skip
    busy = {unit: chance.choice((0, 1, 2, 3, 4, 6, 9, 14)) for unit in range(1, UNITS + 1)}
    _put(session, Rating, [
        rating(chance, unit, FIRST.before(-ago).first)
        for ago in range(weeks)
        for unit, usual in busy.items()
        for _ in range(chance.randint(0, 2 * usual))
    ])  # fmt: skip


def unit_of(member: int) -> int:
    return 2 + member % (UNITS - 1)


def rating(chance: Random, unit: int, day: date) -> dict[str, Any]:
    return {
        "id": random_id(), "day": day + timedelta(days=chance.randrange(5)), "desk_id": unit,
        "unit_id": unit, "member_id": None, "attribution": "nobody",
        "level": chance.choices((5, 4, 3, 2, 1), (50, 30, 10, 6, 4))[0], "reasons": "",
        "comment": None, "channel": "web", "scheme": 1, "notice": "1", "status": "active",
        "encounter": None, "receipt": None,
    }  # fmt: skip


def pledge_all(session: Session, week: Week) -> None:
    """Most of the members pledge, some units not at all."""
    item = session.exec(select(Item).where(Item.code == "cv1")).one().id
    from datetime import UTC, datetime

    _put(session, Pledge, [
        {"person_id": n, "unit_id": unit_of(n), "day": week.first + timedelta(days=day),
         "item_id": item, "code": "cv1", "status": "done", "late": False,
         "changed": datetime(2026, 11, 1, tzinfo=UTC)}
        for n in range(1, MEMBERS + 1) if unit_of(n) % 7 and (n // 74) % 5 < 2 + unit_of(n) % 4
        for day in range(3)
    ])  # fmt: skip


def _put(session: Session, table: type[Any], rows: list[dict[str, Any]]) -> None:
    for _ in insert_rows(session, table, rows):
        pass


@pytest.fixture
def province(sqlite_url: str, keys: Any, clock: Any) -> Iterator[Province]:
    from storage.database import Database

    opened = Database(migrated(sqlite_url), keys)
    yield Province(opened, clock)
    opened.close()


def under(unit: int, parents: dict[str, str | None]) -> set[int]:
    found = {f"U{unit}"}
    for each, parent in parents.items():  # parents come first
        if parent in found:
            found.add(each)
    return {int(each[1:]) for each in found}


def published(found: dict[str, Any]) -> list[set[int]]:
    """The groups of units whose scores a roll-up's JSON tells, the pilots' others among them."""
    units = {each["unit"]: each for each in found["roll_up"]["units"]}
    parents = {code: each["parent"] for code, each in units.items()}
    cells = [] if found["ratings"]["suppressed"] else [under(int(found["unit"][1:]), parents)]
    for code, each in units.items():
        if not each["ratings"]["suppressed"]:
            cells.append({int(code[1:])})
        if each["with_below"] and not each["with_below"]["ratings"]["suppressed"]:
            cells.append(under(int(code[1:]), parents))
    for pilot in found["roll_up"]["pilot"]:
        if pilot["rest"]["ratings"] is not None:
            parent = int((parents[pilot["unit"]] or "U0")[1:])
            cells.append(under(parent, parents) - under(int(pilot["unit"][1:]), parents))
    return cells


def test_nothing_is_found_out_in_a_year_whoever_reads_whatever(province: Province) -> None:
    province.database.run_now(found_province)
    inner = sorted({parent_of(unit) or 0 for unit in range(2, UNITS + 1)})
    hidden = shown = 0
    for ago in range(WEEKS):
        week = FIRST.before(-ago)

        def read(session: Session, week: Week = week) -> list[dict[str, Any]]:
            tops = inner if week.number % 13 == 1 else [1]
            whole = [as_json(build_week(session, top, week, province.policy)) for top in tops]
            if week.number % 13 == 1:  # what organisers of every level see, and their own digests
                owns = [build(session, top, week, province.policy) for top in inner]
                whole[0]["owns"] = [{each.unit_id} for each in owns if not each.suppressed]
            return whole

        views = province.database.run_now(read)
        counts = {
            int(each["unit"][1:]): each["ratings"]["count"] for each in views[0]["roll_up"]["units"]
        }
        cells = [cell for view in views for cell in published(view)]
        cells += views[0].get("owns", [])
        assert found_out(counts, cells, province.policy.k) is None, week
        for parent in inner:  # and each parent with its parts by itself
            near = under(parent, {f"U{u}": p and f"U{p}" for u in counts for p in [parent_of(u)]})
            local = [cell for cell in cells if cell <= near]
            assert found_out(counts, local, province.policy.k) is None, (week, parent)
        units = [each for each in views[0]["roll_up"]["units"] if each["ratings"]["count"] >= 5]
        hidden += sum(each["ratings"]["suppressed"] for each in units)
        shown += sum(not each["ratings"]["suppressed"] for each in units)
        assert not views[0]["ratings"]["suppressed"]
    assert shown > 3 * hidden  # few are hidden for the sake of others


def test_the_message_of_75_units_with_long_names_fits_and_comes_quickly(
    province: Province,
) -> None:
    week = FIRST.before(-1)

    def work(session: Session) -> None:
        found_province(session, weeks=2)
        pledge_all(session, week)
        session.execute(delete(Rating).where(col(Rating.unit_id) % 7 == 0))

    province.database.run_now(work)
    started = time.perf_counter()
    found = province.database.run_now(lambda s: build_week(s, 1, week, province.policy))
    assert time.perf_counter() - started < 2  # a tenth of that on two slow cores
    text = "\n\n".join(getattr(each, "text", "") for each in parts(found, SAY))
    assert len(text) < 3500
    assert len(found.to_thank) == len(found.to_help) == 3
    assert not {e.node.id for e in found.to_thank} & {e.node.id for e in found.to_help}
    assert len(found.silent) > 5
    assert "đơn vị khác" in text


def test_every_view_shows_the_same_scores(province: Province) -> None:
    """Picture, workbook and message say nothing of a unit that the JSON does not."""
    province.database.run_now(lambda s: found_province(s, weeks=1))
    found = province.database.run_now(lambda s: build_week(s, 1, FIRST, province.policy))
    told = as_json(found)["roll_up"]["units"]
    suppressed = {
        *((each["unit"], "alone") for each in told if each["ratings"]["suppressed"]),
        *(
            (each["unit"], "below")
            for each in told
            if each["with_below"] and each["with_below"]["ratings"]["suppressed"]
        ),
    }
    (units, _) = json.loads(json.dumps(sheet(found, SAY).data))["tables"]
    scores = [
        index for index, (_, kind) in enumerate(units["columns"]) if kind in ("share", "mean")
    ]
    first = min(scores)
    empty = {
        (row[0], "alone" if row[4] == "riêng đơn vị" else "below")
        for row in units["rows"]
        if all(cell is None for cell in row[first:])
    }
    assert empty == suppressed
    assert suppressed
    assert all(
        all(cell is not None for cell in row[first:])
        for row in units["rows"]
        if (row[0], "alone" if row[4] == "riêng đơn vị" else "below") not in suppressed
    )
    for named in (*found.to_thank, *found.to_help):
        if named.because in ("satisfied", "rated_low"):
            assert (named.node.code, "alone") not in suppressed
    assert card(found, SAY).data["panels"][3]["indicators"][0][1] == found.top.all.ratings.share


def test_the_attacker_would_find_what_suppression_of_small_units_alone_gives_away(
    province: Province,
) -> None:
    """The same year with only the units below k hidden: the attack is worth its name."""
    province.database.run_now(lambda s: found_province(s, weeks=1))
    found = province.database.run_now(lambda s: build_week(s, 1, FIRST, province.policy))
    parents = {each.id: each.parent_id for each in found.nodes}
    counts = {each.id: each.own.ratings.count for each in found.nodes}
    codes = {
        f"U{unit}": None if parent is None else f"U{parent}" for unit, parent in parents.items()
    }
    naive = [{unit} for unit, n in counts.items() if n >= 5]
    naive += [
        under(unit, codes) for unit in parents if sum(map(counts.get, under(unit, codes))) >= 5
    ]  # type: ignore[arg-type]
    assert found_out(counts, naive, 5) is not None
    safe = shown_cells(counts, parents, 5)
    cells = [*({unit} for unit in safe.own), *(under(unit, codes) for unit in safe.all)]
    assert found_out(counts, cells, 5) is None
