"""What the demo's invented people wrote: citizens to a level, members to a day."""

import json
from pathlib import Path

_SAID = json.loads(Path(__file__).with_name("said.json").read_text(encoding="utf-8"))

NOTES: tuple[str, ...] = tuple(_SAID["notes"])


def comments(level: int) -> tuple[str, ...]:
    """What somebody may write who gave this level."""
    side = "high" if level > 3 else "middle" if level == 3 else "low"
    return tuple(_SAID[side])
