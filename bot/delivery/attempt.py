"""One attempt to send one message, and what came of it."""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import structlog
from pydantic import ValidationError

from bot.channels.base import Broken, Channel, Gone, Shut, Throttled, TryAgain
from bot.observability import where
from handlers.messages import Reply
from storage.queries.outbox import Unsent

log = structlog.get_logger("delivery")


class Result(StrEnum):
    """The outcomes, as the metric `sends_total` labels them; of SHUT it tells what became of the
    messages: "held" or "moved"."""

    SENT = "sent"
    AGAIN = "try again"
    THROTTLED = "throttled"
    GONE = "gone"
    SHUT = "shut"
    BROKEN = "broken"
    GAVE_UP = "gave up"


@dataclass(frozen=True)
class Outcome:
    """`rest`: what is left to send of a message that went out in part. `put_off_until`: when the
    next attempt is due. `seconds`, `everyone`, `quota`: see bot.channels.base.Throttled. `began`:
    when the attempt did."""

    row: Unsent
    result: Result
    rest: Reply | None = None
    put_off_until: datetime | None = None
    seconds: float = 0.0
    everyone: bool = False
    quota: bool = False
    began: datetime | None = None

    @property
    def done(self) -> bool:
        """The message needs no further attempt, whatever became of it."""
        return self.result in {Result.SENT, Result.BROKEN, Result.GAVE_UP}


async def attempt(channel: Channel, row: Unsent, at_most: float) -> Outcome:
    """Send one message; never raises but for cancellation. `at_most` in seconds."""
    try:
        async with asyncio.timeout(at_most):
            await _send(channel, row)
    except Exception as error:  # noqa: BLE001 - a bug in a channel must not block the rest
        return _failed(channel, row, error)
    return Outcome(row, Result.SENT)


async def _send(channel: Channel, row: Unsent) -> None:
    if row.address is None or row.content is None:
        raise Broken("sealed under a secret that is no longer configured")
    try:
        answer = Reply.model_validate(row.content["reply"])
    except (ValidationError, KeyError):
        raise Broken("not a reply that this release knows") from None
    await channel.send(row.address, answer, row.content.get("edit"))


def _failed(channel: Channel, row: Unsent, error: Exception) -> Outcome:
    if isinstance(error, Gone | Shut):
        return Outcome(row, Result.GONE if isinstance(error, Gone) else Result.SHUT, error.rest)
    match error:
        case Throttled():
            return Outcome(
                row,
                Result.THROTTLED,
                error.rest,
                seconds=error.seconds,
                everyone=error.everyone,
                quota=error.quota,
            )
        case TryAgain():
            return Outcome(row, Result.AGAIN, error.rest)
        case TimeoutError():
            return Outcome(row, Result.AGAIN)
        case Broken():
            return _broken(channel, row, str(error), error)
        case _:
            return _broken(channel, row, "the channel failed", error)


def _broken(channel: Channel, row: Unsent, why: str, error: Exception) -> Outcome:
    log.error(
        "message cannot be sent, dropped",
        channel=channel.name,
        reference=secrets.token_hex(4).upper(),
        why=why,
        **where(error),
    )
    return Outcome(row, Result.BROKEN)
