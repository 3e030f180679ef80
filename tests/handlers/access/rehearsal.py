"""Trying actions on a database that forgets them: what was answered, sent, and changed by each."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlmodel import Session

from bot.channels.base import Capabilities
from bot.dispatch import Dispatch, Handled
from handlers.errors import Refused
from handlers.messages import Incoming, Text, reply
from handlers.policy import Policy
from handlers.routes import router
from storage.database import Database
from storage.keys import Keys
from storage.tables import METADATA
from tests.handlers.access.organisation import CHANNEL, NOW, chat_of

T = TypeVar("T")
Rows = dict[str, dict[Any, dict[str, Any]]]
Change = tuple[str, dict[str, Any] | None, dict[str, Any] | None]
CAN = Capabilities(buttons=True, in_response=True)


@dataclass
class Outcome:
    """What came of one action: everything answered as JSON, rows changed, messages to others."""

    handled: Handled
    changes: list[Change] = field(default_factory=list)
    sent: list[tuple[str, str]] = field(default_factory=list)

    @property
    def said(self) -> str:
        """The answer, whatever part of it."""
        return "\n".join(reply.model_dump_json() for reply in self.handled.replies)


class Curt(Dispatch):
    """The program's dispatch, refusing without the menu: thousands of refusals are read here."""

    async def _answer_instead(
        self,
        incoming: Incoming,
        can: Capabilities,
        chat: str,
        now: datetime,
        language: str | None,
        refusal: Refused | None,
        reference: str | None = None,
        expected: bool = False,
    ) -> Handled:
        answer = reply(Text(text="It failed." if refusal is None else refusal.wording))
        return Handled((answer,), reference=reference, refused=refusal is not None)


class Rehearsal:
    """The program's own dispatch on one connection; every action is rolled back."""

    def __init__(self, database: Database) -> None:
        self.keys: Keys = database.keys
        self._connection: Connection = database.engine.connect()
        self.dispatch = Curt(
            self,  # type: ignore[arg-type]
            router(),
            Policy(public_url="https://danhgia.example.vn"),
            lambda: NOW,
            wake=lambda _channel: None,
        )
        with self._connection.begin():
            self._before = self._rows()

    async def run(self, work: Callable[[Session], T]) -> T:
        """What dispatch asks of a database: one transaction, here a savepoint."""
        with Session(
            self._connection,
            info={"keys": self.keys},
            join_transaction_mode="create_savepoint",
            expire_on_commit=False,
        ) as session:
            try:
                result = work(session)
                session.commit()
            except Exception:
                session.rollback()
                raise
        return result

    async def tries(
        self, person: str, action: str, text: str | None = None, *, keep: bool = False
    ) -> Outcome:
        """What would come of an action of this person's; `keep` lets it have happened."""
        chat = chat_of(person)
        incoming = Incoming(CHANNEL, chat, chat, "", action=action, text=text)
        driver = self._connection.connection.driver_connection
        assert driver is not None
        with self._connection.begin() as transaction:
            before = driver.total_changes
            outcome = Outcome(await self.dispatch.handle(incoming, CAN, language="en"))
            if driver.total_changes != before:
                self._look(outcome)
            if keep:
                self._before = self._rows()
                transaction.commit()
            else:
                transaction.rollback()
        return outcome

    def _look(self, outcome: Outcome) -> None:
        now = self._rows()
        for table, rows in now.items():
            was = self._before[table]
            for key in was.keys() | rows.keys():
                if was.get(key) != rows.get(key):
                    outcome.changes.append((table, was.get(key), rows.get(key)))
        outcome.sent = [
            (self.keys.open(row["address"]), self.keys.open(row["content"]))
            for table, _, row in outcome.changes
            if table == "outbox" and row is not None
        ]

    def _rows(self) -> Rows:
        return {table.name: self._rows_of(table) for table in METADATA.sorted_tables}

    def _rows_of(self, table: Any) -> dict[Any, dict[str, Any]]:
        keys = [column.name for column in table.primary_key]
        found = self._connection.exec_driver_sql(f'SELECT * FROM "{table.name}"').mappings()
        return {tuple(row[key] for key in keys): dict(row) for row in found}

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()
