"""What Zalo's Bot Platform, or whatever stands in its place, answers: sends, polls, webhooks."""

from functools import cache

from bot.channels.base import SendError
from bot.channels.status import Status
from bot.channels.zalo_bot.api import Api, CallFailed
from bot.channels.zalo_bot.errors import trouble
from bot.channels.zalo_bot.sending import Sender
from bot.config import ZaloBotSettings
from handlers.messages import Picture, Text, reply
from tests.fuzz.given import Given
from tests.fuzz.ground import Ground, ground
from tests.fuzz.serving import Answering, http_answer
from tests.fuzz.settings import SETTINGS
from tests.fuzz.watching import PERSONAL, bounded, tell_nothing

_UPDATE = {"event_name": "message.text.received", "message": {"message_id": "1", "text": "a"}}
_BODIES: tuple[object, ...] = (
    {"ok": True, "result": {"message_id": "m1", "date": 1}},
    {"ok": True, "result": _UPDATE},
    {"ok": True, "result": [_UPDATE, {"result": [_UPDATE]}]},
    _UPDATE,
    {"ok": True, "result": {"id": 7, "account_name": "bot", "account_type": "BASIC"}},
    {"ok": True, "result": {"url": "", "verification": {"ok": False, "status_code": 502}}},
    {"ok": False, "error_code": 400, "description": f"Bad: {PERSONAL['typed text']}"},
    {"ok": False, "error_code": 408, "description": "Request timeout"},
    {"ok": False, "error_code": 429, "description": "Quota"},
    {"ok": False, "error_code": "401"},
    {"ok": False, "error_code": 404, "description": "chat not found"},
)
_ANSWER = reply(Text(text=PERSONAL["typed text"] * 200), Picture(recipe="x", data={}, alt="Ảnh"))
SEEDS = [bytes([number % 5, 0, number, 0, 0, 0, 0, 0, 0]) for number in range(33)]


@cache
def _door(here: Ground) -> tuple[Answering, Api]:
    server = Answering(here)
    values = {**SETTINGS["zalo_bot"], "api_base": f"{server.address}/bot"}
    return server, Api(ZaloBotSettings.model_validate(values))


def run(data: bytes) -> None:
    """Call, and take the answers."""
    given, here = Given(data), ground()
    server, api = _door(here)
    what = given.number(5)
    server.answer([http_answer(given, given.pick(_BODIES)) for _ in range(1 + given.number(3))])
    with bounded("a call"):
        here.does(lambda: _calls(api, what))


async def _calls(api: Api, what: int) -> None:
    try:
        if what == 0:
            await api.updates(1)
        elif what == 1:
            await api.get_me()
        elif what == 2:
            await api.webhook()
            await api.set_webhook("https://x.vn", "s")
        else:
            sender = Sender(api, Status("zalo_bot"), _address, shows_pictures=what == 4)
            await sender.send(PERSONAL["chat"], _ANSWER)
    except SendError as error:
        tell_nothing("a send error", repr(error), personal=True)
    except CallFailed as error:
        tell_nothing("what is wrong", trouble(error), personal=True)


async def _address(_part: object) -> str:
    return "https://x.vn/tep/a/b.png"
