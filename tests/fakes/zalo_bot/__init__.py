"""A strict fake of Zalo's Bot Platform for tests: real HTTP, its oddities, people who read and write."""

from .faults import Fault
from .people import Person
from .records import Call, Shown
from .server import TOKEN, FakeZaloBot

__all__ = ["TOKEN", "Call", "FakeZaloBot", "Fault", "Person", "Shown"]
