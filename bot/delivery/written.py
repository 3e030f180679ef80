"""Writing down what became of the attempts: in one transaction, safe to repeat."""

from collections.abc import Callable, Sequence

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlmodel import Session

from bot.delivery.attempt import Outcome, Result
from bot.observability import where
from storage.queries.claims import release
from storage.queries.outbox import confirm_sent, put_off, replace_content
from storage.queries.waiting import drop_chat, waiting_claims

log = structlog.get_logger("delivery")

OnGone = Callable[[Session, str, str], None]
"""Told of a channel and a chat (pseudonym) that is gone, within the transaction."""


def write_down(
    session: Session, channel: str, outcomes: Sequence[Outcome], on_gone: OnGone | None
) -> None:
    """Forget what needs no further attempt, put off what failed, drop the chats that are gone."""
    if done := [each.row.id for each in outcomes if each.done]:
        confirm_sent(session, done)
    for each in outcomes:
        if each.result is Result.GONE:
            drop(session, channel, each.row.chat, on_gone)
        if each.rest is not None:
            content = {**(each.row.content or {}), "edit": None}
            content["reply"] = each.rest.model_dump(mode="json")
            replace_content(session, each.row.id, content)
        if each.put_off_until is not None:
            put_off(session, each.row, channel, each.put_off_until)


def drop(session: Session, channel: str, chat: str, on_gone: OnGone | None) -> None:
    """Forget what is queued for a chat that is gone. A hook that fails stops nothing.

    What was claimed for it alone is free again once the hook knows: another chat may get it.
    """
    claims = waiting_claims(session, channel, chat)
    drop_chat(session, channel, chat)
    if on_gone is None:
        return
    try:
        with session.begin_nested():
            on_gone(session, channel, chat)
            release(session, claims)
    except (OperationalError, InterfaceError):
        raise  # the database failed, not the hook: nothing of this is stored
    except Exception as error:  # noqa: BLE001 - the rest of the outbox must not wait for a hook
        log.error("hook for a gone chat failed", channel=channel, **where(error))  # noqa: TRY400 - the text may name people
