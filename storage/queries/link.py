"""Officials' chats: who stands behind a chat, and where a person is reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import BindParameter, bindparam
from sqlalchemy import select as core_select
from sqlmodel import Session, col, or_, select, update

from storage.database import keys_of
from storage.prepared import Prepared, Question, Row
from storage.queries.claims import release
from storage.queries.joining import drop_requests
from storage.queries.roster import table_of
from storage.queries.traffic import chat_name, insert_new
from storage.queries.waiting import drop_chat, waiting_claims
from storage.tables import Link, Membership, Person, Unit

_HEARD_EVERY = timedelta(hours=1)
_LINK, _PERSON = table_of(Link), table_of(Person)


@dataclass(frozen=True)
class Standing:
    """One role in one unit."""

    unit_id: int
    unit_code: str
    unit_name: str
    role: str


@dataclass(frozen=True)
class Identity:
    """The official behind a chat, and everything they may act for right now."""

    person_id: int
    code: str
    full_name: str
    link_id: int
    standings: tuple[Standing, ...]
    unreachable: bool = False

    @property
    def given_name(self) -> str:
        """The last word of a Vietnamese name: how a colleague is called."""
        return self.full_name.split()[-1]

    def units(self, role: str) -> tuple[Standing, ...]:
        """Where this person has a role, by the unit's code."""
        return tuple(each for each in self.standings if each.role == role)

    def leads(self, unit_id: int) -> bool:
        """Whether this person is a secretary of that unit."""
        return any(each.unit_id == unit_id for each in self.units("secretary"))


def identify(session: Session, channel: str, chat: str) -> Identity | None:
    """The official behind a chat (the messenger's own id), or None for a citizen."""
    prepared, values = asking_who(session, channel, chat)
    return identity(session, prepared.all(session, **values))


def asking_who(session: Session, channel: str, chat: str) -> Question:
    """The question for the official behind a chat, to be asked along with others."""
    names = keys_of(session).pseudonyms("chat", channel, chat)
    named = {f"chat{index}": name for index, name in enumerate(names)}
    return _behind(len(names)), {"channel": channel, **named}


def identity(session: Session, rows: Sequence[Row]) -> Identity | None:
    """The official in an answer to `asking_who`."""
    if not rows:
        return None
    link, unreachable, person, code, full_name = rows[0]
    standings = tuple(standings_of(session, person))
    return Identity(person, code, full_name, link, standings, unreachable)


@cache
def _behind(names: int) -> Prepared:
    """Who stands behind a chat, under any of so many pseudonyms."""
    among: list[BindParameter[str]] = [bindparam(f"chat{index}") for index in range(names)]
    return Prepared(
        core_select(
            _LINK.c.id, _LINK.c.unreachable, _PERSON.c.id, _PERSON.c.code, _PERSON.c.full_name
        )
        .join_from(_LINK, _PERSON, _LINK.c.person_id == _PERSON.c.id)
        .where(_LINK.c.channel == bindparam("channel"), _LINK.c.chat.in_(among))
    )


def standings_of(session: Session, person_id: int) -> Sequence[Standing]:
    """Every role of a person, by unit code."""
    rows = session.exec(
        select(Unit, Membership)
        .join(Membership, col(Membership.unit_id) == col(Unit.id))
        .where(Membership.person_id == person_id)
        .order_by(Unit.code, Membership.role)
    )
    return [Standing(unit.id or 0, unit.code, unit.name, member.role) for unit, member in rows]


def reminded_links(session: Session, person_ids: Sequence[int]) -> dict[int, list[Link]]:
    """Where proactive messages to these people go, by person; unreachable chats are left out."""
    found: dict[int, list[Link]] = {}
    rows = session.exec(
        select(Link).where(
            col(Link.person_id).in_(person_ids),
            col(Link.reminders).is_(True),
            col(Link.unreachable).is_(False),
        )
    )
    for link in rows:
        found.setdefault(link.person_id, []).append(link)
    return found


def mark_unreachable(session: Session, channel: str, chat: str) -> None:
    """The person blocked the bot in this chat (pseudonym): send nothing there until they write."""
    link = session.exec(select(Link).where(Link.channel == channel, Link.chat == chat)).first()
    if link is not None:
        link.unreachable = True
        session.add(link)


def mark_reachable(session: Session, link_id: int) -> None:
    """The person wrote from this chat: it takes messages again."""
    link = session.get_one(Link, link_id)
    link.unreachable = False
    session.add(link)


def hear(session: Session, link_id: int, now: datetime) -> None:
    """The person wrote from this chat just now; stored once an hour at most."""
    session.execute(
        update(Link)
        .where(
            col(Link.id) == link_id,
            or_(col(Link.heard).is_(None), col(Link.heard) <= now - _HEARD_EVERY),
        )
        .values(heard=now)
    )


def links_of(session: Session, person_id: int) -> Sequence[Link]:
    """Every chat of a person, the first one first."""
    return session.exec(
        select(Link).where(Link.person_id == person_id).order_by(col(Link.id))
    ).all()


def prefer(session: Session, link: Link) -> None:
    """Reminders go to this chat first; the person's others follow where it is shut."""
    session.execute(
        update(Link)
        .where(col(Link.person_id) == link.person_id)
        .values(reminders=True, preferred=col(Link.id) == link.id)
    )
    session.expire_all()


def switch_off(session: Session, links: Sequence[Link]) -> None:
    """No reminders to these chats any more."""
    for link in links:
        link.reminders = link.preferred = False
        session.add(link)
    session.flush()


def chat_names(session: Session, link: Link) -> set[str]:
    """The pseudonyms of a chat, under the secret of today and those before it."""
    keys = keys_of(session)
    try:
        address = keys.open(link.address)
    except ValueError:  # the secret was lost: only the name it was linked under is known
        return {link.chat}
    return {link.chat, *keys.pseudonyms("chat", link.channel, address)}


def add_link(
    session: Session,
    person_id: int,
    channel: str,
    address: str,
    *,
    language: str | None,
    notice: str,
    since: date,
    heard: datetime | None = None,
) -> bool:
    """Link a chat (the messenger's own id) to a person; False if it is somebody's already.

    `heard`: when they last wrote there, if that was in an earlier turn.
    """
    keys = keys_of(session)
    return insert_new(
        session,
        Link,
        {
            "person_id": person_id,
            "channel": channel,
            "chat": chat_name(keys, channel, address),
            "address": keys.seal(address),
            "language": language,
            "reminders": True,
            "unreachable": False,
            "notice": notice,
            "since": since,
            "heard": heard,
        },
    )


def link_of_chat(session: Session, channel: str, address: str) -> Link | None:
    """The link of a chat (the messenger's own id)."""
    names = keys_of(session).pseudonyms("chat", channel, address)
    return session.exec(
        select(Link).where(Link.channel == channel, col(Link.chat).in_(names))
    ).first()


def remember_language(session: Session, link_id: int, language: str) -> None:
    """What comes unasked to this chat comes in this language from now on."""
    link = session.get_one(Link, link_id)
    link.language = language
    session.add(link)


def unlink(session: Session, link: Link) -> None:
    """Forget a chat: nothing that waits for it is sent, nothing it asked for is decided.

    A digest that waits for it may go to the person's other chat.
    """
    names = chat_names(session, link)
    for chat in names:
        release(session, waiting_claims(session, link.channel, chat))
        drop_chat(session, link.channel, chat)
    drop_requests(session, link.channel, sorted(names))
    session.delete(link)
    session.flush()
