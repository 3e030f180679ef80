"""The whole job on Zalo with real processes: import, typed code, digit, export; and kill after kill."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.messengers import Messengers, Someone
from tests.conftest import SECRET
from tests.everything import often
from tests.fakes.telegram import FakeTelegram
from tests.fakes.zalo_bot import TOKEN, FakeZaloBot
from tests.fakes.zalo_oa import FakeZaloOa
from tests.process.program import WARM, Program
from tests.process.test_kill import rated, ready_made
from tests.process.test_whole_job import exported, installed
from tests.process.test_zalo_oa import open_door

PEOPLE, KILLS = often((30, 2), (30, 8))
MODES = [pytest.param("polling", marks=pytest.mark.everything), "webhook"]


@pytest.fixture
def messengers() -> Iterator[Messengers]:
    with FakeZaloBot() as zalo, FakeZaloOa(pace=0.01) as oa:
        zalo.updates.backoff = (0.2,) * 100
        yield Messengers(FakeTelegram(), zalo, oa)


def by_environment(program: Program, messengers: Messengers, mode: str = "webhook") -> None:
    """Both messengers, as an office sets them that writes no secrets into files."""
    given = {f"BOT_ZALO_OA__{k.upper()}": str(v) for k, v in messengers.oa.settings().items()}
    given |= {
        "BOT_ZALO_BOT__TOKEN": TOKEN,
        "BOT_ZALO_BOT__API_BASE": messengers.zalo.api_base,
        "BOT_ZALO_BOT__MODE": mode,
        "BOT_ZALO_BOT__WEBHOOK_SECRET": "a-secret-for-webhooks" if mode == "webhook" else "",
    }
    program.environment |= given
    messengers.oa.poster.url = f"{program.url}/hooks/zalo-oa"


def waits(person: Someone, words: str) -> None:
    person.user.waits_for(words)


@pytest.mark.process
@pytest.mark.parametrize("mode", MODES)
def test_a_typed_code_and_a_digit_are_a_rating_that_is_exported(
    tmp_path: Path, messengers: Messengers, mode: str
) -> None:
    program = installed(tmp_path, warm=WARM)
    by_environment(program, messengers, mode)
    people = [messengers.person("zalo_bot", 1), messengers.person("zalo_oa typed", 2)]
    program.start()
    try:
        for person in people:
            person.says("q1")
        for person in people:
            waits(person, "hài lòng ở mức nào")
            person.says("5")
        for person in people:
            waits(person, "Đã ghi nhận")
            assert len(person.shown()) == 2
        rows = exported(program)
        assert sorted(
            (r["desk_code"], r["person_code"], r["level"], r["channel"]) for r in rows
        ) == [("Q1", "P1", "5", "zalo_bot"), ("Q1", "P1", "5", "zalo_oa")]
        assert program.stop() == 0
    finally:
        if program.process is not None and program.process.poll() is None:
            program.kill()
    log = program.log.read_text(encoding="utf-8")
    secrets = [TOKEN, *messengers.oa.world.access, messengers.oa.world.refresh]
    assert [each for each in (*secrets, *(p.address for p in people)) if each in log] == []
    assert [*messengers.zalo.refusals, *messengers.oa.refusals] == []


def act(person: Someone, done: dict[str, str]) -> None:
    """The next thing this person would do, seeing what they see."""
    name, shown = f"{person.way}/{person.address}", "\n".join(person.shown())
    state = done.get(name)
    if state is None:
        person.says("Q1")
        done[name] = "asked"
    elif state == "asked" and "5. " in shown:
        person.says("5")
        done[name] = "answered"
    elif state == "answered" and "Đã ghi nhận" in shown:
        done[name] = "thanked"


@pytest.mark.process
def test_kill_after_kill_while_thirty_people_rate_on_both(
    tmp_path: Path, messengers: Messengers
) -> None:
    chance, url = random.Random(20261122), ready_made(tmp_path)
    settings: dict[str, dict[str, object]] = {
        "database": {"url": url},
        "privacy": {"secret": SECRET},
    }
    program = Program(tmp_path, settings, warm=WARM)
    by_environment(program, messengers)
    people = [
        messengers.person(("zalo_bot", "zalo_oa typed")[n % 2], n) for n in range(1, PEOPLE + 1)
    ]
    done: dict[str, str] = {}
    kills, started = 0, time.monotonic()
    program.start()
    # A kill while the first tokens are fetched would lose them (test_zalo_oa.py).
    messengers.oa.wait_until(open_door(program), timeout=20)
    next_kill = time.monotonic() + 0.5
    try:
        while Counter(done.values())["thanked"] < PEOPLE:
            assert time.monotonic() - started < 120, (done, messengers.oa.undelivered())
            for person in people[: (kills + 1) * PEOPLE // (KILLS + 1) + 1]:
                if chance.random() < 0.1:
                    act(person, done)
            if kills < KILLS and time.monotonic() >= next_kill:
                program.kill()
                kills += 1
                program.start()
                next_kill = time.monotonic() + chance.uniform(0.05, 0.4)
            time.sleep(0.01)
        messengers.oa.wait_until(lambda: not messengers.oa.undelivered(), timeout=30)
        assert program.stop() == 0
    finally:
        if program.process is not None and program.process.poll() is None:
            program.kill()
    assert kills == KILLS
    ratings = rated(url)
    assert [rating.level for rating in ratings] == [5] * PEOPLE
    assert len({rating.encounter for rating in ratings}) == PEOPLE
    assert Counter(each.channel for each in ratings) == {
        "zalo_bot": PEOPLE // 2, "zalo_oa": PEOPLE // 2,
    }  # fmt: skip
    repeated = [len(person.shown()) - 2 for person in people]
    print(
        f"{KILLS} kills, {PEOPLE} people: {sum(repeated)} messages came twice, {max(repeated)} at most"
    )
    assert min(repeated) >= 0
    assert max(repeated) <= KILLS
    assert [*messengers.zalo.refusals, *messengers.oa.refusals] == []
