"""A small organisation with a secret in everything that is stored, for trying every door of it.

Three levels: TOP over A and B, A over C1, C2 and the closed C4, B over C3. In each unit a secretary
("C1S"), two members ("C1M", "C1N"), a desk ("QC1"), ratings, pledges, notes, requests and the rest.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session, SQLModel, select

from handlers.catalogue import ensure_catalogue
from storage.database import Database, keys_of
from storage.queries.audit import record
from storage.queries.joining import add_invite
from storage.queries.traffic import chat_name
from storage.tables import (
    Answer,
    Desk,
    DisputedDay,
    Duty,
    Improvement,
    Invite,
    Item,
    JoinRequest,
    Leave,
    Link,
    Membership,
    MembershipPast,
    Person,
    Pledge,
    Rating,
    Report,
    RoleOffer,
    Unit,
    UnitPast,
    UnitSetting,
)
from storage.tables.pledge import DayNote

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday, 09:00 in Đà Nẵng: week 47 has ended
TODAY = date(2026, 11, 23)
WORKED = [date(2026, 11, day) for day in (9, 10, 16, 17, 18, 19, 20)]
PARENTS = {"TOP": None, "A": "TOP", "B": "TOP", "C1": "A", "C2": "A", "C3": "B", "C4": "A"}
CLOSED = "C4"
FEW = "C2"  # fewer ratings than k
CHANNEL = "web"


@dataclass(frozen=True)
class Secret:
    """A text that stands nowhere else. `kind` says what it is, `unit` and `person` whose."""

    text: str
    kind: str
    unit: str
    person: str = ""


@dataclass
class Organisation:
    """What was stored, by code. `tokens` open an invitation into a unit; `offers` are an office's, by
    the action that shows one: the unit and to whom it was made. `rated` are a person's ratings."""

    units: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    desks: dict[str, int] = field(default_factory=dict)
    secrets: dict[str, Secret] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    offers: dict[str, tuple[str, str]] = field(default_factory=dict)
    ids: dict[str, list[int]] = field(default_factory=dict)
    rated: dict[str, set[str]] = field(default_factory=dict)

    def secret(self, kind: str, unit: str, person: str = "", *, of: str = "") -> str:
        """A new secret, as it is stored."""
        text = f"Zq{kind}{unit}{person}{of}".replace("-", "")
        self.secrets[text] = Secret(text, kind, unit, person)
        return text


def furnish(database: Database) -> Organisation:
    """Store everything; returns what there is."""
    made = Organisation()
    database.run_now(lambda session: _Builder(session, made).build())
    return made


