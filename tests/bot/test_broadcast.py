"""Reminders leave at the messenger's pace, without a single 429, and answers overtake them."""

from pathlib import Path

from bench.broadcast import broadcast
from tests.fakes.telegram import Pace

FASTER = 4  # than Telegram: every limit is scaled alike
REAL = Pace()
SCALED = Pace(
    per_second=REAL.per_second * FASTER,
    burst=REAL.burst,
    chat_per_second=REAL.chat_per_second * FASTER,
    chat_burst=REAL.chat_burst,
)


async def test_a_broadcast_draws_no_429_while_citizens_are_answered_ahead_of_it(
    tmp_path: Path,
) -> None:
    progress: list[int] = []
    figures = await broadcast(
        tmp_path,
        members=300,
        pace=SCALED,
        rate=29.5 * FASTER,
        asking=4,
        every=0.05,
        told=lambda done, _all: progress.append(done),
    )
    assert figures.refused == []
    assert figures.sent == 300
    assert figures.seconds > 300 / (30 * FASTER) * 0.9
    assert len(figures.during) >= 10
    assert progress == sorted(progress)
    # Whoever asked while hundreds waited was answered long before those had their turn.
    early = [
        seconds for seconds, left in zip(figures.during, figures.behind, strict=True) if left > 150
    ]
    assert early
    assert max(early) < 150 / (29.5 * FASTER)
