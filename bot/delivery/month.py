"""How many messages of a messenger's plan are spent in this month: counted, shown, warned of."""

from datetime import datetime, tzinfo

import structlog
from sqlmodel import Session

from bot.channels.base import Channel
from bot.observability import MONTH, QUOTA
from storage.queries.doors import count_messages, messages_of_month

log = structlog.get_logger("delivery")

_WARNS_AT = 0.9


def count_month(
    session: Session, channel: Channel, now: datetime, timezone: tzinfo, messages: int
) -> int | None:
    """Count what a channel has just sent; how many it now has this month, None where none counts."""
    if not (channel.can.monthly and messages):
        return None
    return count_messages(session, channel.name, _month(now, timezone), messages)


def read_month(session: Session, channel: Channel, now: datetime, timezone: tzinfo) -> int:
    """How many messages a channel has sent in this month."""
    return messages_of_month(session, channel.name, _month(now, timezone))


def show_month(channel: Channel, sent: int) -> None:
    """Tell the metrics how much of its plan a channel has used."""
    MONTH.labels(channel.name).set(sent)
    QUOTA.labels(channel.name).set(channel.can.monthly)


def warn_once(channel: Channel, before: int, sent: int) -> None:
    """Tell the operator when most of the plan is spent: of all processes the one that spent it."""
    quota = channel.can.monthly
    if before < _WARNS_AT * quota <= sent:
        log.warning(
            "most of this month's messages are spent", channel=channel.name, sent=sent, quota=quota
        )


def _month(now: datetime, timezone: tzinfo) -> str:
    return now.astimezone(timezone).strftime("%Y-%m")
