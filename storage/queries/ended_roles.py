"""The end of a role: the place on the roster goes, and with it what only that role could receive."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session, col

from storage.queries.link import chat_names, links_of
from storage.queries.past import end_membership
from storage.queries.roster import table_of
from storage.queries.waiting import drop_proactive
from storage.tables import Invite, JoinRequest, Link, Membership, MembershipPast

_MEMBERSHIP = table_of(Membership)
_AT_ONCE = 500
_DAY = timedelta(days=1)


def end_role(session: Session, membership_id: int, on: date) -> None:
    """Take a person out of a unit in one role from that day on. Their chats stay known, so that
    they can be told; whoever has no role left is sent nothing and may do nothing but rate and
    leave. That they held the role until the day before is kept."""
    role = session.get_one(Membership, membership_id)
    _close_ways_in(session, role)
    for link in links_of(session, role.person_id):
        drop_proactive(session, link.channel, chat_names(session, link))
    end_membership(session, role, on)


def end_roles(session: Session, ends: Mapping[int, date]) -> Iterator[int]:
    """The same for many roles, each with the first day it no longer holds; yields how many, chunk
    by chunk."""
    waiting, linked = (
        _with_ways_in(session),
        set(session.execute(select(col(Link.person_id))).scalars()),
    )
    ids = list(ends)
    for start in range(0, len(ids), _AT_ONCE):
        chunk = ids[start : start + _AT_ONCE]
        chosen = _MEMBERSHIP.c.id.in_(chunk)
        roles = session.execute(select(_MEMBERSHIP).where(chosen)).all()
        for role in roles:
            if (role.person_id, role.unit_id, role.role) in waiting:
                _close_ways_in(session, role)
        for person in sorted({role.person_id for role in roles} & linked):
            for link in links_of(session, person):
                drop_proactive(session, link.channel, chat_names(session, link))
        pasts = [
            {
                "person_id": role.person_id,
                "unit_id": role.unit_id,
                "role": role.role,
                "since": role.since,
                "until": ends[role.id] - _DAY,
            }
            for role in roles
            if role.since is None or role.since < ends[role.id]
        ]
        if pasts:
            session.execute(insert(table_of(MembershipPast)), pasts)
        session.execute(delete(_MEMBERSHIP).where(chosen))
        yield len(chunk)


def close_ways_into(session: Session, unit_id: int) -> None:
    """Nobody joins a unit that is no more: open invitations and requests to it are over."""
    session.execute(
        update(Invite)
        .where(col(Invite.unit_id) == unit_id, col(Invite.used).is_(None))
        .values(revoked=True)
    )
    session.execute(delete(JoinRequest).where(col(JoinRequest.unit_id) == unit_id))


def _with_ways_in(session: Session) -> set[tuple[int | None, int, str]]:
    """Whom an invitation or a request could bring where, as what."""
    invites = select(col(Invite.person_id), col(Invite.unit_id), col(Invite.role)).where(
        col(Invite.used).is_(None)
    )
    requests = select(col(JoinRequest.person_id), col(JoinRequest.unit_id), col(JoinRequest.role))
    return {
        (row[0], row[1], row[2]) for asked in (invites, requests) for row in session.execute(asked)
    }


def _close_ways_in(session: Session, role: Any) -> None:
    """Nothing this person was invited to or asked for brings the role back."""
    session.execute(
        update(Invite)
        .where(
            col(Invite.person_id) == role.person_id,
            col(Invite.unit_id) == role.unit_id,
            col(Invite.role) == role.role,
            col(Invite.used).is_(None),
        )
        .values(revoked=True)
    )
    session.execute(
        delete(JoinRequest).where(
            col(JoinRequest.person_id) == role.person_id,
            col(JoinRequest.unit_id) == role.unit_id,
            col(JoinRequest.role) == role.role,
        )
    )
