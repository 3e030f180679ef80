"""A messenger on its bad days: gone, silent, slow, too many requests, errors, lost answers."""

import httpx

from tests.chaos.run import Fault as Strike
from tests.chaos.run import Run
from tests.fakes.telegram import Fault
from tests.fakes.zalo_bot import Fault as ZaloFault

_SENDS = ("sendMessage", "editMessageText", "sendPhoto", "sendDocument")


def _soon(run: Run) -> float:
    return run.chance.uniform(0, 1.5)


def messenger_gone(run: Run) -> Strike:
    """Its address refuses connections for a while (an hour, made short)."""
    yield _soon(run)
    run.struck("messenger gone")
    run.telegram.stop()
    run.zalo_bot.stop()
    yield run.chance.uniform(0.5, 2.5) * run.plan.stretch
    run.telegram.start()
    run.zalo_bot.start()
    run.note("messenger back")


def _strikes(run: Run, what: str, fault: Fault, times: int, on_zalo: ZaloFault) -> None:
    """On Telegram, and once on the Bot Platform, which nobody may use in this run."""
    run.injected[what] += times
    run.note(f"{what} ×{times}")
    for _ in range(times):
        run.telegram.fault(run.chance.choice(_SENDS), fault)
    run.zalo_bot.fault("sendMessage", on_zalo)


def slow(run: Run) -> Strike:
    """It takes its time, and then says yes."""
    yield _soon(run)
    seconds = run.chance.uniform(0.5, 3)
    _strikes(run, "slow answer", Fault.hang(seconds), 4, ZaloFault.late(seconds))


def throttled(run: Run) -> Strike:
    """429: too many requests."""
    yield _soon(run)
    fault = Fault.too_many_requests(run.chance.choice((1, 1, 2)))
    # There a 429 is the plan that is used up, and what waits then waits for hours.
    _strikes(run, "429", fault, 3, ZaloFault.page())


def errors(run: Run) -> Strike:
    """500 and 502."""
    yield _soon(run)
    fault = run.chance.choice((Fault.server_error(), Fault.bad_gateway()))
    _strikes(run, "5xx", fault, 4, ZaloFault.page())


def answers_lost(run: Run) -> Strike:
    """It has taken the message; the connection breaks before it says so."""
    yield _soon(run)
    _strikes(run, "answer lost", Fault.drop(), 3, ZaloFault.dropped())


def silent(run: Run) -> Strike:
    """It accepts the connection, takes nothing, says nothing, and hangs up in the end."""
    yield _soon(run)
    fault, on_zalo = Fault.hang(run.chance.uniform(0.5, 3), executed=False), ZaloFault.nothing()
    _strikes(run, "no answer", fault, 3, on_zalo)
    _strikes(run, "reset", Fault.reset(), 1, ZaloFault.dropped(executed=False))


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
