"""The demo's clock: the real one, moved ahead by an offset that is kept in the demo's database."""

from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil

from sqlmodel import Session

from storage.tables import Meta

_KEY = "demo clock is ahead by"  # whole seconds


class DemoClock:
    """Tells the demo's time. `read` and `keep` it in a transaction; asking it needs none."""

    def __init__(self, real: Callable[[], datetime]) -> None:
        self.real = real
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return self.real() + self._ahead

    @property
    def moved(self) -> bool:
        """Whether it tells another time than the real one."""
        return bool(self._ahead)

    def read(self, session: Session) -> None:
        """Go on from where it was left when the demo last ran."""
        row = session.get(Meta, _KEY)
        self._ahead = timedelta(seconds=0 if row is None else int(row.value))

    def keep(self, session: Session, moment: datetime) -> timedelta:
        """Store that it is that moment now; returns by how much it is then ahead (see `set`)."""
        ahead = timedelta(seconds=ceil((moment - self.real()).total_seconds()))  # never before it
        session.merge(Meta(key=_KEY, value=str(int(ahead.total_seconds()))))
        session.flush()
        return ahead

    def set(self, ahead: timedelta) -> None:
        """Tell that time from now on: after what `keep` stored is committed."""
        self._ahead = ahead
