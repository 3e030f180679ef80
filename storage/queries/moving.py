"""Proactive messages whose door is shut: moved to the person's next one, or held until it opens."""

import json
from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, or_, select, update
from sqlmodel import Session, col
from sqlmodel import select as links

from storage.database import keys_of
from storage.keys import Keys
from storage.queries.doors import Windows, is_open, shut_doors, wanted_links
from storage.queries.link import link_of_chat, links_of
from storage.queries.outbox import Unsent, opened
from storage.queries.traffic import ANSWER, PROACTIVE, a_day_at_most, chat_name, tell_sender
from storage.tables import Link, Outbox

_ROWS = Outbox.__table__  # type: ignore[attr-defined]
HELD, MOVED = "held", "moved"


def move_on(
    session: Session,
    channel: str,
    chat: str,
    now: datetime,
    windows: Windows,
    *,
    anywhere: bool = False,
) -> int:
    """Move what waits unasked for a chat (pseudonym) to the person's next open one; how many.

    The rows keep their number and thereby their order; what no secret opens stays, and what is for
    this very chat (a warning that somebody linked another one). With `anywhere` what no open chat takes is held for one that may open again.
    """
    link = _link_behind(session, channel, chat)
    if link is None:
        return 0
    others = [each for each in links_of(session, link.person_id) if each.id != link.id]
    target = _target(session, others, now, windows, anywhere=anywhere)
    if target is None:
        return 0
    other, held = target
    moved = 0
    for row in _unasked(session, channel, chat):
        if row.content is not None and not row.content.get("stays"):
            session.execute(
                update(Outbox).where(_ROWS.c.id == row.id).values(**_moved(session, row, other))
            )
            moved += 1
    if moved and held:
        hold(session, other.channel, other.chat, now)
    elif moved:
        tell_sender(session, [other.channel])
    return moved


def move_or_hold(
    session: Session, channel: str, chat: str, now: datetime, windows: Windows
) -> Counter[str]:
    """What waits unasked for a chat (pseudonym) that is shut: moved on, or held; how many each."""
    moved = move_on(session, channel, chat, now, windows)
    return Counter({MOVED: moved, HELD: hold(session, channel, chat, now)})


def hold(
    session: Session, channel: str, chat: str, now: datetime, *, answers_to: int | None = None
) -> int:
    """Let what waits unasked for a chat (pseudonym) wait until the person writes; how many.

    `answers_to`: answers up to that row wait as well. They, and all that waits for somebody who is
    no official, are kept a day at most.
    """
    mine = (_ROWS.c.channel == channel, _ROWS.c.chat == chat)
    lanes = _ROWS.c.lane == PROACTIVE
    if answers_to is not None:
        lanes = or_(lanes, _ROWS.c.id <= answers_to)
    done = session.execute(
        update(Outbox).where(*mine, lanes, _ROWS.c.held.is_(False)).values(held=True)
    )
    assert isinstance(done, CursorResult)
    kept = [_ROWS.c.lane == ANSWER] if _link_behind(session, channel, chat) is not None else []
    session.execute(
        update(Outbox)
        .where(*mine, _ROWS.c.held.is_(True), _ROWS.c.until.is_(None), *kept)
        .values(until=a_day_at_most(now))
    )
    return done.rowcount


def unheard(session: Session, channel: str, chat: str, before: datetime) -> None:
    """The messenger takes nothing for this chat (pseudonym) any more, whenever they last wrote;
    unless that was after `before`."""
    session.execute(
        update(Link)
        .where(col(Link.channel) == channel, col(Link.chat) == chat, col(Link.heard) <= before)
        .values(heard=None)
    )


def _link_behind(session: Session, channel: str, chat: str) -> Link | None:
    """The link of a chat (pseudonym), also if it was linked under an older secret."""
    found = session.exec(links(Link).where(Link.channel == channel, Link.chat == chat)).first()
    if found is not None:
        return found
    rows = _unasked(session, channel, chat)
    address = next((row.address for row in rows if row.address is not None), None)
    return None if address is None else link_of_chat(session, channel, address)


def _unasked(session: Session, channel: str, chat: str) -> list[Unsent]:
    rows = session.execute(
        select(_ROWS)
        .where(_ROWS.c.channel == channel, _ROWS.c.chat == chat, _ROWS.c.lane == PROACTIVE)
        .order_by(_ROWS.c.id)
    )
    return [opened(keys_of(session), row) for row in rows.mappings()]


def _target(
    session: Session, others: list[Link], now: datetime, windows: Windows, *, anywhere: bool
) -> tuple[Link, bool] | None:
    """Where to, and whether it has to be held there."""
    shut, keys = shut_doors(session, now), keys_of(session)
    known = [link for link in wanted_links(others) if _known(keys, link)]
    free = next((link for link in known if is_open(link, shut, now, windows)), None)
    if free is not None:
        return free, False
    return (known[0], True) if known and anywhere else None


def _known(keys: Keys, link: Link) -> bool:
    try:
        keys.open(link.address)
    except ValueError:
        return False
    return True


def _moved(session: Session, row: Unsent, to: Link) -> dict[str, Any]:
    keys = keys_of(session)
    address = keys.open(to.address)
    name = chat_name(keys, to.channel, address)
    if to.chat != name:  # the secret was changed: delivery knows the chat by its new name
        to.chat = name
        session.add(to)
        session.flush()
    content = as_written(row.content or {}) | {"edit": None}
    return {
        "channel": to.channel,
        "chat": name,
        "address": keys.seal(address),
        "content": keys.seal(json.dumps(content, ensure_ascii=False)),
        "attempts": 0,
        "not_before": None,
        "held": False,
    }


def as_written(content: dict[str, Any]) -> dict[str, Any]:
    """A message whole again, as it was before parts of it went out or it was fitted to a chat."""
    before = {key: value for key, value in content.items() if key != "whole"}
    return before | ({"reply": content["whole"]} if "whole" in content else {})
