"""A strict fake of Telegram's Bot API server for tests: real HTTP, real refusals, real people."""

from .faults import Fault
from .pace import Pace
from .people import Group, User
from .records import Button, Call, Refusal, Shown, Toast
from .server import TOKEN, FakeTelegram
from .webhook import WebhookRules

__all__ = [
    "TOKEN",
    "Button",
    "Call",
    "FakeTelegram",
    "Fault",
    "Group",
    "Pace",
    "Refusal",
    "Shown",
    "Toast",
    "User",
    "WebhookRules",
]
