"""What befalls the programs themselves: SIGKILL, SIGTERM, SIGSTOP, at a time or at a moment."""

import time
from collections.abc import Callable

from sqlalchemy import text

from tests.chaos.databases import SqliteFile, opened
from tests.chaos.run import Fault as Strike
from tests.chaos.run import Run
from tests.chaos.supervised import Supervised
from tests.fakes.telegram import Fault
from tests.fakes.zalo_oa import Fault as ZaloFault

_MOMENTS = ("sendMessage", "editMessageText", "getUpdates", "answerCallbackQuery", "sendPhoto")


def _begun(run: Run, each: Supervised) -> Callable[[], bool]:
    """Mostly once it is ready; sometimes while it still starts."""
    return (lambda: each.ready) if run.chance.random() < 0.8 else (lambda: each.alive)


def kill(run: Run) -> Strike:
    """kill -9 at a random moment, up to three times in a row."""
    each = run.any_program()
    for _ in range(run.chance.choice((1, 1, 2, 3))):
        yield _begun(run, each)
        yield run.chance.uniform(0, 0.6)
        run.struck("kill -9")
        each.kill()


def kill_at_call(run: Run) -> Strike:
    """kill -9 while the messenger has carried out the nth call and has not answered."""
    each, method = run.any_program(), run.chance.choice(_MOMENTS)
    yield lambda: each.ready
    left, reached = [run.chance.randint(1, 5)], [False]

    def is_it(_method: str, _params: object) -> bool:
        left[0] -= 1
        reached[0] = reached[0] or left[0] == 0
        return left[0] == 0

    run.telegram.fault(method, Fault.hang(0.5), when=is_it)
    begun = time.monotonic()
    yield lambda: reached[0] or time.monotonic() - begun > 3
    run.struck(f"kill -9 at {method}")
    each.kill()


def kill_at_write(run: Run) -> Strike:
    """kill -9 while a transaction is being written (on PostgreSQL: as soon as one was)."""
    each, place = run.any_program(), run.place
    yield lambda: each.ready
    begun = time.monotonic()
    if isinstance(place, SqliteFile):
        before = place.written
        yield lambda: place.written != before or time.monotonic() - begun > 3
    else:
        yield run.chance.uniform(0.05, 0.5)
    run.struck("kill -9 at a write")
    each.kill()


def kill_at_claim(run: Run) -> Strike:
    """kill -9 as soon as work is claimed: what was queued with it must still go out, once."""
    begun = time.monotonic()
    yield lambda: _claims(run) > 0 or time.monotonic() - begun > 5
    yield run.chance.choice((0.0, 0.0, 0.05, 0.2))
    run.struck("kill -9 at a claim")
    for each in run.programs:
        each.kill()


def _claims(run: Run) -> int:
    if run.starts_none:
        return 0
    with opened(run.place.own_url) as database:
        statement = text("SELECT count(*) FROM claim")
        return int(database.read_now(lambda session: session.execute(statement).scalar_one()))


def term(run: Run) -> Strike:
    """SIGTERM in the middle: it drains, ends in time, and is started again."""
    each = run.any_program()
    yield _begun(run, each)
    yield run.chance.uniform(0, 0.6)
    run.struck("SIGTERM")
    each.terminate()
    yield lambda: each.ended
    if said := each.said():
        run.wrong(said)
    run.note("ended")
    each.wanted = True


def pause(run: Run) -> Strike:
    """Nothing of it runs for a while, as when a machine is suspended."""
    each = run.any_program()
    yield lambda: each.ready
    yield run.chance.uniform(0, 0.4)
    run.struck("pause")
    each.pause()
    yield run.chance.uniform(0.3, 2)
    each.go_on()
    run.note("goes on")


def clock_jumps(run: Run) -> Strike:
    """The clock is set while it runs: hours, a day, a year; and back, or not."""
    assert run.clock is not None
    each = run.any_program()
    yield lambda: each.ready
    for _ in range(run.chance.choice((1, 2))):
        yield run.chance.uniform(0, 0.6)
        hours = run.chance.choice((-24, -1, 1, 24, 24 * 7))
        run.struck(f"clock {hours:+d} h")
        run.clock.write_text(str(float(run.clock.read_text()) + hours * 3600))


def token_lost(run: Run) -> Strike:
    """Zalo has made new tokens; the answer that carries them is lost."""
    run.oa.fault("token", ZaloFault.drop_answer())
    run.token_at_risk = True
    run.struck("token answer lost")
    yield 0.0


def token_errors(run: Run) -> Strike:
    """Zalo makes no tokens for a while."""
    run.oa.fault(
        "token", run.chance.choice((ZaloFault.server_error(), ZaloFault.late(1.5))), times=2
    )
    run.token_at_risk = True
    run.struck("token trouble")
    yield 0.0


def kill_at_token(run: Run) -> Strike:
    """kill -9 while Zalo answers a renewal: before it, in between, or after."""
    run.oa.fault("token", ZaloFault.late(0.3))
    yield lambda: len(run.oa.calls("token")) > 0
    yield run.chance.choice((0.0, 0.1, 0.32, 0.35, 0.5))
    run.struck("kill -9 at a renewal")
    run.token_at_risk = True
    for each in run.programs:
        each.kill()


PROCESS = {
    each.__name__: each
    for each in (
        kill,
        kill_at_call,
        kill_at_write,
        kill_at_claim,
        term,
        pause,
        clock_jumps,
        token_lost,
        token_errors,
        kill_at_token,
    )
}
