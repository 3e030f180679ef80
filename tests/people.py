"""A cast of people who talk to the bot through Dispatch, as a person sees it: text and buttons."""

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, select

from bot.channels.base import Capabilities
from bot.dispatch import Dispatch, Handled
from handlers.messages import Choice, Code, Field, Incoming, Note, Reply, Text, Title, offered
from handlers.names import folded
from handlers.policy import Policy
from handlers.routes import router
from storage.database import Database
from storage.queries.outbox import confirm_sent, waiting_answers
from storage.tables import Desk, Duty, Membership, Person, Rating, Unit

_KEYS = itertools.count(1)
_TYPED_LINK = re.compile(r"open/(?P<desk>[A-Z]+\d+)|join/(?P<token>[\w-]{16,40})")
_typing = [False]  # whether dialogues are held by typing, in a chat without buttons


def hold_by_typing(typed: bool) -> None:
    """From now on whoever talks in a messenger sees numbers and types them, or taps buttons."""
    _typing[0] = typed


def furnish(session: Session, since: datetime) -> None:
    """Two units, four desks: Q1 has Lan on duty, Q2 Minh and Hoa, Q3 nobody, Q13 Lan."""
    city = Unit(code="TD", name="Thành Đoàn Đà Nẵng", folded=folded("Thành Đoàn Đà Nẵng"))
    session.add(city)
    session.flush()
    units = {}
    for code, name in (("C1", "Chi đoàn Sở Nội vụ"), ("C2", "Chi đoàn Sở Tư pháp")):
        units[code] = Unit(code=code, name=name, folded=folded(name), parent_id=city.id)
        session.add(units[code])
    session.flush()
    desks = {}
    for code, name, unit in (
        ("Q1", "Quầy 1 – Hộ tịch", "C1"),
        ("Q2", "Quầy 2 – Đăng ký kinh doanh", "C1"),
        ("Q3", "Quầy 3 – Đất đai", "C2"),
        ("Q13", "Quầy 13 – Chứng thực", "C2"),
    ):
        desks[code] = Desk(code=code, name=name, folded=folded(name), unit_id=units[unit].id or 0)
        session.add(desks[code])
    people = {}
    for code, name, unit in (
        ("P1", "Nguyễn Thị Lan", "C1"),
        ("P2", "Trần Văn Minh", "C1"),
        ("P3", "Lê Thị Hoa", "C2"),
    ):
        people[code] = Person(code=code, full_name=name)
        session.add(people[code])
        session.flush()
        session.add(
            Membership(person_id=people[code].id or 0, unit_id=units[unit].id or 0, role="member")
        )
    session.flush()
    for desk, person in (("Q1", "P1"), ("Q2", "P2"), ("Q2", "P3"), ("Q13", "P1")):
        session.add(
            Duty(
                desk_id=desks[desk].id or 0,
                person_id=people[person].id or 0,
                starts=since - timedelta(days=30),
            )
        )


@dataclass
class Place:
    """The bot with its database, a clock that is moved, and people who come and go."""

    database: Database
    clock: Callable[[], datetime]
    policy: Policy = field(default_factory=Policy)

    def __post_init__(self) -> None:
        self.dispatch = Dispatch(
            self.database, router(), self.policy, self.clock, wake=lambda _channel: None
        )

    def person(self, name: str, channel: str = "telegram", language: str | None = None) -> "Talker":
        return Talker(self, name, channel, language)

    async def ratings(self) -> list[Rating]:
        return await self.database.run(lambda s: list(s.exec(select(Rating)).all()))

    async def rating(self) -> Rating:
        (only,) = await self.ratings()
        return only


@dataclass
class Talker:
    """One person in one chat. `channel` telegram has buttons unless dialogues are held by typing,
    zalo has none, web answers at once. Without buttons a tap is the number that was shown."""

    place: Place
    name: str
    channel: str
    language: str | None
    seen: list[Reply] = field(default_factory=list)
    kiosk: bool = False
    typed: bool = field(default_factory=lambda: _typing[0])

    @property
    def can(self) -> Capabilities:
        web = self.channel == "web"
        buttons = web or (self.channel != "zalo" and not self.typed)
        return Capabilities(buttons=buttons, in_response=web)

    async def does(self, key: str | None = None, **what: str) -> Handled:
        incoming = Incoming(
            self.channel,
            self.name,
            self.name,
            f"u{next(_KEYS)}" if key is None else key,
            language=self.language,
            **what,  # type: ignore[arg-type]
        )
        handled = await self.place.dispatch.handle(incoming, self.can, kiosk=self.kiosk)
        self.seen = list(handled.replies) if self.can.in_response else await self._delivered()
        return handled

    async def _delivered(self) -> list[Reply]:
        def take(session: Session) -> list[Reply]:
            rows = waiting_answers(session, self.channel, self.place.clock(), chats=100)
            mine = [row for row in rows if row.address == self.name]
            confirm_sent(session, [row.id for row in mine])
            return [Reply.model_validate((row.content or {})["reply"]) for row in mine]

        return await self.place.database.run(take)

    async def sends(self, text: str) -> str:
        await self.does(text=text)
        return self.text()

    async def taps(self, label: str) -> str:
        choice = self.button(label)
        if self.can.buttons:
            await self.does(action=choice.action)
            return self.text()
        return await self.sends(str(self.number(choice)))

    async def presses(self, label: str, on: list[Reply] | None = None) -> str:
        """A button of a message that is still there, however old: no number stands for it."""
        self.seen = self.seen if on is None else on
        await self.does(action=self.button(label).action)
        return self.text()

    async def opens(self, action: str) -> str:
        if not self.can.buttons and (typed := _TYPED_LINK.fullmatch(action)):
            return await self.sends(typed["desk"] or f"i-{typed['token']}")
        await self.does(action=action)
        return self.text()

    def number(self, choice: Choice) -> int:
        """What is typed for a choice that was shown."""
        return next(
            offer.number
            for answer in self.seen
            for offer in offered(answer)
            if offer.choice.action == choice.action
        )

    def buttons(self) -> list[str]:
        return [choice.label for answer in self.seen for choice in answer.choices()]

    def button(self, label: str) -> Choice:
        for answer in self.seen:
            for choice in answer.choices():
                if choice.label == label:
                    return choice
        raise AssertionError(f"no button {label!r} among {self.buttons()}")

    def field(self) -> Field:
        for answer in self.seen:
            if (found := answer.field()) is not None:
                return found
        raise AssertionError("no field is shown")

    def code(self) -> str:
        codes = [p.text for answer in self.seen for p in answer.parts if isinstance(p, Code)]
        return codes[0].replace(" ", "")

    def text(self) -> str:
        """Everything that is read, a line a part."""
        lines = []
        for part in (part for answer in self.seen for part in answer.parts):
            if isinstance(part, Title | Text | Note):
                lines.append(part.text)
            elif isinstance(part, Code):
                lines.append(f"{part.label}: {part.text}")
            elif isinstance(part, Field):
                lines.extend(each for each in (part.error, part.label, part.value) if each)
        return "\n".join(lines)
