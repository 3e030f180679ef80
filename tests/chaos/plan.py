"""What one run does and what befalls it: all of it follows from its seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

KINDS = {  # and how often
    "rate": 5, "pledge": 5, "digest": 5, "import": 3, "migrate": 2, "token": 3, "clock": 2, "pollers": 1,
}  # fmt: skip
DATABASES = ("sqlite", "postgresql")

_KILLS = ("kill", "kill", "kill_at_call", "kill_at_write", "term", "pause")
_MESSENGER = ("messenger_gone", "slow", "throttled", "errors", "answers_lost", "silent")
_SQLITE = ("locked", "hidden", "disk_full")
_POSTGRESQL = ("refused", "swallowed", "cut", "restarted", "only_reads", "disk_full")
_AFFLICTS = {  # kind: groups of faults, and how many of them
    "rate": ((_KILLS, _KILLS, _MESSENGER, _MESSENGER, "database"), (2, 4)),
    "pledge": ((_KILLS, _KILLS, _MESSENGER, _MESSENGER, "database"), (2, 4)),
    "digest": ((_KILLS, ("kill_at_claim", "kill_at_call"), _MESSENGER, "database"), (2, 4)),
    "import": ((("kill_command",), ("kill_command", "kill"), ("term", "pause")), (1, 2)),
    "migrate": ((("kill_command",),), (1, 2)),
    "token": ((("kill_at_token", "token_lost", "token_errors", "kill"), _KILLS), (1, 2)),
    "clock": ((("clock_jumps",), ("clock_jumps", "kill"), _KILLS), (1, 2)),
    "pollers": ((("other_poller",),), (1, 1)),
}


@dataclass(frozen=True)
class Plan:
    """One run. `mode`: how Telegram's updates come. `processes` run on the same database.
    `cold`: they start with all their imports. `small`: the database has a small disk. `stretch`: outages
    last so many times longer."""

    seed: int
    kind: str
    database: str
    processes: int
    mode: str
    people: int
    faults: tuple[str, ...]
    cold: bool
    small: bool = False
    stretch: float = 1.0

    @property
    def chance(self) -> random.Random:
        """The same numbers for the same plan."""
        return random.Random(f"{self.seed}/{self.kind}/{self.database}/run")

    def __str__(self) -> str:
        return (
            f"{self.kind} on {self.database} ({self.processes}×, {self.mode}, {self.people} people): "
            f"{', '.join(self.faults)}"
        )

    @property
    def again(self) -> str:
        """The command that does this again."""
        return (
            f"python -m tests.chaos --runs 1 --seed {self.seed} --kind {self.kind} "
            f"--database {self.database} --stretch {self.stretch:g}"
        )


def planned(
    seed: int, kinds: Sequence[str], databases: Sequence[str], stretch: float = 1.0
) -> Plan:
    """The plan of a seed, among these."""
    first = random.Random(f"{seed}")
    (kind,) = first.choices(kinds, [KINDS[each] for each in kinds])
    database = first.choice(databases)
    chance = random.Random(f"{seed}/{kind}/{database}")
    groups, (fewest, most) = _AFFLICTS[kind]
    own = _SQLITE if database == "sqlite" else _POSTGRESQL
    faults = [
        chance.choice(own if group == "database" else group)
        for group in chance.sample(groups, min(len(groups), chance.randint(fewest, most)))
    ]
    two = database == "postgresql" and kind in {"rate", "pledge", "digest", "token"}
    return Plan(
        seed,
        kind,
        database,
        processes=chance.choice((1, 2)) if two else 1,
        mode=chance.choice(("polling", "webhook")),
        people=chance.randint(6, 14),
        faults=tuple(dict.fromkeys(faults)),
        cold=chance.random() < 0.1,
        small=chance.random() < 0.7 or database == "postgresql",
        stretch=stretch,
    )
