"""The Official Account with real processes: a storm on one token, a kill between answer and store."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlmodel import Session

from storage.database import Database
from storage.keys import Keys
from storage.queries.mark import mark_or_check
from storage.queries.oa_token import plant, store_tokens
from storage.schema import upgrade
from tests.conftest import SECRET
from tests.fakes.zalo_oa import APP_ID, FIRST_REFRESH, FakeZaloOa, Fault
from tests.people import furnish
from tests.process.program import WARM, Program


@pytest.fixture
def oa() -> Iterator[FakeZaloOa]:
    with FakeZaloOa(pace=0.01) as fake:
        yield fake


def in_use(url: str, oa: FakeZaloOa, *, obtained_hours_ago: float) -> None:
    """A furnished database that has tokens of this age; the access token works at Zalo's if it
    is younger than 25 hours."""
    access, refresh = oa.give_tokens()
    obtained = datetime.now(UTC) - timedelta(hours=obtained_hours_ago)
    expires = obtained + timedelta(hours=25)
    oa.world.access[access] = expires.timestamp()
    database = Database(url, Keys(SECRET))

    def work(session: Session) -> None:
        mark_or_check(session, demo=False)
        furnish(session, datetime.now(UTC))
        plant(session, APP_ID, FIRST_REFRESH)
        store_tokens(session, APP_ID, FIRST_REFRESH, access, refresh, obtained, expires)

    database.run_now(work)
    database.close()


def program(folder: Path, url: str, oa: FakeZaloOa, **changed: object) -> Program:
    folder.mkdir(exist_ok=True)
    return Program(
        folder,
        {
            "database": {"url": url},
            "privacy": {"secret": SECRET},
            "zalo_oa": oa.settings(**changed),
        },
        warm=WARM,
    )


def door(running: Program) -> dict[str, object]:
    answer = httpx.get(f"{running.url}/readyz", timeout=5).json()
    found: dict[str, object] = answer["doors"]["zalo_oa"]
    return found


def open_door(running: Program) -> Callable[[], bool]:
    return lambda: bool(door(running)["up"])


@pytest.mark.process
def test_two_processes_with_an_expired_token_renew_it_once(
    tmp_path: Path, postgres_url: str, oa: FakeZaloOa
) -> None:
    in_use(postgres_url, oa, obtained_hours_ago=30)
    both = [program(tmp_path / name, postgres_url, oa) for name in ("one", "two")]
    try:
        for each in both:
            each.start(wait=False)
        for each in both:
            each.wait_ready()
            oa.wait_until(open_door(each), timeout=20)
        assert oa.renewals == 1
        people = [oa.user(n) for n in range(1, 21)]
        for round_, expired in enumerate((False, True, True)):
            if expired:
                oa.expire_access()
            for index, person in enumerate(people):  # Zalo posts now to one, now to the other
                oa.poster.url = f"{both[index % 2].url}/hooks/zalo-oa"
                before = len(oa.poster.events)
                person.send("q1")
                oa.wait_until(lambda n=before: len(oa.poster.events) > n)  # type: ignore[misc]
                if not round_:
                    oa.wait_until(lambda: oa.poster.events[-1].statuses)
            for person in people:
                oa.wait_until(lambda p=person, n=round_: len(p.messages) > n, timeout=30)  # type: ignore[misc]
            assert oa.renewals == 1 + round_
    finally:
        for each in both:
            each.stop()
    assert oa.refusals == []


@pytest.mark.process
def test_a_kill_between_the_answer_and_its_storing_is_seen_told_and_survived(
    tmp_path: Path, oa: FakeZaloOa
) -> None:
    url = f"sqlite:///{tmp_path / 'bot.sqlite'}"
    upgrade(url)
    in_use(url, oa, obtained_hours_ago=13)
    running = program(tmp_path, url, oa)
    held = oa.fault("token", Fault.held())
    anna = oa.user(1)
    running.start()
    oa.poster.url = f"{running.url}/hooks/zalo-oa"
    oa.wait_until(lambda: oa.renewals == 1, timeout=20)  # Zalo has made new ones, and says so …
    running.kill()  # … to nobody any more
    assert held.gate is not None
    held.gate.set()
    try:
        running.start()
        oa.wait_until(lambda: "lost" in str(door(running)["why"]), timeout=20)
        state = door(running)
        assert state["up"]
        assert "works until" in str(state["why"])
        assert "API Explorer" in str(state["why"])
        anna.send("q1")
        anna.waits_for("Quầy 1")
        anna.press("Rất hài lòng")
        anna.waits_for("Đã ghi nhận")
        assert len(oa.calls("token")) == 2
        log = running.log.read_text(encoding="utf-8")
        assert log.count("the refresh token is lost") == 1
        assert "was broken off" in log
        doctor = running.command("doctor", check=False).stdout
        assert "Đã mất refresh token của Official Account: chỉ còn gửi được tin đến" in doctor
        assert running.stop() == 0

        _, explorer = oa.give_tokens()  # the cure
        cured = program(tmp_path, url, oa, refresh_token=explorer)
        running = cured
        cured.start()
        oa.poster.url = f"{cured.url}/hooks/zalo-oa"
        oa.wait_until(lambda: oa.renewals == 2 and not door(cured)["why"], timeout=20)
        seen = len(anna.messages)
        anna.send("q2")
        anna.waits_for("Quầy 2", since=seen)
        log = cured.log.read_text(encoding="utf-8")
        for secret in (explorer, oa.world.refresh, FIRST_REFRESH, anna.id, *oa.world.access):
            assert secret not in log
        assert json.dumps(oa.refusals) == "[]"
        assert cured.stop() == 0
    finally:
        if running.process is not None and running.process.poll() is None:
            running.kill()
