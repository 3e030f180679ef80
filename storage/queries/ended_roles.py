"""The end of a role: the place on the roster goes, and with it what only that role could receive."""

from datetime import date

from sqlalchemy import delete, update
from sqlmodel import Session, col

from storage.database import keys_of
from storage.queries.link import links_of
from storage.queries.outbox import drop_proactive
from storage.queries.past import end_membership
from storage.tables import Invite, JoinRequest, Link, Membership


def end_role(session: Session, membership_id: int, on: date) -> None:
    """Take a person out of a unit in one role from that day on. Their chats stay known, so that
    they can be told; whoever has no role left is sent nothing and may do nothing but rate and
    leave. That they held the role until the day before is kept."""
    role = session.get_one(Membership, membership_id)
    _close_ways_in(session, role)
    for link in links_of(session, role.person_id):
        drop_proactive(session, link.channel, _names(session, link))
    end_membership(session, role, on)


def _close_ways_in(session: Session, role: Membership) -> None:
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


def _names(session: Session, link: Link) -> set[str]:
    keys = keys_of(session)
    try:
        address = keys.open(link.address)
    except ValueError:  # the secret changed: only the name it was linked under is known
        return {link.chat}
    return {link.chat, *keys.pseudonyms("chat", link.channel, address)}
