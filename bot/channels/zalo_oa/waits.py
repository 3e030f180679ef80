"""How long the door of the Official Account waits for what; tests make it short."""

from dataclasses import dataclass

from bot.channels.waiting import growing


@dataclass(frozen=True)
class Waits:
    """Seconds. `look`: between looks at the tokens. `first` to `longest`: after failures in a row
    to renew them. `refused`: after a refusal, which only an operator can mend. `lock`: between
    tries to take the lock, `patience`: how long in all. `no_token`: until a message is tried again
    when no access token works. `answer`: within which Zalo is answered. `grace`: for what is under
    way at the end."""

    look: float = 60.0
    first: float = 1.0
    longest: float = 60.0
    refused: float = 900.0
    lock: float = 0.2
    patience: float = 45.0
    no_token: float = 30.0
    database: float = 0.5
    answer: float = 1.8  # Zalo wants its answer within 2 s
    grace: float = 25.0

    def after(self, failures: int) -> float:
        """How long to wait after the nth failure in a row."""
        return growing(self.first, self.longest, failures)
