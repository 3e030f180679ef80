"""Monday's digests of 75 units, by the job that sends them and with their charts; six weeks of
figures behind them (4,000 members, a quarter of a million ratings)."""

import itertools
import json
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlmodel import Session, col, select

from bench.programs import PRIVACY
from bench.side_by_side import Row, compare
from handlers.catalogue import ensure_catalogue
from handlers.documents.recipes import draw
from handlers.jobs.send_digest import send_digests
from handlers.messages import Picture, Reply
from handlers.policy import Policy
from handlers.weeks import Week
from storage.database import Database
from storage.keys import Keys
from storage.queries.roster import insert_rows
from storage.queries.traffic import chat_name
from storage.schema import upgrade
from storage.tables import (
    Desk,
    Item,
    Link,
    Membership,
    Outbox,
    Person,
    Pledge,
    Rating,
    Unit,
)
from storage.tables.columns import random_id

UNITS, MEMBERS, RATINGS_A_WEEK, WEEKS = 75, 4000, 32_000, 6
WEEK = Week(2026, 46)
MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)  # 09:00 where they are read


class _Undone(Exception):
    """Takes back what the job did, so that it can be done again."""


def rows() -> Iterator[Row]:
    """The whole job with its pictures, beside the pictures."""
    with _database() as database:
        charts = [picture for reply in _sent(database) for picture in _pictures(reply)]
        assert len(charts) == UNITS, len(charts)

        def digests() -> int:
            for reply in _sent(database):
                _draw(_pictures(reply))
            return UNITS

        def alone() -> int:
            _draw(charts)
            return UNITS

        yield compare(
            "75 digests, text and chart",
            digests,
            "drawing their charts alone",
            alone,
            bar=1.5,
            at_most=True,
        )


def _draw(charts: list[Picture]) -> None:
    for each in charts:
        assert draw(each.recipe, each.data, "vi").startswith(b"\x89PNG")


def _pictures(reply: Reply) -> list[Picture]:
    return [part for part in reply.parts if isinstance(part, Picture)]


def _sent(database: Database) -> list[Reply]:
    """What the job queues, which is then taken back."""
    found: list[Mapping[str, Any]] = []

    def work(session: Session) -> None:
        counts = send_digests(session, MONDAY, Policy())
        assert counts == {"sent": UNITS, "failed": 0}, counts
        queued = session.exec(select(Outbox.content).order_by(col(Outbox.id))).all()
        found.extend(json.loads(database.keys.open(each)) for each in queued)
        raise _Undone

    try:
        database.run_now(work)
    except _Undone:
        return [Reply.model_validate(each["reply"]) for each in found]
    raise AssertionError


@contextmanager
def _database() -> Iterator[Database]:
    Path("var").mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="bench", dir="var") as folder:
        url = f"sqlite:///{Path(folder) / 'digests.sqlite'}"
        upgrade(url)
        database = Database(url, Keys(PRIVACY))
        database.run_now(_furnish)
        try:
            yield database
        finally:
            database.close()


def _furnish(session: Session) -> None:
    chance = random.Random(46)
    ensure_catalogue(session)
    units, members = range(1, UNITS + 1), range(1, MEMBERS + 1)
    keys: Keys = session.info["keys"]
    for table, found in (
        (Unit, [{"id": n, "code": f"C{n}", "name": f"Chi đoàn {n}", "folded": ""} for n in units]),
        (
            Desk,
            [{"id": n, "code": f"Q{n}", "name": "Q", "folded": "", "unit_id": n} for n in units],
        ),
        (Person, [_person(n) for n in members]),
        (Membership, [_stands(n, "member") for n in members]),
        (Membership, [_stands(n, "secretary") for n in units]),
        (Link, [_link(keys, n) for n in units]),
        (Rating, [_rating(chance, keys) for _ in range(RATINGS_A_WEEK * WEEKS)]),
        (Pledge, list(_pledges(chance, session))),
    ):
        for _ in insert_rows(session, table, found):
            pass


def _day(chance: random.Random) -> date:
    return WEEK.first + timedelta(days=chance.randrange(5), weeks=-chance.randrange(WEEKS))


def _person(n: int) -> dict[str, Any]:
    name = f"Đoàn viên số {n}"
    return {"id": n, "code": f"M{n}", "full_name": name, "position": "", "email": ""}


def _stands(n: int, role: str) -> dict[str, Any]:
    return {"person_id": n, "unit_id": (n - 1) % UNITS + 1, "role": role}


def _link(keys: Keys, n: int) -> dict[str, Any]:
    address = str(100_000 + n)
    return {
        "person_id": n,
        "channel": "telegram",
        "chat": chat_name(keys, "telegram", address),
        "address": keys.seal(address),
        "language": "vi",
        "notice": "bench",
        "since": date(2026, 1, 5),
    }


def _rating(chance: random.Random, keys: Keys) -> dict[str, Any]:
    unit = chance.randrange(UNITS) + 1
    member = unit + UNITS * chance.randrange(50)
    known, level = chance.random() < 0.6, chance.choice((1, 2, 3, 4, 4, 5, 5, 5))
    side = "high/nd" if level > 3 else "low/nd"
    return {
        "id": random_id(),
        "day": _day(chance),
        "desk_id": unit,
        "unit_id": unit,
        "member_id": member if known else None,
        "attribution": "duty" if known else "nobody",
        "level": level,
        "reasons": f"{side}{chance.randrange(1, 5)}" if chance.random() < 0.5 else "",
        "comment": keys.seal("Cán bộ hướng dẫn tận tình.") if chance.random() < 0.02 else None,
        "channel": "web",
        "scheme": 1,
        "notice": "bench",
        "status": "active",
    }


def _pledges(chance: random.Random, session: Session) -> Iterator[dict[str, Any]]:
    """One a day of most members, for six weeks."""
    items = [(each.id, each.code) for each in session.exec(select(Item).where(Item.current))]
    days = [
        WEEK.first + timedelta(days=day, weeks=-week)
        for week, day in itertools.product(range(WEEKS), range(5))
    ]
    for member, day in itertools.product(range(1, MEMBERS + 1), days):
        if chance.random() < 0.8:
            item, code = chance.choice(items)
            yield {
                "person_id": member,
                "unit_id": (member - 1) % UNITS + 1,
                "day": day,
                "item_id": item,
                "code": code,
                "status": chance.choice(("done", "done", "done", "partly", "not_done", "pledged")),
                "changed": MONDAY,
            }
