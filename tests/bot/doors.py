"""Officials with chats on two messengers, one of which limits, and what waits for them."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from bot.channels.base import Capabilities
from bot.delivery import Delivery
from handlers.messages import Choice, Choices, Reply, Text, reply
from storage.database import Database
from storage.queries.claims import claim
from storage.queries.link import add_link, hear, link_of_chat, mark_unreachable
from storage.queries.traffic import ANSWER, PROACTIVE, put_in_outbox
from storage.tables import Claim, Link, Outbox, Person
from tests.bot.running import QUICK
from tests.bot.scripted import ScriptedChannel
from tests.conftest import Clock

STRICT, OPEN = "strict", "open"
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
WINDOWS = {STRICT: timedelta(hours=48)}
CAN = Capabilities(buttons=False, window=WINDOWS[STRICT], monthly=100)


class Doors:
    """A messenger that limits, `strict`, and one that does not, `open`, over one database."""

    def __init__(self, database: Database, clock: Clock, can: Capabilities = CAN) -> None:
        self.database, self.clock = database, clock
        self.strict, self.open = ScriptedChannel(STRICT, can), ScriptedChannel(OPEN)

    def delivery(self, **how: Any) -> Delivery:
        """One process that sends for both."""
        wired: dict[str, Any] = {"windows": WINDOWS, "timezone": HANOI, "tuning": QUICK}
        return Delivery(
            self.database,
            self.clock,
            [self.strict, self.open],
            on_gone=mark_unreachable,
            **wired | how,
        )

    async def person(self, name: str, *channels: str, heard: bool = True) -> None:
        """Somebody with a chat of this name on each of the channels, the first one first."""
        now = self.clock()

        def work(session: Session) -> None:
            row = Person(code=name, full_name=name, position="", email="")
            session.add(row)
            session.flush()
            for channel in channels:
                add_link(
                    session,
                    row.id or 0,
                    channel,
                    name,
                    language=None,
                    notice="1",
                    since=now.date(),
                    heard=now if heard else None,
                )

        await Database.run(self.database, work)

    async def queue(
        self,
        name: str,
        *texts: str,
        channel: str = STRICT,
        lane: int = PROACTIVE,
        claims: str | None = None,
        until: datetime | None = None,
    ) -> None:
        """Messages for a chat; `claims` is taken on and stands in each."""
        await self.queue_replies(
            name,
            *(reply(Text(text=text)) for text in texts),
            channel=channel,
            lane=lane,
            claims=claims,
            until=until,
        )

    async def queue_replies(
        self,
        name: str,
        *replies: Reply,
        channel: str = STRICT,
        lane: int = PROACTIVE,
        claims: str | None = None,
        until: datetime | None = None,
    ) -> None:
        """The same with more than a text."""
        more = {} if claims is None else {"claim": claims}
        contents = [
            {"reply": each.model_dump(mode="json"), "edit": None, **more} for each in replies
        ]

        def work(session: Session) -> None:
            if claims is not None:
                assert claim(session, claims, self.clock().date())
            put_in_outbox(session, channel, name, contents, lane=lane, until=until)

        await Database.run(self.database, work)

    async def writes(self, name: str, answer: str) -> None:
        """The person writes on the strict messenger and is to be answered."""

        def work(session: Session) -> None:
            link = link_of_chat(session, STRICT, name)
            assert link is not None
            hear(session, link.id or 0, self.clock())

        await Database.run(self.database, work)
        await self.queue(name, answer, lane=ANSWER)

    async def rows(self) -> list[Outbox]:
        """What stands in the outbox, in order."""
        return await Database.run(
            self.database,
            lambda s: list(s.exec(select(Outbox).order_by(Outbox.id)).all()),  # type: ignore[arg-type]
        )

    async def claims(self) -> set[str]:
        """What is taken on."""
        return await Database.run(self.database, lambda s: set(s.exec(select(Claim.key)).all()))

    async def link(self, name: str, channel: str = STRICT) -> Link:
        """A person's chat."""

        def work(session: Session) -> Link:
            found = link_of_chat(session, channel, name)
            assert found is not None
            return found

        return await Database.run(self.database, work)


def choices(text: str, *labels: str) -> Reply:
    """A message with choices."""
    buttons = tuple(Choice(label=label, action=f"do/{label}") for label in labels)
    return reply(Text(text=text), Choices(choices=buttons))
