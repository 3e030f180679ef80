"""What of the whole program one process does: `run --only`."""

WEB = "web"  # listens: pages, webhooks, health
TELEGRAM = "telegram"  # receives there
ZALO = "zalo"  # receives there, from both kinds of account
DELIVERY = "delivery"  # sends what the outbox holds
SCHEDULER = "scheduler"  # ticks the jobs

PARTS = (WEB, TELEGRAM, ZALO, DELIVERY, SCHEDULER)
EVERYTHING = frozenset(PARTS)


class UnknownPart(Exception):
    """`name` is no part; "" where none was named."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def read_parts(text: str) -> frozenset[str]:
    """The parts of a list such as "web,delivery"; raises UnknownPart."""
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in EVERYTHING:
            raise UnknownPart(name)
    if not names:
        raise UnknownPart("")
    return frozenset(names)


def in_order(parts: frozenset[str]) -> list[str]:
    """Them as they are always listed."""
    return [name for name in PARTS if name in parts]
