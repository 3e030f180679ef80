"""So many in any so many seconds, counted apart for each name, and remembered no longer than that."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable


class MovingWindow:
    """Lets `most` of each name through in any `seconds`. What it does for one name costs the same
    however many others there are: no thread, no task and no walk over all of them."""

    def __init__(
        self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._taken: OrderedDict[str, deque[float]] = OrderedDict()  # whoever came last is last

    def __len__(self) -> int:
        return len(self._taken)

    def has_room(self, name: str) -> bool:
        """Whether `take` would let it through."""
        taken = self._taken.get(name)
        return self._most > 0 if taken is None else self._free(taken)

    def take(self, name: str) -> bool:
        """Count one; False, and nothing is counted, if there were too many."""
        now = self._clock()
        self._forget(now)
        if not self.has_room(name):
            return False
        self._taken.setdefault(name, deque(maxlen=self._most)).append(now)
        self._taken.move_to_end(name)
        return True

    def _free(self, taken: deque[float]) -> bool:
        return len(taken) < self._most or taken[0] <= self._clock() - self._seconds

    def _forget(self, now: float) -> None:
        """Names whose last one is out of the window: they are the first."""
        while self._taken:
            name, taken = next(iter(self._taken.items()))
            if taken[-1] > now - self._seconds:
                return
            del self._taken[name]
