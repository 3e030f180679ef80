"""The whole program with three doors open, and people who behave the same at each of them."""

import asyncio
import contextlib
import re
import socket
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.app import Program, build
from bot.config import Settings
from bot.web.app import server as web_server
from storage.database import Database
from tests.conftest import SECRET
from tests.fakes.telegram import FakeTelegram
from tests.fakes.zalo_bot import TOKEN, FakeZaloBot
from tests.fakes.zalo_oa import FakeZaloOa

HOOK_SECRET = "a-secret-for-zalo"
WAYS = ("telegram", "zalo_bot", "zalo_oa pressed", "zalo_oa typed")


@dataclass
class Messengers:
    """The services of all three."""

    telegram: FakeTelegram
    zalo: FakeZaloBot
    oa: FakeZaloOa

    def refusals(self) -> list[object]:
        return [*self.telegram.refusals, *self.zalo.refusals, *self.oa.refusals]

    def person(self, way: str, number: int) -> "Someone":
        """Somebody at one of the WAYS; the same number is the same person there."""
        if way == "telegram":
            return Someone(way, self.telegram.user(1000 + number, language_code="vi"))
        if way == "zalo_bot":
            return Someone(way, self.zalo.person(f"person{number}"))
        return Someone(way, self.oa.user(number))

    async def replay(self, times: int) -> None:
        """Everything people did on Zalo comes again and again, in order."""
        for _ in range(times):
            for update in list(self.zalo.updates.consumed):
                assert await self.zalo.updates.post({"ok": True, "result": update}) == 200
        await asyncio.to_thread(self.oa.replay, times)


@dataclass
class Someone:
    """One person: types, chooses as their messenger has it, waits for what they want to read."""

    way: str
    user: Any
    before: list[str] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)

    @property
    def channel(self) -> str:
        return self.way.split()[0]

    @property
    def address(self) -> str:
        return str(self.user.id)

    def shown(self) -> list[str]:
        """Every message of the bot, with what stands on its buttons."""
        if self.way == "telegram":
            return [
                "\n".join([each.text, *each.labels])
                for each in self.user.messages()
                if each.from_bot
            ]
        if self.way == "zalo_bot":
            return [each.text for each in self.user.messages]
        return [
            "\n".join([each.text, *(button.title for button in each.buttons)])
            for each in self.user.messages
        ]

    def says(self, text: str) -> None:
        self._does(text)
        (self.user.says if self.way == "zalo_bot" else self.user.send)(text)

    def chooses(self, label: str) -> None:
        """Tap or press what bears this label, or type its number."""
        if self.way == "telegram":
            self._does(label)
            self.user.tap(label)
        elif self.way == "zalo_oa pressed" and any(label in each for each in self.user.titles()):
            self._does(label)
            self.user.press(label)
        else:
            self.says(self.number(label))

    def offers(self, label: str) -> bool:
        """Whether the newest message lets one choose this."""
        return label in self.shown()[-1]

    def number(self, label: str) -> str:
        """The number that the newest message shows for this."""
        for line in self.shown()[-1].split("\n"):
            if label in line and (found := re.match(r"(\d+)\. ", line)):
                return found[1]
        raise AssertionError(f"{self.way}: no number for {label!r}: {self.shown()[-2:]}")

    async def sees(self, words: str, within: float = 10) -> str:
        """What has these words among what came since this person last did something."""
        deadline = time.monotonic() + within
        while (found := self._newest(words)) is None:
            if time.monotonic() > deadline:
                raise AssertionError(
                    f"{self.way}: {words!r} after {self.acts}: {self.shown()[-4:]}"
                )
            await asyncio.sleep(0.005)
        return found

    def _does(self, what: str) -> None:
        self.before = self.shown()
        self.acts.append(what)

    def _newest(self, words: str) -> str | None:
        shown = self.shown()
        known = [*self.before, *[""] * len(shown)]
        new = [each for each, was in zip(shown, known, strict=False) if each != was]
        return next((each for each in reversed(new) if words in each), None)


@contextlib.asynccontextmanager
async def everywhere(
    messengers: Messengers, database: Database, clock: Callable[[], datetime], **sections: Any
) -> AsyncIterator[Program]:
    """The program as bot.app wires it, with its web server; Zalo posts to it, Telegram is polled."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    telegram, zalo, oa = messengers.telegram, messengers.zalo, messengers.oa
    values = {
        "privacy": {"secret": SECRET},
        "web": {"port": listener.getsockname()[1]},
        "telegram": {"token": telegram.token, "api_base": telegram.api_base},
        "zalo_bot": {
            "token": TOKEN, "api_base": zalo.api_base,
            "mode": "webhook", "webhook_secret": HOOK_SECRET,
        },
        "zalo_oa": oa.settings(),
        **sections,
    }  # fmt: skip
    settings = Settings.model_validate(values)
    program = build(settings, database, clock)
    web = web_server(program.web, settings.web)
    serving = asyncio.create_task(web.serve([listener]))
    tasks = [
        asyncio.create_task(program.delivery.run()),
        *(asyncio.create_task(each.run()) for each in program.channels),
    ]
    oa.poster.url = f"{url}/hooks/zalo-oa"
    try:
        for door in program.channels:
            await zalo.until(lambda d=door: d.state.up, timeout=10)  # type: ignore[misc]
        yield program
    finally:
        oa.poster.url = ""
        web.should_exit = True
        await asyncio.wait_for(serving, 15)
        for task in reversed(tasks):  # first receiving, then sending
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for channel in program.channels:
            await channel.close()
