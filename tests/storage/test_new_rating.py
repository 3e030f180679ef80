"""A new rating is written once, among the others of its desk and day."""

from datetime import date

import pytest
from sqlmodel import Session, select

from storage.database import Database
from storage.queries import new_rating
from storage.queries.new_rating import NewRating, add_rating
from storage.queries.rating import Encounter, receipt_code
from storage.tables import Desk, Rating, Unit

DAY = date(2026, 11, 16)


def furnish(session: Session) -> int:
    """One desk; its id."""
    unit = Unit(code="A", name="Đoàn A", folded="")
    session.add(unit)
    session.flush()
    desk = Desk(code="Q1", name="Quầy 1", folded="", unit_id=unit.id or 0)
    session.add(desk)
    session.flush()
    return desk.id or 0


def add(session: Session, desk: int, person: str) -> str:
    rating = NewRating(
        DAY, desk, 1, None, "nobody", int(person) % 5 + 1, "telegram", 1, "notice", reasons=person
    )
    return add_rating(session, Encounter("telegram", person, "Q1", DAY, 1), rating)


async def test_a_code_that_is_taken_keeps_no_rating_of_that_day_from_being_kept(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def clashing(key: bytes, rating: str, derivation: int, digits: int) -> str:
        return "1234567890" if derivation == 0 else receipt_code(key, rating, derivation, digits)

    monkeypatch.setattr(new_rating, "receipt_code", clashing)
    desk = database.run_now(furnish)
    codes = [
        await database.run(lambda s, n=number: add(s, desk, str(n)))  # type: ignore[misc]
        for number in range(12)
    ]
    assert codes[0] == "1234567890"
    assert len(set(codes)) == 12
    kept = database.run_now(lambda s: s.exec(select(Rating.reasons, Rating.level)).all())
    assert sorted(kept) == sorted((str(n), n % 5 + 1) for n in range(12))
