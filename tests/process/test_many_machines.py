"""Several processes on one PostgreSQL: the one that sends or polls ends, and another takes over."""

import json
import os
import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlmodel import Session

from storage.database import Database
from storage.keys import Keys
from storage.queries.mark import mark_or_check
from storage.queries.traffic import PROACTIVE, put_in_outbox
from tests import wired_url
from tests.bot.scripted import message
from tests.conftest import SECRET
from tests.everything import often
from tests.fakes.telegram import FakeTelegram, Fault, Pace, User
from tests.fakes.wire import Wire
from tests.people import furnish
from tests.process.program import WARM, Program, free_port
from tests.process.test_kill import act, rated

MEMBERS = often(75, 300)
MEMBERS_FROM = 700_000
PEOPLE_A_SECOND = often(10, 6)  # their answers go beside the broadcast, and together at a takeover
DEAD_WITHIN_S, FROZEN_WITHIN_S = 8.0, 16.0  # of a machine that is busy with other tests


def furnished(url: str) -> Database:
    """The database as a province has it in use."""
    database = Database(url, Keys(SECRET))

    def furnish_it(session: Session) -> None:
        mark_or_check(session, demo=False)
        furnish(session, datetime.now(UTC))

    database.run_now(furnish_it)
    return database


@contextmanager
def machines(
    folder: Path, server: FakeTelegram, url: str, mode: str, *only: str
) -> Iterator[list[Program]]:
    """A running process for each list of parts; posts go to the first two in turns."""
    ports = [free_port() for _ in only]
    with Wire(*ports[:2]) as balancer:
        telegram = {"token": server.token, "api_base": server.api_base, "mode": mode}
        if mode == "webhook":
            telegram["webhook_secret"] = "a-secret-for-webhooks"
        programs = []
        for number, (port, parts) in enumerate(zip(ports, only, strict=True)):
            own = folder / f"machine-{number}"
            own.mkdir()
            settings: dict[str, dict[str, object]] = {
                "database": {"url": url},
                "privacy": {"secret": SECRET},
                "telegram": dict(telegram),
                "web": {"public_url": f"http://127.0.0.1:{balancer.port}"},
            }
            arguments = ("--only", parts) if parts else ()
            programs.append(Program(own, settings, port, arguments=arguments, warm=WARM))
        try:
            for program in programs:
                program.start(wait=False)
            for program in programs:
                program.wait_ready()
            yield programs
        finally:
            for program in programs:
                if program.process is not None and program.process.poll() is None:
                    program.kill()


def taken(program: Program, work: str) -> bool:
    """Whether this process says that it is the one that does this work now."""
    mine = False
    for line in program.log.read_text(encoding="utf-8").splitlines():
        if line.startswith("{") and (event := json.loads(line)).get("work") == work:
            mine = event["event"] == "lock taken"
    return mine


def holder(programs: list[Program], work: str) -> Program:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        for program in programs:
            if taken(program, work):
                return program
        time.sleep(0.02)
    raise AssertionError(f"nobody is {work}")


def broadcast(database: Database, server: FakeTelegram) -> None:
    """A paced message to every member."""
    chats = [MEMBERS_FROM + number for number in range(MEMBERS)]
    for chat in chats:
        server.user(chat, started=True)

    def queue(session: Session) -> None:
        for chat in chats:
            put_in_outbox(session, "telegram", str(chat), [message("Nhắc việc")], lane=PROACTIVE)

    database.run_now(queue)


def answered_late(server: FakeTelegram) -> None:
    """Several messages are on their way for a while."""
    for _ in range(5):
        server.fault("sendMessage", Fault.hang(4.5))
    time.sleep(0.3)


def reminded(server: FakeTelegram) -> Counter[int]:
    """How many reminders each member has."""
    calls = [call for call in server.calls_of("sendMessage") if call.outcome in {"ok", "dropped"}]
    return Counter(call.chat for call in calls if call.chat and call.chat >= MEMBERS_FROM)


def wait_for(condition: Callable[[], object], within: float, why: Callable[[], object]) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, why()
        time.sleep(0.01)


