"""Answers to comments go with their ratings; a hidden comment leaves the digest, not the figures."""

from datetime import date

import pytest
from sqlmodel import Session, select

from handlers.jobs.forget import forget
from handlers.policy import Policy
from storage.database import Database
from storage.queries.claims import claim, claimed
from storage.queries.comments import (
    answer_to,
    comments_between,
    hide_comment,
    set_answer,
)
from storage.queries.rating import lock_rating, withdraw
from storage.tables import Answer, Rating
from tests.conftest import Clock
from tests.handlers.digest.branch import W47, Branch

DAY = date(2026, 11, 23)


@pytest.fixture
def rating(database: Database, clock: Clock) -> str:
    branch = Branch(database, clock)
    branch.unit("C1")
    branch.rated("C1", W47.first, 2, comments=["Chờ lâu"])
    return database.run_now(lambda s: s.exec(select(Rating.id)).one())


def shown(session: Session) -> list[str]:
    return [each.text for each in comments_between(session, 1, "2026-W47", W47.first, W47.last)]


async def test_an_answer_is_sealed_replaced_and_read(database: Database, rating: str) -> None:
    await database.run(lambda s: set_answer(s, rating, "Xin cảm ơn", DAY))
    await database.run(lambda s: set_answer(s, rating, "Đã thêm ghế", DAY))
    assert await database.run(lambda s: answer_to(s, rating)) == "Đã thêm ghế"
    stored = await database.run(lambda s: s.get_one(Answer, rating).text)
    assert "ghế" not in stored
    assert await database.run(
        lambda s: comments_between(s, 1, "x", W47.first, W47.last)[0].answered
    )


async def test_a_hidden_comment_is_shown_no_more_and_keeps_its_answer(
    database: Database, rating: str
) -> None:
    await database.run(lambda s: set_answer(s, rating, "Xin cảm ơn", DAY))
    await database.run(lambda s: hide_comment(s, rating, "insult", DAY))
    assert await database.run(shown) == []
    assert await database.run(lambda s: answer_to(s, rating)) == "Xin cảm ơn"
    assert await database.run(lambda s: s.get_one(Rating, rating).status) == "active"


async def test_a_comment_that_no_secret_opens_leaves_the_others_readable(
    database: Database, rating: str, clock: Clock
) -> None:
    Branch(database, clock).rated("C1", W47.first, 4, comments=["Tốt"])

    def lose(session: Session) -> None:
        session.get_one(Rating, rating).comment = "gAAAAAsealed-elsewhere"

    await database.run(lose)
    assert await database.run(shown) == ["Tốt"]


async def test_withdrawing_and_forgetting_take_the_answer_along(
    database: Database, rating: str, clock: Clock
) -> None:
    await database.run(lambda s: set_answer(s, rating, "Xin cảm ơn", DAY))
    await database.run(lambda s: withdraw(s, s.get_one(Rating, rating)))
    assert await database.run(lambda s: list(s.exec(select(Answer)))) == []
    assert not await database.run(lambda s: lock_rating(s, rating))
    assert not await database.run(lambda s: lock_rating(s, "never"))

    Branch(database, clock).rated("C1", date(2024, 1, 1), 5, comments=["Xưa"])
    old = await database.run(
        lambda s: s.exec(select(Rating.id).where(Rating.day < date(2025, 1, 1))).one()
    )
    await database.run(lambda s: set_answer(s, old, "Xin cảm ơn", DAY))
    counts = await database.run(lambda s: forget(s, clock(), Policy()))
    assert counts["ratings"] == 1
    assert await database.run(lambda s: list(s.exec(select(Answer)))) == []


async def test_claims_are_kept_sixty_days(database: Database, clock: Clock) -> None:
    days = {"kept": date(2026, 9, 17), "old": date(2026, 9, 16)}
    for key, day in days.items():
        await database.run(lambda s, key=key, day=day: claim(s, key, day))
    await database.run(lambda s: forget(s, clock(), Policy()))
    assert await database.run(lambda s: claimed(s, list(days))) == {"kept"}
