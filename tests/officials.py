"""Officials for the tests: secretaries on the roster, invitations, people who have joined."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session, select

from handlers.messages import Reply
from handlers.typed_choices import take_in
from storage.database import keys_of
from storage.queries.joining import add_group_invite, add_invite
from storage.queries.traffic import chat_name, read_chat, write_chat
from storage.tables import Invite, JoinRequest, Link, Membership, Person, Unit
from tests.people import Place, Talker

URL = "https://danhgia.example.vn"


def furnish_officials(session: Session, now: datetime) -> None:
    """On top of tests.people: Sáu leads C1 (and is a member there), Bảy leads C2, Tám C1 and TD."""
    del now
    for code, name, standings in (
        ("S1", "Phạm Văn Sáu", (("C1", "secretary"), ("C1", "member"))),
        ("S2", "Đỗ Thị Bảy", (("C2", "secretary"),)),
        ("S3", "Võ Thị Tám", (("C1", "secretary"), ("TD", "secretary"))),
    ):
        person = Person(code=code, full_name=name)
        session.add(person)
        session.flush()
        for unit, role in standings:
            session.add(
                Membership(person_id=person.id or 0, unit_id=unit_id(session, unit), role=role)
            )


def unit_id(session: Session, code: str) -> int:
    return session.exec(select(Unit.id).where(Unit.code == code)).one() or 0


def person_id(session: Session, code: str) -> int:
    return session.exec(select(Person.id).where(Person.code == code)).one() or 0


async def invited(
    place: Place,
    unit: str,
    role: str,
    person: str | None = None,
    *,
    by: str | None = None,
    days: float = 14,
    group: bool = False,
) -> str:
    """The token of a new invitation."""

    def make(session: Session) -> str:
        expires = place.clock() + timedelta(days=days)
        inviter = None if by is None else person_id(session, by)
        if group:
            return add_group_invite(
                session,
                unit_id=unit_id(session, unit),
                expires=expires,
                now=place.clock(),
                invited_by=inviter,
            )
        return add_invite(
            session,
            unit_id=unit_id(session, unit),
            role=role,
            person_id=None if person is None else person_id(session, person),
            invited_by=inviter,
            expires=expires,
        )

    return await place.database.run(make)


async def joined(
    place: Place, name: str, unit: str, role: str, person: str, channel: str = "telegram"
) -> Talker:
    """Somebody who has joined by an invitation of their own."""
    talker = place.person(name, channel)
    token = await invited(place, unit, role, person)
    await talker.opens(f"join/{token}")
    await talker.opens(f"join-yes/{token}")
    assert await linked_as(place, name, channel) == person
    return talker


async def linked_as(place: Place, name: str, channel: str = "telegram") -> str | None:
    """The code of the person a chat is linked to."""

    def look(session: Session) -> str | None:
        from storage.queries.link import identify

        who = identify(session, channel, name)
        return None if who is None else who.code

    return await place.database.run(look)


async def links(place: Place) -> list[Link]:
    return await place.database.run(lambda s: list(s.exec(select(Link).order_by(Link.id)).all()))  # type: ignore[arg-type]


async def invites(place: Place) -> list[Invite]:
    return await place.database.run(lambda s: list(s.exec(select(Invite)).all()))


async def requests(place: Place) -> list[JoinRequest]:
    return await place.database.run(lambda s: list(s.exec(select(JoinRequest)).all()))


async def inbox(talker: Talker) -> str:
    """What came to a chat without being asked for since it was last read."""

    def take(session: Session) -> list[str]:
        from storage.queries.outbox import confirm_sent, next_proactive

        found = []
        while rows := [
            row
            for row in next_proactive(session, talker.channel, talker.place.clock(), most=100)
            if row.address == talker.name
        ]:
            confirm_sent(session, [row.id for row in rows])
            came = [Reply.model_validate((row.content or {})["reply"]) for row in rows]
            found += came if talker.can.buttons else _numbered(session, talker, came)
        talker.seen = found or talker.seen
        return [talker.text()] if found else []

    return "\n".join(await talker.place.database.run(take))


def _numbered(session: Session, talker: Talker, came: list[Reply]) -> list[Reply]:
    """As delivery does where there are no buttons: what can be typed is kept for the chat."""
    chat = chat_name(keys_of(session), talker.channel, talker.name)
    now = talker.place.clock()
    state = read_chat(session, chat, now)
    numbered = [take_in(state, each, now) for each in came]
    write_chat(session, chat, state, now)
    return numbered


def with_url(place: Place) -> Place:
    """The same place, told the address people reach it under."""
    return Place(place.database, place.clock, replace(place.policy, public_url=URL))
