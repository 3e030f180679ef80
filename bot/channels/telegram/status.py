"""How the door is doing: one line, one log entry and one gauge per change, not per retry."""

import structlog

from bot.channels.base import DoorState
from bot.observability import DOORS

log = structlog.get_logger("telegram")


class Status:
    """`state` is what /readyz and doctor show."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.state = DoorState(up=False, why="starting")
        DOORS.labels(channel).set(0)

    def up(self, why: str = "") -> None:
        """It works; `why` for what is worth knowing all the same."""
        self._change(DoorState(up=True, why=why))

    def down(self, why: str) -> None:
        """It does not work, in one clear line."""
        self._change(DoorState(up=False, why=why))

    def _change(self, state: DoorState) -> None:
        if state == self.state:
            return
        self.state = state
        DOORS.labels(self._channel).set(int(state.up))
        if state.up:
            log.info("door open", door=self._channel, why=state.why)
        else:
            log.error("door closed", door=self._channel, why=state.why)
