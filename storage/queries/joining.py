"""Invitations and requests to join: made, found again by their token, used once, forgotten."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import CursorResult, delete, update
from sqlmodel import Session, col, select

from storage.database import keys_of
from storage.tables import Invite, JoinRequest, Person

REQUEST_LIVES = timedelta(days=7)
_KEPT_AFTER_EXPIRY = timedelta(days=30)  # so long an old link is told apart from a wrong one
_INVITES: Any = Invite.__table__  # type: ignore[attr-defined]

State = Literal["open", "used", "revoked", "expired"]


def add_invite(
    session: Session,
    *,
    unit_id: int,
    role: str,
    expires: datetime,
    person_id: int | None = None,
    invited_by: int | None = None,
    kind: str = "single",
    token: str | None = None,
) -> str:
    """A new invitation; returns its token (22 URL-safe characters, 128 random bits).

    Only a keyed hash of the token is stored: nobody can show the link a second time. `token` gives
    one that is to be typed; it must be nobody's yet.
    """
    token = secrets.token_urlsafe(16) if token is None else token
    session.add(
        Invite(
            token=keys_of(session).pseudonym("invite", token),
            kind=kind,
            unit_id=unit_id,
            role=role,
            person_id=person_id,
            invited_by=invited_by,
            expires=expires,
        )
    )
    session.flush()
    return token


def find_invite(session: Session, token: str) -> Invite | None:
    """The invitation a token opens, whatever its state."""
    names = keys_of(session).pseudonyms("invite", token)
    return session.exec(select(Invite).where(col(Invite.token).in_(names))).first()


def state_of(invite: Invite, now: datetime) -> State:
    """What has become of an invitation."""
    if invite.used is not None:
        return "used"
    if invite.revoked:
        return "revoked"
    return "expired" if invite.expires <= now else "open"


def take(session: Session, invite: Invite, person_id: int, now: datetime) -> bool:
    """Use a single invitation for this person; False if somebody was quicker or it is over.

    One conditional update: of two at once, in two processes, one wins.
    """
    taken = session.execute(
        update(Invite)
        .where(
            _INVITES.c.id == invite.id,
            _INVITES.c.kind == "single",
            _INVITES.c.used.is_(None),
            _INVITES.c.revoked.is_(False),
            _INVITES.c.expires > now,
        )
        .values(used=now, used_by=person_id)
        .returning(_INVITES.c.id)
        .execution_options(synchronize_session=False)
    ).first()
    session.refresh(invite)
    return taken is not None


def revoke(session: Session, invite: Invite) -> None:
    """From now on the link leads nowhere."""
    invite.revoked = True
    session.add(invite)
    session.flush()


def revoke_own(session: Session, person_id: int, now: datetime) -> None:
    """What a person made to link one more chat of their own leads nowhere any more."""
    session.execute(
        update(Invite)
        .where(
            col(Invite.person_id) == person_id,
            col(Invite.invited_by) == person_id,
            Invite.kind == "single",  # type: ignore[arg-type]
            *_open(now),
        )
        .values(revoked=True)
    )


def _open(now: datetime) -> tuple[Any, ...]:
    return (
        col(Invite.used).is_(None),
        col(Invite.revoked).is_(False),
        col(Invite.expires) > now,
    )


def open_invites(
    session: Session, unit_id: int, now: datetime
) -> Sequence[tuple[Invite, Person | None]]:
    """The single invitations of a unit that can still be used, with whom they name, newest first."""
    return session.exec(
        select(Invite, Person)
        .join(Person, col(Person.id) == col(Invite.person_id), isouter=True)
        .where(Invite.unit_id == unit_id, Invite.kind == "single", *_open(now))
        .order_by(col(Invite.id).desc())
    ).all()


def group_invites(session: Session, unit_id: int, now: datetime) -> Sequence[Invite]:
    """The links of a unit's chat group that still work; more than one only by the command line."""
    return session.exec(
        select(Invite).where(Invite.unit_id == unit_id, Invite.kind == "group", *_open(now))
    ).all()


def add_group_invite(
    session: Session, *, unit_id: int, expires: datetime, now: datetime, invited_by: int | None
) -> str:
    """The one link for a unit's own chat group; an earlier one stops working. Returns its token."""
    for earlier in group_invites(session, unit_id, now):
        revoke(session, earlier)
    return add_invite(
        session,
        unit_id=unit_id,
        role="member",
        expires=expires,
        invited_by=invited_by,
        kind="group",
    )


# Requests: somebody picked a name and waits for the secretary.


def request_of_chat(
    session: Session, channel: str, chat: str, unit_id: int, now: datetime
) -> JoinRequest | None:
    """What this chat (the messenger's own id) asked a unit for and waits for."""
    return session.exec(
        select(JoinRequest).where(
            JoinRequest.channel == channel,
            col(JoinRequest.chat).in_(keys_of(session).pseudonyms("chat", channel, chat)),
            JoinRequest.unit_id == unit_id,
            col(JoinRequest.expires) > now,
        )
    ).first()


def add_request(session: Session, request: JoinRequest) -> JoinRequest:
    """Keep a request; an earlier one of the same chat to the same unit gives way to it."""
    session.execute(
        delete(JoinRequest).where(
            col(JoinRequest.channel) == request.channel,
            col(JoinRequest.chat) == request.chat,
            col(JoinRequest.unit_id) == request.unit_id,
        )
    )
    session.add(request)
    session.flush()
    return request


def open_requests(
    session: Session, unit_id: int, now: datetime
) -> Sequence[tuple[JoinRequest, Person]]:
    """Who waits for a unit's secretary, longest first."""
    return session.exec(
        select(JoinRequest, Person)
        .join(Person, col(Person.id) == col(JoinRequest.person_id))
        .where(JoinRequest.unit_id == unit_id, col(JoinRequest.expires) > now)
        .order_by(col(JoinRequest.id))
    ).all()


def drop_requests(session: Session, channel: str, chats: Sequence[str]) -> None:
    """Forget what these chats (pseudonyms) asked for, in every unit."""
    session.execute(
        delete(JoinRequest).where(
            col(JoinRequest.channel) == channel, col(JoinRequest.chat).in_(chats)
        )
    )


def purge_joining(session: Session, now: datetime) -> dict[str, int]:
    """Forget requests that expired and invitations that did so long ago; counts by table."""
    counts = {}
    for name, statement in (
        ("requests", delete(JoinRequest).where(col(JoinRequest.expires) <= now)),
        ("invites", delete(Invite).where(col(Invite.expires) <= now - _KEPT_AFTER_EXPIRY)),
    ):
        done = session.execute(statement)
        assert isinstance(done, CursorResult)
        counts[name] = done.rowcount
    return counts