@pytest.mark.process
@pytest.mark.parametrize(
    "end", ["SIGKILL", "SIGTERM", pytest.param("SIGSTOP", marks=pytest.mark.everything)]
)
def test_the_sender_ends_in_a_broadcast_and_another_goes_on(
    tmp_path: Path, postgres_url: str, end: str
) -> None:
    database = furnished(postgres_url)
    with (
        FakeTelegram(pace=Pace()) as server,
        machines(tmp_path, server, postgres_url, "webhook", "", "") as programs,
    ):
        people = [server.user(5000 + n, language_code="vi") for n in range(often(30, 40))]
        done: dict[int, str] = {}
        sender = holder(programs, "sending")
        other = programs[1 - programs.index(sender)]
        broadcast(database, server)
        began, ended, took = time.monotonic(), 0.0, 0.0

        def step() -> bool:
            nonlocal ended, took
            come = int((time.monotonic() - began) * PEOPLE_A_SECOND) + 1
            for person in people[:come]:
                if done.get(person.id) != "thanked":
                    act(person, done)
            if not ended and sum(reminded(server).values()) > MEMBERS // 3:
                if end == "SIGTERM":
                    answered_late(server)
                ended = time.monotonic()
                assert sender.process is not None
                os.kill(sender.process.pid, getattr(signal, end))
            elif ended and not took and taken(other, "sending"):
                took = time.monotonic()
            thanked = Counter(done.values())["thanked"]
            return thanked == len(people) and len(reminded(server)) == MEMBERS

        wait_for(
            step, 150, lambda: (Counter(done.values()), len(reminded(server)), server.refusals)
        )
        takeover = took - ended
        assert sender.process is not None
        if end == "SIGTERM":
            assert sender.process.wait(30) == 0
        if end == "SIGSTOP":
            os.kill(sender.process.pid, signal.SIGCONT)
            time.sleep(2)  # whatever it still wants to send, it sends now
            assert not taken(sender, "sending")
        assert taken(other, "sending")
        repeats = sum(reminded(server).values()) - MEMBERS
        throttled = [each for each in server.refusals if each.code == 429]
        print(f"takeover {takeover:.2f} s, 429s {len(throttled)}, repeats {repeats}")
        assert takeover < (DEAD_WITHIN_S if end == "SIGKILL" else FROZEN_WITHIN_S)
        assert throttled == []
        assert max(reminded(server).values()) <= 2
        assert repeats <= (0 if end == "SIGTERM" else 8)  # what was in flight
    ratings = rated(postgres_url)
    assert len(ratings) == len(people) == len({rating.encounter for rating in ratings})
    database.close()


@pytest.mark.process
@pytest.mark.everything
def test_the_poller_ends_and_another_polls_within_seconds(
    tmp_path: Path, postgres_url: str
) -> None:
    furnished(postgres_url).close()
    with (
        FakeTelegram() as server,
        machines(
            tmp_path, server, postgres_url, "polling", "telegram", "telegram", "delivery"
        ) as programs,
    ):
        poller = holder(programs[:2], "receiving")
        person = server.user(900, language_code="vi")
        person.send("/start q-Q1")
        person.wait_for("hài lòng ở mức nào", timeout=10)
        poller.kill()
        asked = time.monotonic()
        person.tap("Hài lòng")
        person.wait_for("Đã ghi nhận", timeout=15)
        print(f"poller takeover {time.monotonic() - asked:.2f} s")
        assert time.monotonic() - asked < 8
    assert [rating.level for rating in rated(postgres_url)] == [4]


@pytest.mark.process
@pytest.mark.everything
@pytest.mark.parametrize("how", ["cut", "hush"])
def test_the_server_is_away_for_a_while_and_everything_goes_on_by_itself(
    tmp_path: Path, postgres_url: str, how: str
) -> None:
    furnished(postgres_url).close()
    with (
        FakeTelegram() as server,
        Wire(wired_url.socket_of(postgres_url)) as wire,
        machines(
            tmp_path, server, wired_url.through(postgres_url, wire), "webhook", "", ""
        ) as programs,
    ):
        holder(programs, "sending")
        people = [server.user(300 + n, language_code="vi") for n in range(10)]
        getattr(wire, how)()
        for person in people:
            person.send("/start q-Q1")
        wait_for(lambda: [ready(each) for each in programs] == [503, 503], 15, lambda: "ready")
        time.sleep(8)
        assert not any(person.buttons() for person in people)
        back = time.monotonic()
        wire.mend()
        wait_for(lambda: all(person.buttons() for person in people), 30, lambda: server.refusals)
        answered = time.monotonic() - back
        wait_for(lambda: [ready(each) for each in programs] == [200, 200], 15, lambda: "ready")
        print(f"{how}: answered {answered:.2f} s after it was back")
        assert answered < 10
        asked = [len([m for m in person.messages() if m.from_bot]) for person in people]
        assert max(asked) <= 2  # what was in flight may repeat, once
        assert sum(asked) <= len(people) + 2


def ready(program: Program) -> int:
    return httpx.get(f"{program.url}/readyz", timeout=20).status_code


@pytest.mark.process
@pytest.mark.everything
def test_parts_in_processes_of_their_own_do_the_whole_job_in_each_persons_order(
    tmp_path: Path, postgres_url: str
) -> None:
    """Two processes take posts and send nothing, a third sends; one person asks faster than they
    are answered."""
    furnished(postgres_url).close()
    with (
        FakeTelegram() as server,
        machines(tmp_path, server, postgres_url, "webhook", "web", "web", "delivery,scheduler"),
    ):
        people = [server.user(100 + n, language_code="vi") for n in range(30)]
        desks = ["Q1", "Q2", "Q13", "Q1", "Q13"]
        for desk in desks:
            for person in people:
                person.send(f"/start q-{desk}")
        wait_for(
            lambda: all(len(answers(person)) == len(desks) for person in people),
            30,
            lambda: [answers(person) for person in people],
        )
        for person in people:
            assert answers(person) == ["Quầy 1 ", "Quầy 2 ", "Quầy 13 ", "Quầy 1 ", "Quầy 13 "]
        assert server.refusals == []


def answers(person: User) -> list[str]:
    """Which desks this person was asked about, in the order of the messages."""
    texts = [each.text for each in person.messages() if each.from_bot]
    return [found[0] for text in texts if (found := re.search(r"Quầy \d+ ", text))]
