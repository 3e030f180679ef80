"""Messages nobody just asked for: reminders, digests, cards. They wait in the proactive lane."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from handlers.messages import Reply
from handlers.policy import Policy
from handlers.texts import DEFAULT, Speaker
from storage.database import keys_of
from storage.queries.traffic import PROACTIVE, chat_name, put_in_outbox, put_many_in_outbox
from storage.tables import Link


def speech_for(link: Link, policy: Policy) -> Speaker:
    """How to speak in an official's chat."""
    return Speaker(link.language or DEFAULT, citizen=policy.citizen)


def send(
    session: Session,
    link: Link,
    replies: Sequence[Reply],
    *,
    claim: str | None = None,
    until: datetime | None = None,
    stays: bool = False,
) -> None:
    """Queue messages to an official's chat, behind every answer.

    `claim` is released if the chat turns out to be gone before they arrive, and none of the
    person's other chats takes them. After `until` they are worth nothing any more. `stays`: they
    are for this very chat, and never move to another one.
    """
    keys = keys_of(session)
    address = keys.open(link.address)
    name = chat_name(keys, link.channel, address)
    if link.chat != name:  # the secret was changed: delivery knows the chat by its new name
        link.chat = name
        session.add(link)
    send_to(session, link.channel, address, replies, claim=claim, until=until, stays=stays)


def send_each(
    session: Session, messages: Sequence[tuple[Link, Reply]], *, until: datetime | None = None
) -> int:
    """Queue one message each to many officials' chats, in bulk; worth nothing after `until`.

    Returns how many were left out: no configured secret opens where their chat is.
    """
    keys, rows, unreadable = keys_of(session), [], 0
    for link, message in messages:
        try:
            address = keys.open(link.address)
        except ValueError:
            unreadable += 1
            continue
        content = {"reply": message.model_dump(mode="json"), "edit": None}
        rows.append((link.channel, address, content))
    put_many_in_outbox(session, rows, lane=PROACTIVE, until=until)
    return unreadable


def send_to(
    session: Session,
    channel: str,
    address: str,
    replies: Sequence[Reply],
    *,
    claim: str | None = None,
    until: datetime | None = None,
    stays: bool = False,
) -> None:
    """The same to a chat that is nobody's (yet): somebody whose request was declined."""
    more: dict[str, object] = {} if claim is None else {"claim": claim}
    more |= {"stays": True} if stays else {}
    contents = [{"reply": each.model_dump(mode="json"), "edit": None, **more} for each in replies]
    put_in_outbox(session, channel, address, contents, lane=PROACTIVE, until=until)
