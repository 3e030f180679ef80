"""How long the Telegram door waits for what; tests make it short."""

from dataclasses import dataclass

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.channels.telegram.errors import seconds_of
from bot.channels.waiting import growing, jittered


@dataclass(frozen=True)
class Waits:
    """Seconds. `poll`: how long the server may hold an empty poll. `first` to `longest`: after
    failures in a row. `refused`: after 401 and 409, which only an operator can mend. `check`:
    between looks at the webhook. `grace`: for what is under way at the end."""

    poll: float = 30.0
    first: float = 1.0
    longest: float = 60.0
    refused: float = 20.0
    check: float = 60.0
    grace: float = 5.0
    database: float = 0.5
    database_longest: float = 10.0

    def after(self, error: TelegramError, failures: int) -> float:
        """How long to wait after the nth failure in a row."""
        if isinstance(error, RetryAfter):
            return seconds_of(error)
        if isinstance(error, InvalidToken | Conflict):
            return jittered(self.refused, most=1.5)
        return growing(self.first, self.longest, failures)

    def after_database_failure(self, failures: int) -> float:
        """How long to wait before a batch is tried again."""
        return growing(self.database, self.database_longest, failures)
