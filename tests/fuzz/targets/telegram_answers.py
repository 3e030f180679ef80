"""What Telegram, or whatever stands in its place, answers to our calls: sends, edits, polls."""

from functools import cache

from telegram.error import TelegramError

from bot.app import build
from bot.channels.base import SendError
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram.receive import Poller
from bot.channels.telegram.waits import Waits
from bot.config import Settings
from handlers.messages import Choice, Choices, Reply, Text, reply
from storage.database import Database
from tests.fuzz.given import Given
from tests.fuzz.ground import Ground, ground
from tests.fuzz.serving import Answering, http_answer
from tests.fuzz.settings import SETTINGS
from tests.fuzz.targets.telegram_posts import UPDATES
from tests.fuzz.watching import PERSONAL

_MESSAGE = {"message_id": 5, "date": 1795312800, "chat": {"id": 1, "type": "private"}, "text": "x"}
_BODIES: tuple[object, ...] = (
    {"ok": True, "result": _MESSAGE},
    {"ok": True, "result": True},
    {"ok": True, "result": [{"update_id": 1, **UPDATES[1]}, {"update_id": 2, **UPDATES[8]}]},
    {"ok": False, "error_code": 400, "description": f"Bad Request: {PERSONAL['typed text']}"},
    {"ok": False, "error_code": 400, "description": "Bad Request: message is not modified"},
    {"ok": False, "error_code": 400, "description": "Bad Request: can't parse entities: x"},
    {"ok": False, "error_code": 400, "description": "x", "parameters": {"migrate_to_chat_id": -5}},
    {"ok": False, "error_code": 429, "description": "Too Many", "parameters": {"retry_after": 3}},
    {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"},
    {"ok": False, "error_code": 401, "description": "Unauthorized"},
    {"ok": False, "error_code": 409, "description": "Conflict: terminated by other getUpdates"},
)
_SAID = PERSONAL["typed text"]
_REPLIES = (
    reply(Text(text=_SAID), Choices(choices=(Choice(label="A", action="find"),))),
    reply(Text(text=f"{_SAID} <b>&" * 600)),
)
SEEDS = [bytes([number % 3, 0, 0, number, 0, 0, 0, 0, 0]) for number in range(33)]


@cache
def _door(here: Ground, database: Database) -> tuple[Answering, TelegramChannel]:
    server = Answering(here)
    telegram = {**SETTINGS["telegram"], "api_base": f"{server.address}/bot", "mode": "polling"}
    values = SETTINGS | {"telegram": telegram, "database": {"url": str(database.url)}}
    program = build(Settings.model_validate(values), database, here.clock)
    here.closing += [each.close for each in program.channels]
    (found,) = (each for each in program.channels if isinstance(each, TelegramChannel))
    return server, found


def run(data: bytes) -> None:
    """Call, and take the answers."""
    given, here = Given(data), ground()
    server, door = _door(here, here.database)
    what, answer = given.number(3), given.pick(_REPLIES)
    server.answer([http_answer(given, given.pick(_BODIES)) for _ in range(1 + given.number(3))])
    if what == 2:
        poller = Poller(door._api, door._receiver, Waits(poll=1))
        here.does(lambda: _polls(poller))
    else:
        here.does(lambda: _sends(door, answer, "7" if what else None))


async def _sends(door: TelegramChannel, answer: Reply, edit: str | None) -> None:
    try:
        await door.send(PERSONAL["chat"], answer, edit)
    except SendError as error:
        assert getattr(error, "seconds", 1.0) >= 0  # noqa: PT017


async def _polls(poller: Poller) -> None:
    try:
        await poller.once()
    except TelegramError:
        return
