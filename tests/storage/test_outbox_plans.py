"""What a look at the outbox costs does not grow with what is held there."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from storage.database import Database
from storage.keys import Keys
from storage.queries.doors import shut_door
from storage.queries.moving import move_or_hold
from storage.queries.outbox import next_proactive, waiting_answers
from storage.queries.shut_channel import tend_door
from storage.queries.traffic import PROACTIVE, put_in_outbox
from storage.queries.waiting import held_for
from tests.conftest import Clock
from tests.databases import migrated

ZALO = "zalo_bot"
NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
LOOKS: dict[str, Callable[[Session], Any]] = {
    "answers": lambda s: waiting_answers(s, ZALO, NOW, chats=32, skip={"busy"}),
    "proactive": lambda s: next_proactive(s, ZALO, NOW, most=60, skip={"busy"}),
    "one chat is shut": lambda s: move_or_hold(s, ZALO, "chat", NOW, {}),
    "held for one person": lambda s: held_for(s, ["chat", "another"]),
}


@pytest.mark.parametrize("look", LOOKS)
def test_no_look_passes_what_is_held_for_others(sqlite_url: str, keys: Keys, look: str) -> None:
    database = Database(migrated(sqlite_url), keys)
    said: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, values: Any, _x: Any, _many: bool) -> None:
        said.append((statement, values))

    def plans(session: Session) -> list[str]:
        connection = session.connection()
        return [
            row[-1]
            for statement, values in said
            if statement.startswith(("SELECT", "UPDATE")) and "outbox" in statement
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]

    database.run_now(lambda s: put_in_outbox(s, ZALO, "somebody", [{"reply": {}}]))
    event.listen(database.engine, "before_cursor_execute", note)
    database.run_now(LOOKS[look])
    event.remove(database.engine, "before_cursor_execute", note)
    steps = [step for step in database.run_now(plans) if " outbox" in step]
    assert steps
    for step in steps:
        assert "chat=?" in step or "held=?" in step


def test_a_channel_that_is_shut_is_cleared_a_page_of_chats_at_a_time(
    database: Database, clock: Clock
) -> None:
    def crowd(session: Session) -> None:
        shut_door(session, ZALO, datetime(2027, 1, 1, tzinfo=UTC))
        for n in range(150):
            put_in_outbox(session, ZALO, f"c{n}", [{"reply": {}}], lane=PROACTIVE)

    def look(session: Session) -> int:
        return tend_door(session, ZALO, clock(), {}, works=False)["held"]

    database.run_now(crowd)
    assert [database.run_now(look) for _ in range(3)] == [100, 50, 0]
