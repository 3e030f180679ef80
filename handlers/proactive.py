"""Messages nobody just asked for: reminders, digests, cards. They wait in the proactive lane."""

from collections.abc import Sequence

from sqlmodel import Session

from handlers.messages import Reply
from handlers.policy import Policy
from handlers.texts import DEFAULT, Speaker
from storage.database import keys_of
from storage.queries.traffic import PROACTIVE, put_in_outbox
from storage.tables import Link


def speech_for(link: Link, policy: Policy) -> Speaker:
    """How to speak in an official's chat."""
    return Speaker(link.language or DEFAULT, citizen=policy.citizen)


def send(session: Session, link: Link, replies: Sequence[Reply]) -> None:
    """Queue messages to an official's chat, behind every answer."""
    address = keys_of(session).open(link.address)
    contents = [{"reply": each.model_dump(mode="json"), "edit": None} for each in replies]
    put_in_outbox(session, link.channel, address, contents, lane=PROACTIVE)
