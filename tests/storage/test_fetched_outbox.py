"""What waits for people whose pages fetch it: whose it is, in order, and how long it waits."""

from sqlmodel import Session

from storage.database import Database
from storage.keys import Keys
from storage.queries.outbox import confirm_sent, waiting_for
from storage.queries.traffic import ANSWER, PROACTIVE, chat_name, put_in_outbox
from storage.queries.waiting import chats_waiting, count_day
from tests.conftest import SECRET
from tests.databases import migrated

KEYS = Keys(SECRET)


def put(database: Database, who: str, *what: str, channel: str = "web", lane: int = PROACTIVE):  # type: ignore[no-untyped-def]
    def work(session: Session) -> None:
        put_in_outbox(session, channel, who, [{"said": each} for each in what], lane=lane)

    database.run_now(work)


def name(who: str) -> str:
    return chat_name(KEYS, "web", who)


def said(database: Database, who: str) -> list[object]:
    rows = database.run_now(lambda session: waiting_for(session, "web", [name(who)]))
    return [(row.content or {})["said"] for row in rows]


def test_each_gets_their_own_in_order_and_nothing_of_another_channel(database: Database) -> None:
    put(database, "lan", "one", "two")
    put(database, "minh", "three")
    put(database, "lan", "four", lane=ANSWER)
    put(database, "lan", "five", channel="telegram")
    assert said(database, "lan") == ["one", "two", "four"]
    assert said(database, "minh") == ["three"]
    assert said(database, "hoa") == []


def test_who_is_told_changes_when_something_comes_and_not_otherwise(database: Database) -> None:
    names = [name(f"visitor {n}") for n in range(1200)] + [name("lan")]  # more than one statement

    def look() -> dict[str, tuple[int, int]]:
        return database.run_now(lambda session: chats_waiting(session, "web", names))

    assert look() == {}
    put(database, "lan", "one")
    put(database, "minh", "not asked for")
    first = look()
    assert set(first) == {name("lan")}
    assert look() == first
    put(database, "lan", "two")
    assert look() != first


def test_what_was_sealed_under_an_older_secret_is_still_found(sqlite_url: str) -> None:
    migrated(sqlite_url)
    before, after = Keys(SECRET), Keys("a newer secret, just as long as the other", (SECRET,))
    database = Database(sqlite_url, before)
    put(database, "lan", "one")
    database.close()
    database = Database(sqlite_url, after)
    names = after.pseudonyms("chat", "web", "lan")
    rows = database.run_now(lambda session: waiting_for(session, "web", names))
    assert [row.content for row in rows] == [{"said": "one"}]
    database.close()


def test_only_what_waited_longer_than_allowed_is_forgotten(database: Database) -> None:
    put(database, "lan", "old")
    for _ in range(2):
        assert database.run_now(lambda session: count_day(session, "web", 2)) == 0
    put(database, "lan", "new")
    put(database, "1", "another channel's", channel="telegram")
    assert database.run_now(lambda session: count_day(session, "web", 2)) == 1
    assert said(database, "lan") == ["new"]


def test_what_was_taken_is_gone(database: Database) -> None:
    put(database, "lan", "one", "two")
    rows = database.run_now(lambda session: waiting_for(session, "web", [name("lan")]))
    database.run_now(lambda session: confirm_sent(session, [rows[0].id]))
    assert said(database, "lan") == ["two"]
