"""How the door is doing: one line, one log entry and one gauge per change, not per retry."""

import structlog

from bot.channels.base import DoorState
from bot.observability import DOORS

log = structlog.get_logger("doors")


class Status:
    """`state` is what /readyz and doctor show."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._notes: dict[str, str] = {}
        self._said = DoorState(up=False, why="starting")
        self.state = self._said
        DOORS.labels(channel).set(0)

    def up(self, why: str = "") -> None:
        """It works; `why` for what is worth knowing all the same."""
        self._change(DoorState(up=True, why=why))

    def down(self, why: str) -> None:
        """It does not work, in one clear line."""
        self._change(DoorState(up=False, why=why))

    def note(self, about: str, line: str) -> None:
        """Something the operator must know though the door works, told once: it stands in the
        state until `settled(about)`."""
        if self._notes.get(about) != line:
            self._notes[about] = line
            log.error("door needs attention", door=self._channel, why=line)
            self._show()

    def settled(self, about: str) -> None:
        """A note has become untrue."""
        if self._notes.pop(about, None) is not None:
            log.info("door needs no more attention", door=self._channel, about=about)
            self._show()

    def _change(self, state: DoorState) -> None:
        if state == self._said:
            return
        self._said = state
        self._show()
        DOORS.labels(self._channel).set(int(state.up))
        if state.up:
            log.info("door open", door=self._channel, why=state.why)
        else:
            log.error("door closed", door=self._channel, why=state.why)

    def _show(self) -> None:
        lines = [self._said.why, *(self._notes.values() if self._said.up else ())]
        self.state = DoorState(self._said.up, "; ".join(line for line in lines if line))
