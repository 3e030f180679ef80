"""Writing down what became of the attempts: in one transaction, safe to repeat."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlmodel import Session

from bot.delivery.attempt import Outcome, Result
from bot.observability import where
from handlers.messages import Reply
from storage.queries.apart import apart
from storage.queries.claims import release
from storage.queries.doors import Windows, shut_door
from storage.queries.moving import HELD, MOVED, hold, move_on, unheard
from storage.queries.outbox import Unsent, confirm_sent, give_up, put_off, replace_content
from storage.queries.traffic import PROACTIVE
from storage.queries.waiting import drop_chat, waiting_claims

log = structlog.get_logger("delivery")

OnGone = Callable[[Session, str, str], None]
"""Told of a channel and a chat (pseudonym) that is gone, within the transaction."""


def write_down(
    session: Session,
    channel: str,
    outcomes: Sequence[Outcome],
    on_gone: OnGone | None,
    now: datetime,
    windows: Windows,
) -> Counter[str]:
    """Forget what needs no further attempt, put off what failed; what waits for a chat that is
    gone or shut goes on to the person's next one. How many were moved, how many held."""
    counts: Counter[str] = Counter()
    if sent := [each.row.id for each in outcomes if each.result is Result.SENT]:
        confirm_sent(session, sent)
    if lost := [each.row.id for each in outcomes if each.done and each.result is not Result.SENT]:
        give_up(session, channel, lost)
    for each in outcomes:
        if each.rest is not None:
            replace_content(session, each.row.id, _what_is_left(each.row, each.rest))
        if each.result is Result.GONE:
            counts[MOVED] += drop(session, channel, each.row.chat, on_gone, now, windows)
        if each.result is Result.SHUT:
            counts += _shut(session, channel, each, now, windows)
        if each.quota:
            shut_door(session, channel, now + timedelta(seconds=each.seconds))
        if each.put_off_until is not None:
            put_off(session, each.row, channel, each.put_off_until)
    return +counts


def drop(
    session: Session,
    channel: str,
    chat: str,
    on_gone: OnGone | None,
    now: datetime,
    windows: Windows,
) -> int:
    """Forget a chat that is gone. What waits for it unasked goes on to the person's next chat: how
    many messages. A hook that fails stops nothing.

    The rest is dropped; what was claimed for it alone is free again once the hook knows: another
    chat may get it.
    """
    moved = move_on(session, channel, chat, now, windows, anywhere=True)
    claims = waiting_claims(session, channel, chat)
    drop_chat(session, channel, chat)
    if on_gone is None:
        return moved

    tell = partial(_free, session, channel, chat, claims, on_gone)
    if (failed := apart(session, tell)) is not None:
        log.error("hook for a gone chat failed", channel=channel, **where(failed))
    return moved


def _free(
    session: Session, channel: str, chat: str, claims: Sequence[str], on_gone: OnGone
) -> None:
    on_gone(session, channel, chat)
    release(session, claims)


def _shut(
    session: Session, channel: str, outcome: Outcome, now: datetime, windows: Windows
) -> Counter[str]:
    """Nothing may be sent to this person before they write. An answer that was queued since is
    tried all the same: they have just written."""
    row = outcome.row
    unheard(session, channel, row.chat, outcome.began or now)
    moved = move_on(session, channel, row.chat, now, windows)
    return Counter({MOVED: moved, HELD: hold(session, channel, row.chat, now, answers_to=row.id)})


def _what_is_left(row: Unsent, rest: Reply) -> dict[str, Any]:
    content = row.content or {}
    left = {**content, "edit": None, "reply": rest.model_dump(mode="json")}
    if row.lane == PROACTIVE:  # another chat of the person would get the whole of it
        left.setdefault("whole", content.get("reply"))
    return left
