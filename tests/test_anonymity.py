"""A citizen cannot be found out from a dump of the database, the logs, the metrics and every chat id.

The attacker has all of that and knows in which order people came to the counter; not the secret.
"""

import base64
import hashlib
import hmac
from datetime import datetime
from itertools import product
from typing import Any

import pytest
from prometheus_client import generate_latest
from sqlalchemy import MetaData, inspect, text
from sqlmodel import Session

from bot.observability import REGISTRY, set_up_logs
from handlers.citizen.notice import VERSION, long_notice, short_notice
from handlers.jobs.forget import forget
from handlers.messages import Incoming
from handlers.policy import Policy
from handlers.texts import Speaker
from handlers.turn import Turn
from storage.database import Database, keys_of
from storage.queries.moving import hold
from storage.queries.traffic import chat_name
from storage.tables import METADATA
from tests.conftest import Clock
from tests.everything import often
from tests.people import Place, Talker, furnish

PEOPLE = 48
CHANNELS = ("telegram", "zalo", "zalo_oa", "zalo_bot")
Dump = dict[str, list[dict[str, Any]]]


def dump(database: Database) -> Dump:
    """Every row of every table, in the order the database itself would write them out."""
    found: Dump = {}
    with database.engine.connect() as connection:
        tables = MetaData()
        tables.reflect(connection)
        for name in inspect(connection).get_table_names():
            rows = connection.execute(text(f"SELECT * FROM {name}")).mappings()
            found[name] = [dict(row) for row in rows]
    return found


@pytest.fixture
def place(database: Database, clock: Clock) -> Place:
    database.run_now(lambda session: furnish(session, clock()))
    return Place(database, clock)


@pytest.fixture(
    params=["tapped", pytest.param("typed", marks=often((pytest.mark.one_database,), ()))]
)
def typed(request: pytest.FixtureRequest) -> bool:
    """Whether people rate by typing numbers and words, in chats that take nothing back."""
    return bool(request.param == "typed")


async def rated(place: Place, clock: Clock, typed: bool = False) -> list[str]:
    """People come one after the other to one desk; the outbox is stalled. Their ratings' ids."""
    ids: list[str] = []
    for number in range(PEOPLE):
        channel = (("zalo_oa", "zalo_bot") if typed else ("telegram", "zalo"))[number % 2]
        person = StalledTalker(place, str(700_000_001 + 7 * number), channel, None, typed=typed)
        await person.does(text="/start q-Q1" if number % 2 == 0 else "Q1")
        if typed:
            await person.does(text=str(number % 5 + 1))
        else:
            await person.does(action=f"rate/Q1/261116/1/{number % 5 + 1}")
        if number % 3 == 0:
            await person.does(text=("1: " if typed else "") + "Cán bộ hướng dẫn tận tình")
        (new,) = {rating.id for rating in await place.ratings()} - set(ids)
        ids.append(new)
        clock.move(minutes=1)
        if typed:
            await place.database.run(lambda s, p=person: held(s, p, clock.now))  # type: ignore[misc]
    return ids


def held(session: Session, person: Talker, now: datetime) -> None:
    """The messenger takes no answer for this chat: all of them wait, however long."""
    name = chat_name(keys_of(session), person.channel, person.name)
    assert hold(session, person.channel, name, now, answers_to=(1 << 31) - 1)


class StalledTalker(Talker):
    """Somebody whose answers are stuck in the outbox."""

    async def _delivered(self) -> list[Any]:
        return []


def unkeyed(chat: str) -> set[str]:
    """What anybody could compute from a chat id alone."""
    forms = [
        chat,
        *(f"{c}{s}{chat}" for c, s in product(CHANNELS, (":", "/", "|", ""))),
    ]
    made = set(forms)
    for form, algorithm in product(forms, ("md5", "sha1", "sha256", "sha512", "blake2b")):
        digest = hashlib.new(algorithm, form.encode()).digest()
        made |= {digest.hex(), *_encoded(digest)}
    for key, form in product((b"", b"Q1", b"2026-11-16", b"261116", b"secret"), forms):
        digest = hmac.new(key, form.encode(), "sha256").digest()
        made |= {digest.hex(), *_encoded(digest)}
    return made | set(_encoded(chat.encode()))


