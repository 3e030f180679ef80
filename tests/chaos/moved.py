"""The program with a clock that is set from outside: `python -m tests.chaos.moved FILE run …`.

FILE holds how many seconds the clock is ahead. It may change while the program runs: then the
clock jumps, for every thread and library at once, as it does when an operator sets it.
"""

import runpy
import sys
import threading
import time
from pathlib import Path

import time_machine

_LOOKS_EVERY_S = 0.02


def ahead(file: Path) -> float:
    """What the file says; 0 while it is being written."""
    return float(file.read_text() or 0)


def main() -> None:
    """Set the clock, watch the file, be `python -m bot`."""
    file = Path(sys.argv.pop(1))
    set_to = ahead(file)
    clock = time_machine.travel(time.time() + set_to, tick=True).start()

    def follow() -> None:
        nonlocal set_to
        pause = threading.Event()
        while not pause.wait(_LOOKS_EVERY_S):
            wanted = ahead(file)
            if wanted != set_to:
                clock.shift(wanted - set_to)
                set_to = wanted

    threading.Thread(target=follow, name="clock", daemon=True).start()
    sys.argv[0] = "bot"
    runpy.run_module("bot", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
