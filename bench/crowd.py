"""People who tap: each posts through Telegram's webhook, waits for the answer, and is followed by
somebody new."""

import asyncio
import itertools
import json
from dataclasses import dataclass, field
from time import perf_counter

from bench.stub import Line, Stub, post

_numbers = itertools.count(500_001)
AT_ONCE = 50
PATH = "/hooks/telegram"
_PATIENCE_S = 300.0


@dataclass
class Answers:
    """What came of a run: how many were answered, in how many seconds, of which so many of
    the program's `cpu`; each one's own seconds."""

    taps: int
    seconds: float = 0.0
    cpu: float = 0.0
    each: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Taps stored and answered per second."""
        return self.taps / self.seconds

    def at(self, share: float) -> float:
        """The answer time that so large a share stayed below."""
        ordered = sorted(self.each)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Crowd:
    """Posts taps to programs and hears from the stub what reached it. With `action` as the data of
    the button that is tapped."""

    def __init__(self) -> None:
        self.stub = Stub(self._shown, self._stopped)
        self._left: dict[int, set[str]] = {}
        self._over: dict[int, asyncio.Future[None]] = {}

    async def tap(
        self, port: int, secret: str, action: str, *, taps: int, calls: bool = True
    ) -> Answers:
        """So many taps, `AT_ONCE` people at a time. A tap is answered when the post was answered
        200 and the stub has answered both its `calls`: that the callback is answered, the edit."""
        lines = [await Line.to(port) for _ in range(AT_ONCE)]
        answers, left = Answers(taps), iter(range(taps))

        async def person(line: Line) -> None:
            for _ in left:
                number = next(_numbers)
                request = post(
                    port,
                    PATH,
                    update(number, action),
                    f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\n",
                )
                began = perf_counter()
                await self._answered(line, request, number, calls)
                answers.each.append(perf_counter() - began)

        began = perf_counter()
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await asyncio.gather(*map(person, lines))
        finally:
            for line in lines:
                line.close()
        answers.seconds = perf_counter() - began
        return answers

    async def _answered(self, line: Line, request: bytes, number: int, calls: bool) -> None:
        self._left[number] = {"shown", "stopped"} if calls else set()
        over = self._over[number] = asyncio.get_running_loop().create_future()
        status, _ = await line.send(request)
        assert status == 200, status
        if calls:
            await over
        del self._left[number], self._over[number]

    def _shown(self, chat: int) -> None:
        self._arrived(chat, "shown")

    def _stopped(self, query: int) -> None:
        self._arrived(query, "stopped")

    def _arrived(self, number: int, what: str) -> None:
        left = self._left.get(number)
        if left and what in left:
            left.remove(what)
            if not left:
                self._over[number].set_result(None)


def update(number: int, action: str) -> bytes:
    """A tap on a button of a message that the bot sent, as Telegram posts it."""
    person = {"id": number, "is_bot": False, "first_name": "Lan", "language_code": "vi"}
    keyboard = [
        [{"text": f"Mức {n}", "callback_data": f"{action[:-1]}{n}"}] for n in range(5, 0, -1)
    ]
    return json.dumps(
        {
            "update_id": number,
            "callback_query": {
                "id": str(number),
                "from": person,
                "message": {
                    "message_id": 1,
                    "from": {
                        "id": 7,
                        "is_bot": True,
                        "first_name": "Bot",
                        "username": "bench_bot",
                    },
                    "chat": {"id": number, "first_name": "Lan", "type": "private"},
                    "date": 1_763_250_000,
                    "text": "Bạn hài lòng đến mức nào với Quầy 1?",
                    "entities": [{"offset": 0, "length": 12, "type": "bold"}],
                    "reply_markup": {"inline_keyboard": keyboard},
                },
                "chat_instance": "-3526127365",
                "data": action,
            },
        },
        ensure_ascii=False,
    ).encode()
