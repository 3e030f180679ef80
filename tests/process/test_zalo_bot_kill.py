"""kill -9 while people write to the Zalo bot by webhook: nothing is lost, nothing stored twice."""

import random
import time
from pathlib import Path

import pytest

from tests.conftest import SECRET
from tests.fakes.zalo_bot import TOKEN, FakeZaloBot, Person
from tests.process.program import Program
from tests.process.test_kill import rated, ready_made

PEOPLE, KILLS = 20, 4


def act(person: Person, done: dict[str, str]) -> None:
    """The next thing this person would do, seeing what they see."""
    state, shown = done.get(person.id), "\n".join(person.texts())
    if state is None:
        person.says("Q1")
        done[person.id] = "asked"
    elif state == "asked" and "5. " in shown:
        person.says("5")
        done[person.id] = "answered"
    elif state == "answered" and "Đã ghi nhận" in shown:
        done[person.id] = "thanked"


@pytest.mark.process
def test_four_kills_while_twenty_people_write(tmp_path: Path) -> None:
    chance, url = random.Random(20261122), ready_made(tmp_path)
    with FakeZaloBot() as zalo:
        zalo.updates.backoff = (0.2,) * 100
        zalo_bot = {"token": TOKEN, "api_base": zalo.api_base, "mode": "webhook"}
        zalo_bot["webhook_secret"] = "a-secret-for-webhooks"
        program = Program(
            tmp_path,
            {"database": {"url": url}, "privacy": {"secret": SECRET}, "zalo_bot": zalo_bot},
        )
        people = [zalo.person(f"person{n}") for n in range(PEOPLE)]
        done: dict[str, str] = {}
        kills, started = 0, time.monotonic()
        program.start()
        next_kill = time.monotonic() + 0.5
        try:
            while list(done.values()).count("thanked") < PEOPLE:
                assert time.monotonic() - started < 120, (done, zalo.refusals)
                for person in people[: (kills + 1) * PEOPLE // (KILLS + 1) + 1]:
                    if chance.random() < 0.1:
                        act(person, done)
                if kills < KILLS and time.monotonic() >= next_kill:
                    program.kill()
                    kills += 1
                    program.start()
                    next_kill = time.monotonic() + chance.uniform(0.05, 0.4)
                time.sleep(0.01)
            assert program.stop() == 0
        finally:
            if program.process is not None and program.process.poll() is None:
                program.kill()

    assert kills == KILLS
    ratings = rated(url)
    assert [rating.level for rating in ratings] == [5] * PEOPLE
    assert len({rating.encounter for rating in ratings}) == PEOPLE
    assert {rating.channel for rating in ratings} == {"zalo_bot"}
    # What was in flight at a kill may be sent again, once a chat.
    assert zalo.methods.sent <= 2 * PEOPLE + KILLS * 8
    assert zalo.refusals == []
