"""A messenger on its bad days: gone, silent, slow, too many requests, errors, lost answers."""

import httpx

from tests.chaos.run import Fault as Strike
from tests.chaos.run import Run
from tests.fakes.telegram import Fault

_SENDS = ("sendMessage", "editMessageText", "sendPhoto", "sendDocument")


def _soon(run: Run) -> float:
    return run.chance.uniform(0, 1.5)


def messenger_gone(run: Run) -> Strike:
    """Its address refuses connections for a while (an hour, made short)."""
    yield _soon(run)
    run.struck("messenger gone")
    run.telegram.stop()
    yield run.chance.uniform(0.5, 2.5) * run.plan.stretch
    run.telegram.start()
    run.note("messenger back")


def _strikes(run: Run, what: str, fault: Fault, times: int) -> None:
    run.injected[what] += times
    run.note(f"{what} ×{times}")
    for _ in range(times):
        run.telegram.fault(run.chance.choice(_SENDS), fault)


def slow(run: Run) -> Strike:
    """It takes its time, and then says yes."""
    yield _soon(run)
    _strikes(run, "slow answer", Fault.hang(run.chance.uniform(0.5, 3)), 4)


def throttled(run: Run) -> Strike:
    """429: too many requests."""
    yield _soon(run)
    _strikes(run, "429", Fault.too_many_requests(run.chance.choice((1, 1, 2))), 3)


def errors(run: Run) -> Strike:
    """500 and 502."""
    yield _soon(run)
    _strikes(run, "5xx", run.chance.choice((Fault.server_error(), Fault.bad_gateway())), 4)


def answers_lost(run: Run) -> Strike:
    """It has taken the message; the connection breaks before it says so."""
    yield _soon(run)
    _strikes(run, "answer lost", Fault.drop(), 3)


def silent(run: Run) -> Strike:
    """It accepts the connection, takes nothing, says nothing, and hangs up in the end."""
    yield _soon(run)
    _strikes(run, "no answer", Fault.hang(run.chance.uniform(0.5, 3), executed=False), 3)
    _strikes(run, "reset", Fault.reset(), 1)


def other_poller(run: Run) -> Strike:
    """Somebody else asks for the same bot's updates: Telegram ends one of the two polls."""
    yield _soon(run)
    for _ in range(2):
        run.struck("other poller")
        httpx.get(f"{run.telegram.api_base}{run.telegram.token}/getUpdates?timeout=0", timeout=5)
        yield 0.3


MESSENGER = {
    each.__name__: each
    for each in (messenger_gone, slow, throttled, errors, answers_lost, silent, other_poller)
}
