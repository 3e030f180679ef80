"""A claim is taken once, whoever asks, until it is forgotten."""

import asyncio
from datetime import date

from storage.database import Database
from storage.queries.claims import (
    claim,
    claim_key,
    claimed,
    claimed_like,
    forget_claims,
    read_claim_key,
)

DAY = date(2026, 11, 16)


async def test_only_the_first_who_claims_gets_it(database: Database) -> None:
    assert await database.run(lambda s: claim(s, "digest/2026-W47/C1/S1", DAY))
    assert not await database.run(lambda s: claim(s, "digest/2026-W47/C1/S1", DAY))
    assert await database.run(lambda s: claim(s, "digest/2026-W47/C1/S2", DAY))


async def test_a_claim_of_work_that_failed_is_free_again(database: Database) -> None:
    def fails(session: object) -> None:
        claim(session, "a", DAY)  # type: ignore[arg-type]
        raise LookupError

    (outcome,) = await asyncio.gather(database.run(fails), return_exceptions=True)
    assert isinstance(outcome, LookupError)
    assert await database.run(lambda s: claim(s, "a", DAY))


async def test_two_programs_at_once_claim_everything_exactly_once(
    database: Database, database_url: str
) -> None:
    other = Database(database_url, database.keys)
    keys = [f"k{n}" for n in range(40)]
    won = await asyncio.gather(
        *(
            each.run(lambda s, key=key: claim(s, key, DAY))
            for key in keys
            for each in (database, other)
        )
    )
    other.close()
    assert sum(won) == len(keys)
    assert await database.run(lambda s: claimed(s, [*keys, "never"])) == set(keys)


async def test_old_claims_are_forgotten(database: Database) -> None:
    for key, day in (("old", date(2026, 9, 1)), ("young", DAY)):
        await database.run(lambda s, key=key, day=day: claim(s, key, day))
    assert await database.run(lambda s: forget_claims(s, DAY)) == 1
    assert await database.run(lambda s: claimed(s, ["old", "young"])) == {"young"}


async def test_claims_are_found_by_how_they_begin(database: Database) -> None:
    keys = ["digest/2026-W47/C1/S1", "digest/2026-W48/C1/S1", "Digest/x", "digestive", "thanks/x"]
    for key in keys:
        await database.run(lambda s, key=key: claim(s, key, DAY))
    assert sorted(await database.run(lambda s: claimed_like(s, "digest/"))) == keys[:2]


def test_a_key_is_read_back_whatever_its_parts_hold() -> None:
    parts = ["digest", "2026-W47", "C1/Sở", "S 1%"]
    assert read_claim_key(claim_key(*parts)) == parts
    assert claim_key("digest", "2026-W47", "C1", "S1") == "digest/2026-W47/C1/S1"