class _Builder:
    """Writes the rows, unit by unit."""

    def __init__(self, session: Session, made: Organisation) -> None:
        self.session, self.made = session, made
        self.keys = keys_of(session)

    def build(self) -> None:
        ensure_catalogue(self.session)
        self.item = self.session.exec(select(Item).where(Item.code == "cv1")).one()
        for code, parent in PARENTS.items():
            self._unit(code, parent)
        for code in PARENTS:
            if code != CLOSED:
                self._people(code)
                self._ratings(code)
                self._work(code)
                self._ways_in(code)
        self._closed()
        self._twice()
        self._nobody()

    def add(self, *rows: SQLModel) -> None:
        """Store rows and note their ids by table."""
        for row in rows:
            self.session.add(row)
            self.session.flush()
            found = getattr(row, "id", None)
            if isinstance(found, int):
                self.made.ids.setdefault(str(row.__tablename__), []).append(found)

    def _unit(self, code: str, parent: str | None) -> None:
        name = self.made.secret("unit", code)
        unit = Unit(
            code=code,
            name=name,
            folded=name.lower(),
            parent_id=None if parent is None else self.made.units[parent],
            pilot=code == "C1",
        )
        self.add(unit)
        self.made.units[code] = unit.id or 0
        desk = Desk(code=f"Q{code}1", name=f"Quầy {code}", folded="quay", unit_id=unit.id or 0)
        self.add(desk)
        self.made.desks[code] = desk.id or 0
        signer = self.made.secret("signer", code)
        self.add(
            UnitSetting(unit_id=unit.id or 0, signer_name=signer, saturday=code == "C1"),
            UnitPast(unit_id=unit.id or 0, until=date(2025, 6, 30), name=f"Cũ {code}"),
            Improvement(unit_id=unit.id or 0, desk_id=desk.id, text="Công khai", day=TODAY),
            Improvement(
                unit_id=unit.id or 0,
                desk_id=desk.id,
                text=self.made.secret("approved", code, of="improvement"),
            ),
        )

    def _person(self, code: str, unit: str, *roles: str) -> int:
        name = self.made.secret("name", unit, code)
        person = Person(
            code=code,
            full_name=f"Lê {name} An",
            position=self.made.secret("name", unit, code, of="position"),
            email=self.keys.seal(f"{self.made.secret('never', unit, code)}@example.vn"),
        )
        self.add(person)
        self.made.people[code] = person.id or 0
        for role in roles:
            self.add(Membership(person_id=person.id or 0, unit_id=self.made.units[unit], role=role))
        return person.id or 0

    def link(self, person: int, chat: str) -> None:
        """A chat of the web's and one of Telegram's, addressed by a name nobody may see."""
        for channel in (CHANNEL, "telegram"):
            self.add(
                Link(
                    person_id=person,
                    channel=channel,
                    chat=chat_name(self.keys, channel, chat),
                    address=self.keys.seal(chat),
                    notice="1",
                    since=date(2026, 1, 5),
                )
            )

    def _people(self, unit: str) -> None:
        for letter, role in (("S", "secretary"), ("M", "member"), ("N", "member")):
            person = self._person(f"{unit}{letter}", unit, role)
            if letter != "N":
                self.link(person, chat_of(f"{unit}{letter}"))

    def _ratings(self, unit: str) -> None:
        member, desk = self.made.people[f"{unit}M"], self.made.desks[unit]
        for n, day in enumerate(WORKED[: 3 if unit == FEW else None] * (1 if unit == FEW else 2)):
            rating = Rating(
                id=f"{unit}-{n}",
                day=day,
                desk_id=desk,
                unit_id=self.made.units[unit],
                member_id=member if n % 2 else None,
                attribution="duty" if n % 2 else "nobody",
                level=1 + n % 5,
                reasons="high/nd1" if n % 5 > 2 else "low/nd2",
                comment=self.keys.seal(self.made.secret("comment", unit, of=str(n))),
                channel="web",
                scheme=1,
                notice="1",
            )
            self.add(rating)
        answered = self.keys.seal(self.made.secret("comment", unit, of="answer"))
        self.add(
            Answer(rating_id=f"{unit}-0", text=answered, day=TODAY),
            Answer(rating_id=f"{unit}-1", hidden="insult", day=TODAY),
        )

    def _work(self, unit: str) -> None:
        member, other = self.made.people[f"{unit}M"], self.made.people[f"{unit}N"]
        for day in (*WORKED, TODAY):
            self.add(
                Pledge(
                    person_id=member,
                    unit_id=self.made.units[unit],
                    day=day,
                    item_id=self.item.id or 0,
                    code="cv1",
                    status="pledged" if day == TODAY else "done",
                    changed=NOW - timedelta(days=3),
                )
            )
        note = self.keys.seal(self.made.secret("note", unit, f"{unit}M"))
        desk, starts = self.made.desks[unit], NOW - timedelta(days=30)
        self.add(
            DayNote(person_id=member, day=WORKED[-1], text=note),
            Leave(person_id=member, first=date(2026, 12, 1), last=date(2026, 12, 2)),
            Duty(desk_id=desk, person_id=member, starts=starts, ends=NOW + timedelta(hours=8)),
            Duty(
                desk_id=desk,
                person_id=other,
                starts=NOW - timedelta(hours=9),
                ends=NOW - timedelta(hours=1),
                origin="chat",
                lapses=NOW - timedelta(hours=1),
            ),
            DisputedDay(person_id=member, desk_id=desk, day=WORKED[-1]),
        )
        self._reports(unit)

    def _reports(self, unit: str) -> None:
        """A draft for October with a secret in each section."""
        words = {
            key: self.made.secret("draft", unit, of=f"report{key}")
            for key in ("general", "exemplars", "difficulties", "next", "proposals")
        }
        self.add(
            Report(
                unit_id=self.made.units[unit],
                kind="month",
                first=date(2026, 10, 1),
                last=date(2026, 10, 31),
                narrative=self.keys.seal(json.dumps({"own": words, "fixed": {}})),
                remark=self.keys.seal(self.made.secret("draft", unit, of="remark")),
            )
        )

    def _ways_in(self, unit: str) -> None:
        unit_id, expires = self.made.units[unit], NOW + timedelta(days=7)
        secretary, member = self.made.people[f"{unit}S"], self.made.people[f"{unit}N"]
        single = add_invite(
            self.session,
            unit_id=unit_id,
            role="member",
            expires=expires,
            person_id=member,
            invited_by=secretary,
        )
        group = add_invite(
            self.session,
            unit_id=unit_id,
            role="member",
            expires=expires,
            invited_by=secretary,
            kind="group",
        )
        code = add_invite(
            self.session,
            unit_id=unit_id,
            role="member",
            expires=expires,
            person_id=member,
            invited_by=member,
            token=f"0{unit_id:09d}",
        )
        self.made.tokens |= {single: unit, group: unit, code: unit}
        offer = RoleOffer(
            unit_id=unit_id,
            giver_id=secretary,
            successor_id=self.made.people[f"{unit}M"],
            expires=expires,
        )
        self.add(
            offer,
            JoinRequest(
                unit_id=unit_id,
                person_id=member,
                channel="telegram",
                chat=chat_name(self.keys, "telegram", f"asks-{unit}"),
                address=self.keys.seal(self.made.secret("never", unit, of="asks")),
                expires=expires,
            ),
        )
        self.made.offers[f"office/offer/{offer.id}"] = (unit, f"{unit}M")
        entry = record(
            self.session,
            at=NOW - timedelta(days=1),
            action="setting.change",
            actor_id=secretary,
            unit_id=unit_id,
            details={"name": "place", "before": None, "after": self.made.secret("audit", unit)},
        )
        removed = record(
            self.session,
            at=NOW - timedelta(days=1),
            action="member.remove",
            actor_id=secretary,
            unit_id=unit_id,
            details={"person": f"{unit}N", "on": "2026-11-22", "roles": {}, "duties": []},
        )
        self.made.ids.setdefault("audit", []).extend((entry, removed))
        found = self.session.exec(select(Invite.id).where(Invite.unit_id == unit_id))
        self.made.ids.setdefault("invite", []).extend(each for each in found if each)

    def _closed(self) -> None:
        unit = self.session.get_one(Unit, self.made.units[CLOSED])
        unit.until, unit.merged_into_id = date(2026, 11, 8), self.made.units["C2"]
        person = self._person(f"{CLOSED}M", CLOSED)
        self.add(
            MembershipPast(
                person_id=person, unit_id=unit.id or 0, role="member", until=date(2026, 11, 8)
            )
        )

    def _twice(self) -> None:
        """Somebody who leads C3 and is a member of C1."""
        person = self._person("TWO", "C3", "secretary")
        self.add(Membership(person_id=person, unit_id=self.made.units["C1"], role="member"))
        self.link(person, chat_of("TWO"))

    def _nobody(self) -> None:
        """Somebody whose chat is known and who has no role left."""
        person = self._person("OUT", "C1")
        self.link(person, chat_of("OUT"))
        self.add(
            MembershipPast(
                person_id=person,
                unit_id=self.made.units["C1"],
                role="member",
                until=date(2026, 11, 1),
            )
        )


def chat_of(person: str) -> str:
    """The chat of a person; a citizen's is their own name."""
    return f"chat-{person}"


def actors() -> Iterator[str]:
    """Everybody who tries the doors: a citizen (""), and people by code."""
    yield from ("", "C1M", "C2M", "C1S", "C2S", "AS", "BS", "TOPS", "TWO", "OUT")
