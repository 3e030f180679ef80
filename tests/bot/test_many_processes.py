"""Two processes on one PostgreSQL: jobs done once, a person's updates in order, parts apart."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlmodel import Session, select

from bot.app import build
from bot.channels.base import Capabilities
from bot.config import Settings
from bot.dispatch import Dispatch
from bot.parts import DELIVERY, SCHEDULER, TELEGRAM, WEB, ZALO
from bot.scheduler import Jobs
from handlers.jobs import ALL
from handlers.messages import Incoming, Reply, Text
from handlers.policy import Policy
from storage.database import Database
from storage.keys import Keys
from storage.queries.claims import only_here
from storage.queries.outbox import waiting_answers
from storage.tables import Claim, Outbox
from tests.bot.running import TOYS
from tests.conftest import SECRET, Clock
from tests.fakes.telegram import TOKEN
from tests.officials import furnish_officials, inbox, joined
from tests.people import Place, furnish

TELEGRAM_AND_ZALO = {
    "privacy": {"secret": SECRET},
    "telegram": {"token": TOKEN},
    "zalo_bot": {"token": "2:zalo"},
}


@pytest.fixture
async def two(postgres_url: str, keys: Keys) -> AsyncIterator[list[Database]]:
    """What two processes have open."""
    both = [Database(postgres_url, keys), Database(postgres_url, keys)]
    yield both
    for database in both:
        await asyncio.to_thread(database.close)


# -- jobs -----------------------------------------------------------------------------------------


async def test_two_schedulers_send_one_digest_a_secretary_and_week(
    two: list[Database], clock: Clock
) -> None:
    await two[0].run(lambda session: furnish(session, clock()))
    await two[0].run(lambda session: furnish_officials(session, clock()))
    place = Place(two[0], clock)
    secretaries = [
        await joined(place, "Sáu", "C1", "secretary", "S1"),
        await joined(place, "Bảy", "C2", "secretary", "S2"),
        await joined(place, "Tám", "C1", "secretary", "S3"),
    ]
    citizen = place.person("An")
    processes = [Jobs(each, place.policy, clock, ALL) for each in two]
    came: Counter[tuple[str, int]] = Counter()
    for week in range(1, 4):
        await citizen.opens("open/Q1")
        await citizen.taps("Hài lòng")
        clock.now = datetime(2026, 11, 16, 0, 30, tzinfo=UTC) + timedelta(weeks=week)
        for _ in range(3):  # before eight, and twice after
            done = await asyncio.gather(*(jobs.run_all() for jobs in processes))
            assert all(counts is not None for each in done for counts in each.values())
            clock.move(hours=1)
        for secretary in secretaries:
            came[secretary.name, week] += _digests(await inbox(secretary))
    claims = await two[1].run(lambda s: list(s.exec(select(Claim.key)).all()))
    digests = Counter(key for key in claims if key.startswith("digest/"))
    print("digests per secretary-week:", sorted(set(digests.values())), len(digests))
    assert set(digests.values()) == {1}
    assert len(digests) == len(came) + 3  # Tám leads two units
    assert set(came.values()) == {1, 2}
    assert {week: n for (name, week), n in came.items() if name == "Tám"} == dict.fromkeys(
        range(1, 4), 2
    )


def _digests(text: str) -> int:
    return text.upper().count("BẢN TIN TUẦN")


async def test_a_job_is_left_to_the_process_that_is_at_it(two: list[Database]) -> None:
    holding, over = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def hold(session: Session) -> bool:
        mine = only_here(session, "job/x")
        loop.call_soon_threadsafe(holding.set)
        asyncio.run_coroutine_threadsafe(over.wait(), loop).result(10)
        return mine

    first = asyncio.create_task(two[0].run(hold))
    await holding.wait()
    assert not await two[1].run(lambda session: only_here(session, "job/x"))
    assert await two[1].run(lambda session: only_here(session, "job/y"))
    over.set()
    assert await first
    assert await two[1].run(lambda session: only_here(session, "job/x"))


# -- one person's order ---------------------------------------------------------------------------


async def test_one_persons_updates_are_handled_one_after_the_other_whoever_gets_them(
    two: list[Database], clock: Clock
) -> None:
    """Posted to both at once and redelivered to the other: each counts once, none sees the person's
    data half way, and the answers stand in the order in which they were handled."""
    chance = random.Random(20261122)
    processes = [Dispatch(each, TOYS, Policy(), clock, lambda _: None) for each in two]
    posts = [(f"c{chat}", n) for chat in range(4) for n in range(15)] * 2
    chance.shuffle(posts)
    handled = await asyncio.gather(
        *(
            processes[number % 2].handle(
                Incoming("telegram", chat, chat, f"{chat}-{n}", text=f"said {n}"), Capabilities()
            )
            for number, (chat, n) in enumerate(posts)
        )
    )
    assert sum(not each.duplicate for each in handled) == 60

    def look(session: Session) -> dict[str, tuple[list[str], list[str]]]:
        from storage.tables import Meta

        rows = waiting_answers(session, "telegram", clock(), chats=10)
        answers: dict[str, list[str]] = {}
        for row in sorted(rows, key=lambda each: each.id):
            reply = Reply.model_validate((row.content or {})["reply"])
            said = " ".join(part.text for part in reply.parts if isinstance(part, Text))
            answers.setdefault(row.address or "", []).append(said.removeprefix("You said: "))
        notes = {m.key: m.value.split(";")[:-1] for m in session.exec(select(Meta)).all()}
        return {chat: (notes[chat], answers[chat]) for chat in answers}

    found = await two[0].run(look)
    assert sorted(found) == ["c0", "c1", "c2", "c3"]
    for notes, answers in found.values():
        assert sorted(notes) == sorted(f"said {n}" for n in range(15))
        assert answers == notes


# -- parts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "doors", "web"),
    [
        ({WEB}, {"web", "telegram", "zalo_bot"}, True),
        ({TELEGRAM}, {"telegram"}, False),
        ({ZALO}, {"zalo_bot"}, False),
        ({DELIVERY}, {"telegram", "zalo_bot"}, False),
        ({SCHEDULER}, set(), False),
        ({TELEGRAM, SCHEDULER}, {"telegram"}, False),
    ],
)
async def test_every_process_says_how_it_is_and_only_the_web_has_pages(
    database: Database, clock: Clock, parts: set[str], doors: set[str], web: bool
) -> None:
    settings = Settings.model_validate(TELEGRAM_AND_ZALO)
    program = build(settings, database, clock, frozenset(parts))
    assert {channel.name for channel in program.channels} == doors
    transport = httpx.ASGITransport(app=program.web, client=("127.0.0.1", 4000))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/metrics")).status_code == 200
        ready = await client.get("/readyz")
        assert set(ready.json()["doors"]) == doors
        assert (ready.status_code == 200) is (web or not doors)  # no messenger was reached yet
        assert (await client.get("/quyen-rieng-tu")).status_code == (200 if web else 404)
        posted = await client.post("/hooks/telegram", content=b"{}")
        assert posted.status_code == 404  # mode is polling
    for channel in program.channels:
        await channel.close()


async def test_posts_are_taken_by_the_web_and_wait_for_whoever_sends(
    database: Database, clock: Clock
) -> None:
    """A process that only serves the web takes what a messenger posts; the answer waits."""
    secret = "a-secret-for-webhooks"
    telegram = {"token": TOKEN, "mode": "webhook", "webhook_secret": secret}
    values = TELEGRAM_AND_ZALO | {"telegram": telegram, "web": {"public_url": "http://127.0.0.1:1"}}
    await database.run(lambda session: furnish(session, clock()))
    program = build(Settings.model_validate(values), database, clock, frozenset({WEB}))
    person = {"id": 901, "is_bot": False, "first_name": "Lan", "language_code": "vi"}
    message = {"message_id": 1, "date": 1, "from": person, "text": "/start q-Q1"}
    message["chat"] = {"id": 901, "type": "private", "first_name": "Lan"}
    transport = httpx.ASGITransport(app=program.web)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:1") as client:
        posted = await client.post(
            "/hooks/telegram",
            json={"update_id": 1, "message": message},
            headers={"x-telegram-bot-api-secret-token": secret},
        )
    assert posted.status_code == 200
    (row,) = await database.run(lambda s: list(s.exec(select(Outbox)).all()))
    assert row.channel == "telegram"
    for channel in program.channels:
        await channel.close()
