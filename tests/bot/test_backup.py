"""Backup and restore: one file, either database, everything worth keeping and nothing more."""

import gzip
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from bot.backup import CannotRestore, judged, put_back, take
from bot.backup.carried import LEFT_OUT, carried
from storage.database import Database, open_engine
from storage.keys import Keys
from storage.queries.audit import verify
from storage.schema import newest, revision, upgrade
from storage.tables import METADATA, Link, Outbox, Rating, RoleOffer, Unit
from tests.bot.backup_rows import NOW, Content, content, fill
from tests.conftest import SECRET
from tests.everything import often


def backed_up(database: Database, at: str | None = None) -> io.BytesIO:
    stream = io.BytesIO()
    database.read_now(lambda s: take(s, stream, at or newest(), "0.1.0", NOW, lambda *_: None))
    return stream


def restored(stream: io.BytesIO, url: str, keys: Keys) -> Database:
    _, sha256 = judged(stream, keys, demo=False, told=lambda *_: None)
    put_back(stream, sha256, url, keys, lambda *_: None, lambda _: None)
    return Database(url, keys)


def lines(stream: io.BytesIO) -> list[Any]:
    return [json.loads(line) for line in gzip.decompress(stream.getvalue()).splitlines()]


def packed(some: list[Any], keys: Keys | None = None) -> io.BytesIO:
    """The lines as a file again, with the checksum somebody without (or with) the keys can make."""
    from bot.backup.container import Sealing

    stream = io.BytesIO()
    sealing = Sealing(stream, keys or Keys("somebody else's secret, as long as one must be"))
    for line in some[:-1]:
        sealing.line(line)
    sealing.close()
    return stream


@pytest.fixture
def full(database: Database) -> Database:
    database.run_now(fill)
    return database


