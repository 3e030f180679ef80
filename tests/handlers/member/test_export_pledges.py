"""The export of pledges: the promised columns, sorted by content, without a word of the notes."""

import csv
import io
from datetime import date

import pytest
from sqlmodel import Session

from handlers.documents.spreadsheets import WRITERS
from handlers.errors import Refused
from handlers.exports import EXPORTS, Wish
from tests.conftest import Clock
from tests.handlers.member.members import local, member
from tests.handlers.rosters import SAY
from tests.people import Place

HEADER = ["date", "unit_code", "person_code", "item_code", "status", "late"]


def exported(place: Place, wish: Wish = Wish()) -> list[list[str]]:  # noqa: B008
    def work(session: Session) -> bytes:
        stream = io.BytesIO()
        WRITERS["csv"](EXPORTS["pledges"].table(session, wish, SAY), stream, None)
        return stream.getvalue()

    text = place.database.read_now(work).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.fixture
async def logged(place: Place, clock: Clock) -> Place:
    """Hoa (C2) comes before Lan and Minh (C1) in time, not in the export."""
    hoa, minh, lan = (
        member(place, n, p) for n, p in (("hoa", "P3"), ("minh", "P2"), ("lan", "P1"))
    )
    await hoa.opens("pledge/261116/nd1/1")
    await minh.opens("pledge/261116/nd2/1")
    for code in ("nd1", "cm1"):
        await lan.opens(f"pledge/261116/{code}/1")
    await lan.opens("checkin/261116/nd1/partly")
    await lan.opens("checkin/261116/cm1/not_done")
    await lan.sends("Một điều riêng")
    clock.now = local("2026-11-17", "09:00")
    await minh.opens("checkin/261116/nd2/done")
    await lan.opens("pledge/261117/cv1/1")
    return place


async def test_the_columns_and_the_order_are_as_promised(logged: Place) -> None:
    rows = exported(logged)
    assert rows == [
        HEADER,
        ["2026-11-16", "C1", "P1", "cm1", "not_done", "no"],
        ["2026-11-16", "C1", "P1", "nd1", "partly", "no"],
        ["2026-11-16", "C1", "P2", "nd2", "done", "yes"],
        ["2026-11-16", "C2", "P3", "nd1", "pledged", "no"],
        ["2026-11-17", "C1", "P1", "cv1", "pledged", "no"],
    ]
    assert "riêng" not in str(rows)


async def test_days_and_units_limit_it(logged: Place) -> None:
    tuesday = date(2026, 11, 17)
    assert len(exported(logged, Wish(since=tuesday))) == 1 + 1
    assert len(exported(logged, Wish(until=date(2026, 11, 16)))) == 1 + 4
    assert [row[2] for row in exported(logged, Wish(unit="C2"))[1:]] == ["P3"]
    assert len(exported(logged, Wish(unit="TD"))) == 1 + 5
    with pytest.raises(Refused):
        exported(logged, Wish(unit="C9"))
