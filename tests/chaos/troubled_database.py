"""A database on its bad days: locked, gone, full; refused, cut, swallowed, restarted."""

import resource
import time

from tests.chaos.databases import PostgresBehindProxy, SqliteFile
from tests.chaos.run import Fault, Run


def _soon(run: Run) -> float:
    return run.chance.uniform(0.2, 1.2)


def _for(run: Run) -> float:
    """How long: a minute, made short."""
    return run.chance.uniform(0.5, 2.5) * run.plan.stretch


def _sqlite(run: Run) -> SqliteFile:
    assert isinstance(run.place, SqliteFile)
    return run.place


def _postgresql(run: Run) -> PostgresBehindProxy:
    assert isinstance(run.place, PostgresBehindProxy)
    return run.place


def locked(run: Run) -> Fault:
    """Somebody else writes for a long time."""
    place = _sqlite(run)
    yield _soon(run)
    yield place.lock
    run.struck("database locked")
    yield run.chance.choice((1.0, 2.0, 11.0))  # the program waits for ten seconds
    place.unlock()
    run.note("unlocked")


def hidden(run: Run) -> Fault:
    """The file is not there for a while."""
    place = _sqlite(run)
    yield _soon(run)
    # One that starts just now would make a new file, and then rightly refuse the old one.
    yield lambda: all(each.ready for each in run.programs)
    run.struck("file gone")
    run.starts_none = True
    place.hide()
    run.gaps.append(time.monotonic())
    yield _for(run)
    place.show()
    run.starts_none = False
    run.gaps.append(time.monotonic())
    run.note("file back")


def disk_full(run: Run) -> Fault:
    """Nothing more can be written."""
    disk = run.place.disk
    yield lambda: all(each.ready for each in run.programs)
    yield _soon(run)
    if disk is None or not disk.mounted:
        yield from _without_a_disk(run)
        return
    run.struck("disk full")
    disk.fill()
    yield _for(run)
    disk.make_room()
    run.note("room again")


def _without_a_disk(run: Run) -> Fault:
    """The same where none of our own can be had: PostgreSQL is closed, as its operator would."""
    return (
        _files_may_not_grow(run) if isinstance(run.place, SqliteFile) else _closed_to_writers(run)
    )


def _files_may_not_grow(run: Run) -> Fault:
    """No file of this process, its log among them, grows."""
    place, each = _sqlite(run), run.any_program()
    if not each.alive or each.process is None:
        return
    run.struck("no file grows")
    pid, free = each.process.pid, resource.RLIM_INFINITY
    most = place.written + run.chance.choice((0, 100, 5000))
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, free))
    yield _for(run)
    if each.alive and each.process.pid == pid:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (free, free))
    run.note("room again")


def refused(run: Run) -> Fault:
    """The server is gone: connections break, new ones are refused."""
    place = _postgresql(run)
    yield _soon(run)
    run.struck("database refuses")
    place.proxy.set("refusing")
    run.gaps.append(time.monotonic())
    yield _for(run)
    place.proxy.set("open")
    run.gaps.append(time.monotonic())
    run.note("database back")


def swallowed(run: Run) -> Fault:
    """The network swallows everything, in both directions."""
    place = _postgresql(run)
    yield _soon(run)
    run.struck("network swallows")
    place.proxy.set("swallowing")
    run.gaps.append(time.monotonic())
    yield _for(run)
    place.proxy.set("open")
    if run.chance.random() < 0.5:
        place.proxy.cut()
    run.gaps.append(time.monotonic())
    run.note("network back")


def cut(run: Run) -> Fault:
    """Every connection breaks, several times; new ones are welcome."""
    place = _postgresql(run)
    yield _soon(run)
    for _ in range(run.chance.randint(1, 4)):
        run.struck("connections cut")
        run.gaps.append(time.monotonic())
        place.proxy.cut()
        yield run.chance.uniform(0.05, 0.6)


def only_reads(run: Run) -> Fault:
    """It is a standby for a while: whatever would write is refused."""
    yield _soon(run)
    yield from _closed_to_writers(run)


def _closed_to_writers(run: Run) -> Fault:
    place = _postgresql(run)
    run.struck("only reads")
    run.gaps.append(time.monotonic())
    place.only_reads(True)
    yield _for(run)
    place.only_reads(False)
    run.gaps.append(time.monotonic())
    run.note("writes again")


def restarted(run: Run) -> Fault:
    """The server crashes and recovers."""
    place = _postgresql(run)
    yield _soon(run)
    run.struck("database crashes")
    run.gaps.append(time.monotonic())
    place.restart()
    run.gaps.append(time.monotonic())
    run.note("database recovered")


DATABASE = {
    each.__name__: each
    for each in (locked, hidden, disk_full, refused, swallowed, cut, restarted, only_reads)
}
