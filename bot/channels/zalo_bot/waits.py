"""How long the Zalo bot's door waits for what; tests make it short."""

from dataclasses import dataclass

from bot.channels.waiting import growing, jittered
from bot.channels.zalo_bot.api import CallFailed, StrangeAnswer
from bot.channels.zalo_bot.errors import is_final, is_quota, is_token


@dataclass(frozen=True)
class Waits:
    """Seconds. `poll`: how long Zalo may hold an empty poll; `hurried`: the one after trouble,
    which tells soon that all is well. `between`: from one poll's answer to the next poll. `first`
    to `longest`: after failures in a row. `refused`: after what only an operator can mend.
    `quota`: after 429. `check`: between looks at the webhook. `grace`: for what is under way at
    the end."""

    poll: float = 30.0
    hurried: float = 1.0
    between: float = 1.0
    first: float = 1.5
    longest: float = 60.0
    refused: float = 20.0
    quota: float = 300.0
    check: float = 60.0
    grace: float = 5.0
    database: float = 0.5
    database_longest: float = 10.0

    def after(self, error: CallFailed, failures: int) -> float:
        """How long to wait after the nth failure in a row."""
        if is_quota(error):
            return jittered(self.quota)
        if is_token(error) or is_final(error) or isinstance(error, StrangeAnswer):
            return jittered(self.refused, most=1.5)
        return max(self.between, growing(self.first, self.longest, failures))

    def after_database_failure(self, failures: int) -> float:
        """How long to wait before an update is tried again."""
        return growing(self.database, self.database_longest, failures)
