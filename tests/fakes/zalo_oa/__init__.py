"""A strict fake of Zalo's Official Account API: real HTTP, single-use tokens, people who press."""

from .faults import Fault
from .people import User
from .poster import RETRIES
from .server import FakeZaloOa
from .world import APP_ID, APP_SECRET, FIRST_REFRESH, OA_SECRET, Message, Refusal

__all__ = [
    "APP_ID",
    "APP_SECRET",
    "FIRST_REFRESH",
    "OA_SECRET",
    "RETRIES",
    "FakeZaloOa",
    "Fault",
    "Message",
    "Refusal",
    "User",
]