def _encoded(raw: bytes) -> list[str]:
    return [code(raw).decode().rstrip("=") for code in (base64.b64encode, base64.urlsafe_b64encode)]


def correlation(first: list[str], second: list[str]) -> float:
    """Spearman's rank correlation of two orders of the same things."""
    n, places = len(first), {each: index for index, each in enumerate(second)}
    squares = sum((index - places[each]) ** 2 for index, each in enumerate(first))
    return 1 - 6 * squares / (n * (n * n - 1))


async def test_no_value_leads_from_a_rating_to_a_person(
    place: Place, clock: Clock, typed: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    set_up_logs("DEBUG")
    await rated(place, clock, typed)
    found = dump(place.database)
    logs, metrics = capfd.readouterr().err, generate_latest(REGISTRY).decode()
    assert len(found["rating"]) == PEOPLE
    assert len(found["chat"]) == PEOPLE
    assert len(found["outbox"]) >= 2 * PEOPLE
    assert all(row["held"] and row["until"] is not None for row in found["outbox"]) or not typed

    everything = "\n".join(str(row) for rows in found.values() for row in rows) + logs + metrics
    for number in range(PEOPLE):
        for trace in unkeyed(str(700_000_001 + 7 * number)):
            assert trace not in everything, "a chat id, or what anybody can compute from it"
    for word in ("tận tình", "Rất hài lòng", "rate/", "Q1/261116"):
        assert word not in str([found[t] for t in ("chat", "outbox", "seen", "day_key")])
        assert word not in logs + metrics
    assert "tận tình" not in str(found["rating"])


async def test_no_value_of_a_rating_stands_in_a_row_about_a_chat(
    place: Place, clock: Clock, typed: bool
) -> None:
    await rated(place, clock, typed)
    found = dump(place.database)
    shared = {"day", "channel"}  # the same for everybody
    of_ratings = {
        value
        for row in found["rating"]
        for name, value in row.items()
        if name not in shared and isinstance(value, str) and len(value) > 8
    } - {VERSION}
    for table in ("chat", "outbox", "seen", "attempt", "tally", "day_key", "meta"):
        of_chats = {v for row in found[table] for v in row.values() if isinstance(v, str)}
        assert not of_ratings & of_chats, table


async def test_no_order_leads_from_a_rating_to_a_person(
    place: Place, clock: Clock, typed: bool
) -> None:
    came = await rated(place, clock, typed)
    stored = [row["id"] for row in dump(place.database)["rating"]]
    # Chance alone stays below 0.62 in all but one of 100,000 runs (48 people).
    assert abs(correlation(came, stored)) < 0.62


async def test_a_rating_holds_a_day_and_no_time(place: Place, clock: Clock) -> None:
    await rated(place, clock)
    for row in dump(place.database)["rating"]:
        assert {type(value).__name__ for value in row.values()} <= {
            "str",
            "int",
            "date",
            "NoneType",
        }
        for value in row.values():
            if isinstance(value, str) and value.startswith("gAAA"):
                made = int.from_bytes(base64.urlsafe_b64decode(value)[1:9], "big")
                assert made == 0, "a sealed text carries the time it was sealed"


async def test_the_hash_of_one_person_differs_between_desks_and_days(
    place: Place, clock: Clock
) -> None:
    an = place.person("700000001")
    for action in ("rate/Q1/261116/1/5", "rate/Q3/261116/1/5"):
        await an.opens(action)
    clock.move(days=1)
    await an.opens("rate/Q1/261117/1/5")
    hashes = [row["encounter"] for row in dump(place.database)["rating"]]
    assert len(set(hashes)) == 3
    assert None not in hashes


async def test_what_lived_only_to_deliver_is_gone_a_day_later(place: Place, clock: Clock) -> None:
    an = place.person("700000001")
    await an.sends("/start q-Q1")
    await an.taps("Hài lòng")
    clock.move(hours=24)
    await place.database.run(lambda s: forget(s, clock(), place.policy))
    found = dump(place.database)
    assert found["chat"] == []
    assert found["outbox"] == []
    assert found["day_key"] == []
    clock.move(days=2)
    await place.database.run(lambda s: forget(s, clock(), place.policy))
    assert dump(place.database)["seen"] == []


async def test_nothing_of_a_citizen_whom_no_messenger_reaches_outlives_a_day(
    place: Place, clock: Clock
) -> None:
    await rated(place, clock, typed=True)
    of_chats = ("outbox", "chat", "seen", "attempt")
    when = {
        str(value)[14:19]
        for table in of_chats
        for row in dump(place.database)[table]
        for name, value in row.items()
        if name in {"until", "expires"} and value is not None
    }
    assert when == {"00:00"}, "no minute of anybody's visit is kept"
    clock.move(hours=24)
    await place.database.run(lambda s: forget(s, clock(), place.policy))
    assert [dump(place.database)[table] for table in ("outbox", "chat", "day_key")] == [[], [], []]
    for row in dump(place.database)["seen"]:
        assert set(row) == {"key", "day"}


# What the notice says is kept of a rating (in words it uses), column by column. A new column has
# to be put into the notice, and its words here, before this test passes again.
SAID = {
    "id": None, "status": None,  # neither says anything about a person
    "encounter": "recognises you at that desk",
    "receipt": "receipt code",
    "level": "the level", "reasons": "the reasons", "comment": "the comment",
    "desk_id": "the desk", "unit_id": "its unit",
    "member_id": "the official on duty", "attribution": "the official on duty",
    "day": "the day (never the hour)", "channel": "through which door",
    "scheme": "of the scale", "notice": "the version of this notice",
}  # fmt: skip
SAID_ELSEWHERE = {
    "chat": "what your next message refers to, at most 24 hours",
    "outbox": "where to send it, until it is sent",
    "seen": "a mark that a message was already handled, at most 3 days, on Zalo at most 61",
    "attempt": "a count of wrong codes",
    "answer": "the answer of the unit to your comment",
    "tally": "counted until the end of the day under that day's key",
    "day_key": "The key is destroyed at 3 o'clock",
}
NOT_ABOUT_CITIZENS = {
    "unit", "person", "membership", "desk", "duty", "meta", "invite", "join_request", "link", "axis",
    "item", "pledge", "day_note", "leave", "preference", "claim", "digest_sent",
    "digest_preference", "own_score", "unit_past", "unit_setting", "membership_past", "disputed_day",
    "audit", "report", "improvement", "role_offer", "monthly_count", "shut_door", "oa_token",
    "week_count", "week_reason",  # of a unit's week, levels and reasons apart
    "shared_file",  # pictures of digests and calendars, which only officials get
}  # fmt: skip


def turn(language: str) -> Turn:
    policy = Policy()
    say = Speaker(language, citizen=policy.citizen)
    return Turn(Incoming("web", "", "", ""), None, Clock()(), policy, say)  # type: ignore[arg-type]


def test_the_notice_names_every_column_of_a_rating_and_every_table_about_citizens() -> None:
    notice = long_notice(turn("en"))
    assert set(METADATA.tables["rating"].columns.keys()) == set(SAID)
    for words in filter(None, [*SAID.values(), *SAID_ELSEWHERE.values()]):
        assert words in notice
    assert set(METADATA.tables) - {"rating"} == set(SAID_ELSEWHERE) | NOT_ABOUT_CITIZENS


def test_another_text_of_the_notice_is_another_version() -> None:
    texts = "".join(short_notice(turn(each)) + long_notice(turn(each)) for each in ("vi", "en"))
    known = {
        "2026-11": "ceff80a102ebdc2a",
        "2026-11b": "f82a0c7555e1c905",
        "2026-11c": "d402b6cce3b1f96a",
        "2026-11d": "0053c618afd74d97",
        "2026-11e": "04dd7155d9782a0f",
    }
    assert hashlib.sha256(texts.encode()).hexdigest()[:16] == known[VERSION]
