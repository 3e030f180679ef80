"""What Zalo answers for an Official Account: to renewals of its tokens, and to messages."""

from functools import cache

from bot.channels.zalo_oa.api import Api, TokenRefused, Unreachable
from bot.channels.zalo_oa.errors import send_error
from bot.config import ZaloOaSettings
from tests.fuzz.given import Given
from tests.fuzz.ground import Ground, ground
from tests.fuzz.serving import Answering, http_answer
from tests.fuzz.settings import SETTINGS
from tests.fuzz.watching import PERSONAL, Finding, tell_nothing

_BODIES: tuple[object, ...] = (
    {"access_token": "a" * 40, "refresh_token": "r" * 40, "expires_in": "90000"},
    {"access_token": "a", "expires_in": 3600},
    {"error": 0, "message": "Success", "data": {"message_id": "1"}},
    {"error": -216, "message": "Access token is invalid"},
    {"error": "-32", "message": "Limit"},
    {"error": -14014, "error_name": "Invalid refresh token", "error_description": "x"},
)
SEEDS = [bytes([number % 2, number % 6, 0, 0, 0, 0, 0, 0]) for number in range(24)]


@cache
def _door(here: Ground) -> tuple[Answering, Api]:
    server = Answering(here)
    values = {**SETTINGS["zalo_oa"], "api_base": server.address, "oauth_base": server.address}
    return server, Api(ZaloOaSettings.model_validate(values))


def run(data: bytes) -> None:
    """Call, and take the answer."""
    given, here = Given(data), ground()
    server, api = _door(here)
    renews = given.yes()
    server.answer([http_answer(given, given.pick(_BODIES))])
    here.does(lambda: _renews(api) if renews else _sends(api))


async def _renews(api: Api) -> None:
    try:
        granted = await api.renew("refresh")
    except (TokenRefused, Unreachable) as error:
        tell_nothing("an error", repr(error), personal=True)
        return
    header = granted.access.isascii() and granted.access.isprintable()
    if not (header and granted.refresh and 0 < granted.seconds < 10**9):
        raise Finding("tokens that cannot be used are taken", repr(granted.seconds))
    if not isinstance(granted.refresh, str) or len(granted.refresh.encode()) > 100_000:
        raise Finding("a refresh token that cannot be stored is taken")


async def _sends(api: Api) -> None:
    try:
        code = await api.send("access", "v3", PERSONAL["chat"], {"text": PERSONAL["typed text"]})
    except Unreachable as error:
        tell_nothing("an error", repr(error), personal=True)
        return
    send_error(code)
