"""Which of a person's chats is open, channels that take nothing for a while, messages a month."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from storage.queries.traffic import insert_new
from storage.tables import Link, MonthlyCount, ShutDoor

_PAGES = "web"  # the channel whose messages wait to be fetched
Windows = Mapping[str, timedelta]
"""How long after a person's message a channel takes ours, by channel; the others always do."""


def wanted_links(links: Iterable[Link]) -> list[Link]:
    """The chats of one person that proactive messages may go to, open or not, in their order."""
    return in_order(link for link in links if link.reminders and not link.unreachable)


def in_order(links: Iterable[Link]) -> list[Link]:
    """The chats of one person as reminders try them: the preferred one first, then the newest
    messenger; a browser last, which shows nothing before it is opened."""
    return sorted(
        links, key=lambda link: (not link.preferred, link.channel == _PAGES, -(link.id or 0))
    )


def is_open(link: Link, shut: Collection[str], now: datetime, windows: Windows) -> bool:
    """Whether this chat takes a proactive message now. `shut`: see shut_doors."""
    window = windows.get(link.channel)
    heard = window is None or (link.heard is not None and link.heard + window > now)
    return heard and link.channel not in shut


def best_link(
    links: Iterable[Link], shut: Collection[str], now: datetime, windows: Windows
) -> Link | None:
    """The one chat of a person's that proactive messages go to now; None if none is open."""
    return next((link for link in wanted_links(links) if is_open(link, shut, now, windows)), None)


def first_link(links: Iterable[Link]) -> Link | None:
    """The chat proactive messages would go to if all were open: where they wait if none is."""
    return next(iter(wanted_links(links)), None)


def shut_doors(session: Session, now: datetime) -> set[str]:
    """The channels that take no message now."""
    return set(session.exec(select(ShutDoor.channel).where(col(ShutDoor.until) > now)))


def shut_door(session: Session, channel: str, until: datetime) -> None:
    """This channel takes no message before then, whatever was known before."""
    session.merge(ShutDoor(channel=channel, until=until))
    session.flush()


def open_door(session: Session, channel: str) -> None:
    """This channel takes messages again."""
    session.exec(delete(ShutDoor).where(col(ShutDoor.channel) == channel))


def shut_until(session: Session, channel: str) -> datetime | None:
    """Until when this channel said that it takes nothing, also if that is over; None: it did not."""
    door = session.get(ShutDoor, channel, populate_existing=True)
    return None if door is None else door.until


def count_messages(session: Session, channel: str, month: str, n: int) -> int:
    """Count `n` messages more in a month ("2026-11", local time); how many it now has."""
    place = (channel, month)
    insert_new(session, MonthlyCount, {"channel": channel, "month": month, "count": 0})
    row = session.get_one(MonthlyCount, place, with_for_update=True, populate_existing=True)
    row.count += n
    session.add(row)
    session.flush()
    return row.count


def messages_of_month(session: Session, channel: str, month: str) -> int:
    """How many messages this channel has sent in a month ("2026-11", local time)."""
    row = session.get(MonthlyCount, (channel, month))
    return 0 if row is None else row.count