@pytest.fixture(params=["sqlite_url", "empty_postgres_url"])
def other_url(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[str]:
    if request.param == "sqlite_url":
        yield f"sqlite:///{tmp_path / 'folder' / 'restored.sqlite'}"
    else:
        yield request.getfixturevalue(request.param)


def test_what_was_backed_up_comes_back_in_either_database(
    full: Database, other_url: str, keys: Keys
) -> None:
    other = restored(backed_up(full), other_url, keys)
    before, after = content(full), content(other)
    for name, rows in before.items():
        if name in LEFT_OUT:
            assert rows, f"nothing to leave out of {name}"
            assert after[name] == [], name
        elif name == "rating":
            assert after[name] == _without_hashes(before), name
        else:
            assert after[name] == rows != [], name
    assert other.run_now(verify) is None
    other.close()


def _without_hashes(before: Content) -> list[tuple[Any, ...]]:
    place = list(METADATA.tables["rating"].columns.keys()).index("encounter")
    return [(*row[:place], None, *row[place + 1 :]) for row in before["rating"]]


@pytest.mark.everything
def test_a_backup_of_what_was_restored_is_the_same_backup(
    full: Database, other_url: str, keys: Keys
) -> None:
    first = backed_up(full)
    other = restored(first, other_url, keys)
    again = {str(line) for line in lines(backed_up(other))[1:-1]}
    assert again == {str(line) for line in lines(first)[1:-1]}
    other.close()


@pytest.mark.one_database
def test_new_rows_get_numbers_that_were_never_given(
    full: Database, other_url: str, keys: Keys
) -> None:
    def give_and_take(session: Session) -> None:  # number 3, which is gone again
        offer = RoleOffer(unit_id=2, giver_id=1, successor_id=2, expires=NOW)
        session.add(offer)
        session.flush()
        assert offer.id == 3
        session.delete(offer)

    def add(session: Session) -> tuple[int | None, int | None]:
        offer = RoleOffer(unit_id=2, giver_id=1, successor_id=2, expires=NOW)
        unit = Unit(code="neu", name="", folded="")
        session.add_all([offer, unit])
        session.flush()
        return offer.id, unit.id

    full.run_now(give_and_take)
    other = restored(backed_up(full), other_url, keys)
    assert other.run_now(add) == (4, 3)
    other.close()


def test_every_table_is_carried_or_left_out_for_a_reason(database: Database) -> None:
    with database.engine.connect() as connection:
        names = {each.name for each in carried(connection)}
    assert not names & set(LEFT_OUT)
    assert names | set(LEFT_OUT) == set(METADATA.tables) | {"alembic_version"}
    assert all(LEFT_OUT.values())


def test_what_lives_for_a_day_and_what_works_once_is_not_in_the_file(full: Database) -> None:
    said = gzip.decompress(backed_up(full).getvalue()).decode()
    assert "rating comment 0" in said
    for left_out in ("day_key key", "chat content", "rating encounter", "oa_token refresh"):
        assert left_out not in said
    assert SECRET not in said


def test_ratings_come_in_the_order_of_their_random_names(database: Database) -> None:
    def furnish(session: Session) -> None:
        fill(session)
        like = session.exec(select(Rating)).first()
        assert like is not None
        for _ in range(50):
            columns = like.model_dump(exclude={"id", "encounter", "receipt"})
            session.add(Rating(**columns))
            session.flush()

    database.run_now(furnish)
    with database.engine.connect() as connection:
        part = next(each for each in carried(connection) if each.name == "rating")
        ids = [row[0] for row in connection.execute(part.rows())]
        wanted = connection.execute(text("SELECT id FROM rating ORDER BY id")).scalars().all()
    assert len(ids) == 52
    assert ids == wanted


def test_of_what_waits_to_be_sent_only_what_waits_for_officials_is_kept(
    database: Database, keys: Keys, tmp_path: Any
) -> None:
    def row(chat: str, **how: Any) -> Outbox:
        values = {"channel": "telegram", "lane": 1} | how
        return Outbox(chat=chat, address="a", content="c", **values)

    def furnish(session: Session) -> None:
        fill(session)
        for n, channel in enumerate(("telegram", "web")):
            session.add(
                Link(
                    id=10 + n, person_id=1, channel=channel, chat="theirs", address="a",
                    notice="1", since=NOW.date(),
                )
            )  # fmt: skip
        session.flush()
        session.add_all(
            [
                row("theirs", id=11),  # on its way this very moment
                row("theirs", id=12, attempts=2),
                row("theirs", id=13, held=True),
                row("theirs", id=14, channel="web"),
                row("theirs", id=15, lane=0, attempts=3),  # an answer
                row("a citizen's", id=16, held=True),
            ]
        )

    database.run_now(furnish)
    other = restored(backed_up(database), f"sqlite:///{tmp_path / 'other.sqlite'}", keys)
    kept = other.run_now(lambda s: sorted(s.exec(select(Outbox.id)).all()))
    assert kept == [1, 2, 12, 13, 14]
    other.close()


def test_a_backup_is_one_moment_though_others_write_meanwhile(full: Database) -> None:
    stream, wrote = io.BytesIO(), []

    def meanwhile(_done: int, _total: int | None) -> None:
        if not wrote:
            wrote.append(full.run_now(lambda s: s.add(Unit(code="late", name="", folded=""))))

    header = full.read_now(lambda s: take(s, stream, newest(), "0.1.0", NOW, meanwhile))
    assert wrote
    assert header.counts["unit"] == 2
    assert "late" not in {row[1] for row in lines(stream) if isinstance(row, list)}
    judged(stream, full.keys, demo=False, told=lambda *_: None)


def refused(stream: io.BytesIO, keys: Keys, *, demo: bool = False) -> str:
    with pytest.raises(CannotRestore) as reason:
        judged(stream, keys, demo=demo, told=lambda *_: None)
    return str(reason.value)


@pytest.mark.one_database
def test_a_backup_that_is_not_whole_is_refused(full: Database, keys: Keys) -> None:
    whole = backed_up(full).getvalue()
    said = "damaged or incomplete"
    assert said in refused(io.BytesIO(b""), keys)
    assert said in refused(io.BytesIO(b"SQLite format 3\x00" * 100), keys)
    assert said in refused(io.BytesIO(gzip.compress(b"[]\n")), keys)
    for head in (
        b"{}",
        b"[" * 100_000,
        b'{"format":1}',
        b'{"format":1,"counts":[1]}',
        b"\xff",
        b"1e999",
    ):
        assert said in refused(io.BytesIO(gzip.compress(head + b"\n")), keys)
    for cut in range(0, len(whole), often(401, 7)):
        assert said in refused(io.BytesIO(whole[:cut]), keys), cut
    for place in range(12, len(whole), often(401, 7)):  # behind the header of gzip
        turned = bytearray(whole)
        turned[place] ^= 0x55
        assert said in refused(io.BytesIO(bytes(turned)), keys), place


@pytest.mark.one_database
def test_lines_that_are_missing_or_moved_are_missed(full: Database, keys: Keys) -> None:
    some = lines(backed_up(full))
    for bent in ([*some[:-2], some[-1]], [some[0], *some[2:]], [some[0], *some[3:], *some[1:3]]):
        assert "damaged or incomplete" in refused(packed(bent, keys), keys)


@pytest.mark.one_database
def test_whoever_has_no_secret_of_ours_cannot_change_a_backup(full: Database, keys: Keys) -> None:
    some = lines(backed_up(full))
    assert "changed after it was made" in refused(packed(some), keys)


@pytest.mark.one_database
def test_another_secret_is_named_and_an_earlier_one_that_is_missing(full: Database) -> None:
    new, old = "a new secret for the tests, long enough too", SECRET
    stream = backed_up(full)
    assert "under another privacy.secret" in refused(stream, Keys(new))
    judged(stream, Keys(new, (old,)), demo=False, told=lambda *_: None)
    after_rotation = Database(
        full.engine.url.render_as_string(hide_password=False), Keys(new, (old,))
    )
    stream = backed_up(after_rotation)
    after_rotation.close()
    assert "needs an earlier secret too (1" in refused(stream, Keys(new))


@pytest.mark.one_database
def test_a_demo_and_a_real_installation_take_each_others_backups_not(
    full: Database, keys: Keys
) -> None:
    stream = backed_up(full)
    assert "a demo does not take it" in refused(stream, keys, demo=True)
    some = lines(stream)
    some[0]["demo"] = True
    assert "backup of a demo" in refused(packed(some, keys), keys)


@pytest.mark.one_database
@pytest.mark.parametrize(
    "later", [{"revision": "9999"}, {"format": 2, "counts": "of another kind"}]
)
def test_the_backup_of_a_later_release_is_named_as_one(
    full: Database, keys: Keys, later: dict[str, Any]
) -> None:
    some = lines(backed_up(full))
    some[0] |= {"program": "7.0"} | later
    assert "by a later release of this program (7.0" in refused(packed(some, keys), keys)


def test_a_database_that_holds_anything_is_never_touched(full: Database, keys: Keys) -> None:
    before = content(full)
    with pytest.raises(CannotRestore, match="holds something already"):
        restored(backed_up(full), full.url.render_as_string(hide_password=False), keys)
    assert content(full) == before


@pytest.mark.one_database
def test_tables_of_somebody_else_are_not_touched(
    full: Database, other_url: str, keys: Keys
) -> None:
    engine = open_engine(other_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE theirs (id INTEGER)"))
    engine.dispose()
    with pytest.raises(CannotRestore, match="not this program's"):
        restored(backed_up(full), other_url, keys)


@pytest.mark.one_database
def test_a_new_database_that_nobody_used_yet_is_empty(
    full: Database, other_url: str, keys: Keys
) -> None:
    upgrade(other_url)
    other = restored(backed_up(full), other_url, keys)
    assert content(other)["unit"] == content(full)["unit"]
    other.close()


def test_the_backup_of_the_release_before_is_brought_to_this_one(
    other_url: str, keys: Keys, tmp_path: Any
) -> None:
    older_url = f"sqlite:///{tmp_path / 'older.sqlite'}"
    upgrade(older_url, "0004")
    older = Database(older_url, keys)
    older.run_now(fill)
    stream = backed_up(older, "0004")
    older.close()
    assert lines(stream)[0]["revision"] == "0004"
    other = restored(stream, other_url, keys)
    assert revision(other_url) == newest()
    found = content(other)
    assert len(found["rating"]) == 2
    assert found["week_count"] == []
    assert other.run_now(verify) is None
    other.close()


@pytest.mark.one_database
def test_what_does_not_pass_the_last_look_is_not_there(
    full: Database, other_url: str, keys: Keys
) -> None:
    def look(_session: Session) -> None:
        raise CannotRestore("no")

    stream = backed_up(full)
    _, sha256 = judged(stream, keys, demo=False, told=lambda *_: None)
    with pytest.raises(CannotRestore):
        put_back(stream, sha256, other_url, keys, lambda *_: None, look)
    assert revision(other_url) is None


@pytest.mark.one_database
def test_a_file_that_changes_while_it_is_restored_is_not_restored(
    full: Database, sqlite_url: str, keys: Keys
) -> None:
    other_url = sqlite_url.replace("test.sqlite", "other.sqlite")
    stream = backed_up(full)
    _, sha256 = judged(stream, keys, demo=False, told=lambda *_: None)
    full.run_now(lambda s: s.add(Unit(code="late", name="", folded="")))
    with pytest.raises(CannotRestore, match="damaged or incomplete"):
        put_back(backed_up(full), sha256, other_url, keys, lambda *_: None, lambda _: None)
    assert revision(other_url) is None
