"""One person's chats: which is open, what moves to the next one, what is held; on both databases."""

from datetime import UTC, datetime, timedelta

from sqlmodel import Session, select

from storage.database import Database
from storage.keys import Keys
from storage.queries.doors import (
    best_link,
    count_messages,
    first_link,
    messages_of_month,
    open_door,
    shut_door,
    shut_doors,
)
from storage.queries.link import add_link, hear, link_of_chat
from storage.queries.moving import hold, move_on, unheard
from storage.queries.outbox import (
    HELD,
    Unsent,
    next_proactive,
    outbox_depth,
    waiting_answers,
    waiting_for,
)
from storage.queries.shut_channel import tend_door
from storage.queries.traffic import ANSWER, PROACTIVE, chat_name, put_in_outbox
from storage.queries.waiting import drop_expired, held_for
from storage.tables import Link, Outbox, Person
from tests.conftest import Clock

ZALO, TELEGRAM, WEB = "zalo_oa", "telegram", "web"
WINDOWS = {ZALO: timedelta(hours=48)}
NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
CHANNELS = {"z": ZALO, "t": TELEGRAM, "w": WEB}


def link(number: int, channel: str, **more: object) -> Link:
    values = {"id": number, "person_id": 1, "channel": channel, "chat": f"c{number}"}
    return Link.model_validate(
        {**values, "address": "", "notice": "1", "since": NOW.date(), **more}
    )


def test_the_preferred_chat_is_taken_then_the_newest() -> None:
    old, new, zalo = link(1, TELEGRAM), link(2, TELEGRAM), link(3, ZALO, heard=NOW)
    assert best_link([old, new, zalo], set(), NOW, WINDOWS) is zalo
    assert best_link([old, new], set(), NOW, WINDOWS) is new
    preferred = link(1, TELEGRAM, preferred=True)
    assert best_link([preferred, new, zalo], set(), NOW, WINDOWS) is preferred


def test_a_browser_which_must_be_opened_comes_last_unless_it_is_preferred() -> None:
    telegram, browser = link(1, TELEGRAM), link(2, WEB)
    assert best_link([telegram, browser], set(), NOW, WINDOWS) is telegram
    assert best_link([telegram, browser], {TELEGRAM}, NOW, WINDOWS) is browser
    wished = link(2, WEB, preferred=True)
    assert best_link([telegram, wished], set(), NOW, WINDOWS) is wished


def test_a_chat_that_is_shut_gives_way_to_the_next_one() -> None:
    telegram, zalo = link(1, TELEGRAM), link(2, ZALO, preferred=True, heard=NOW)
    both = [telegram, zalo]
    assert best_link(both, set(), NOW + timedelta(hours=47), WINDOWS) is zalo
    assert best_link(both, set(), NOW + timedelta(hours=48), WINDOWS) is telegram
    assert best_link(both, {ZALO}, NOW, WINDOWS) is telegram
    assert best_link(both, {ZALO, TELEGRAM}, NOW, WINDOWS) is None
    assert best_link([link(2, ZALO)], set(), NOW, WINDOWS) is None
    assert first_link(both) is zalo


def test_a_chat_without_reminders_or_that_cannot_be_reached_is_never_taken() -> None:
    quiet, gone = link(1, TELEGRAM, reminders=False), link(2, WEB, unreachable=True)
    assert best_link([quiet, gone], set(), NOW, {}) is None
    assert first_link([quiet, gone]) is None


def test_a_channel_is_shut_until_then_or_until_it_is_opened(database: Database) -> None:
    until = NOW + timedelta(hours=1)
    database.run_now(lambda s: shut_door(s, ZALO, NOW))
    database.run_now(lambda s: shut_door(s, ZALO, until))
    assert database.run_now(lambda s: shut_doors(s, NOW)) == {ZALO}
    assert database.run_now(lambda s: shut_doors(s, until)) == set()
    database.run_now(lambda s: open_door(s, ZALO))
    assert database.run_now(lambda s: shut_doors(s, NOW)) == set()


def test_messages_are_counted_by_month(database: Database) -> None:
    assert database.run_now(lambda s: count_messages(s, ZALO, "2026-11", 3)) == 3
    assert database.run_now(lambda s: count_messages(s, ZALO, "2026-11", 2)) == 5
    assert database.run_now(lambda s: messages_of_month(s, ZALO, "2026-11")) == 5
    assert database.run_now(lambda s: messages_of_month(s, ZALO, "2026-12")) == 0


def person(database: Database, chats: str, heard: datetime | None = None) -> None:
    """Somebody with these chats, such as "tz", the first linked first."""

    def work(session: Session) -> None:
        row = Person(code=f"P{chats}", full_name="Lan", position="", email="")
        session.add(row)
        session.flush()
        for chat in chats:
            add_link(
                session,
                row.id or 0,
                CHANNELS[chat],
                chat,
                language=None,
                notice="1",
                since=NOW.date(),
                heard=heard,
            )

    database.run_now(work)


def queue(
    database: Database,
    chat: str,
    *texts: str,
    lane: int = PROACTIVE,
    until: datetime | None = None,
    **more: str,
) -> None:
    contents = [{"reply": text, "edit": "7", **more} for text in texts]
    database.run_now(
        lambda s: put_in_outbox(s, CHANNELS[chat], chat, contents, lane=lane, until=until)
    )


def name(keys: Keys, chat: str) -> str:
    return chat_name(keys, CHANNELS[chat], chat)


def waiting(database: Database, keys: Keys, chat: str) -> list[Unsent]:
    return database.run_now(lambda s: waiting_for(s, CHANNELS[chat], [name(keys, chat)]))


def texts(rows: list[Unsent]) -> list[str]:
    return [(row.content or {})["reply"] for row in rows]


def moved(database: Database, keys: Keys, chat: str, **how: bool) -> int:
    return database.run_now(
        lambda s: move_on(s, CHANNELS[chat], name(keys, chat), NOW, WINDOWS, **how)
    )


def held(database: Database, keys: Keys, chat: str, **how: int) -> int:
    return database.run_now(lambda s: hold(s, CHANNELS[chat], name(keys, chat), NOW, **how))


def rows(database: Database) -> list[Outbox]:
    return database.run_now(lambda s: list(s.exec(select(Outbox).order_by(Outbox.id)).all()))  # type: ignore[arg-type]


def test_messages_move_whole_and_in_order_to_the_next_door(database: Database, keys: Keys) -> None:
    person(database, "tz")
    queue(database, "z", "first", claim="digest/1", whole="all of the first")
    queue(database, "t", "was there")
    queue(database, "z", "second")
    assert moved(database, keys, "z") == 2
    there = waiting(database, keys, "t")
    assert texts(there) == ["all of the first", "was there", "second"]
    assert there[0].content == {"reply": "all of the first", "edit": None, "claim": "digest/1"}
    assert {row.address for row in there} == {"t"}
    assert moved(database, keys, "z") == 0, "safe to repeat"


def test_answers_stay_and_nothing_moves_to_a_door_that_is_shut(
    database: Database, keys: Keys
) -> None:
    person(database, "zt", heard=NOW - timedelta(days=3))
    queue(database, "t", "reminder")
    queue(database, "t", "answer", lane=ANSWER)
    assert moved(database, keys, "t") == 0
    assert texts(waiting(database, keys, "t")) == ["reminder", "answer"]
    assert moved(database, keys, "t", anywhere=True) == 1
    (row,) = database.run_now(lambda s: held_for(s, [name(keys, "z")]))
    assert row[0] == ZALO
    assert texts([row[1]]) == ["reminder"]


def test_nobodys_messages_do_not_move(database: Database, keys: Keys) -> None:
    queue(database, "z", "declined")
    assert moved(database, keys, "z", anywhere=True) == 0


def test_what_is_held_goes_with_the_next_answer_and_not_before(
    database: Database, keys: Keys, clock: Clock
) -> None:
    person(database, "z")
    queue(database, "z", "one", "two")
    assert held(database, keys, "z") == 2
    assert held(database, keys, "z") == 0
    assert database.run_now(outbox_depth) == {(ZALO, HELD): 2}

    def next_of(lane: int) -> list[str]:
        if lane == PROACTIVE:
            return texts(database.run_now(lambda s: next_proactive(s, ZALO, clock(), most=9)))
        return texts(database.run_now(lambda s: waiting_answers(s, ZALO, clock(), chats=9)))

    assert next_of(PROACTIVE) == next_of(ANSWER) == []
    queue(database, "z", "three")
    assert next_of(PROACTIVE) == ["three"], "it is looked at for itself"
    queue(database, "z", "answer", lane=ANSWER)
    assert next_of(ANSWER) == ["one", "two", "three", "answer"]


def test_an_answer_that_is_held_is_gone_within_a_day(database: Database, keys: Keys) -> None:
    person(database, "z")
    queue(database, "z", "of an official", lane=ANSWER)
    queue(database, "z", "reminder")
    queue(database, "z", "newer", lane=ANSWER)
    first = rows(database)[0].id or 0
    assert held(database, keys, "z", answers_to=first) == 2
    assert [row.held for row in rows(database)] == [True, True, False]
    until = rows(database)[0].until
    assert until is not None
    assert until <= NOW + timedelta(hours=24)
    assert (until.minute, until.second) == (0, 0), "no time of day"
    assert rows(database)[1].until is None
    assert database.run_now(lambda s: drop_expired(s, NOW + timedelta(days=1))) == 1
    assert texts(waiting(database, keys, "z")) == ["reminder", "newer"]


def test_whatever_is_held_for_nobody_in_particular_is_gone_within_a_day(
    database: Database, keys: Keys
) -> None:
    queue(database, "z", "declined")
    held(database, keys, "z")
    assert database.run_now(lambda s: drop_expired(s, NOW + timedelta(days=1), ZALO)) == 1


def test_what_is_past_its_time_is_neither_read_nor_kept(database: Database, clock: Clock) -> None:
    later = clock() + timedelta(hours=1)
    queue(database, "z", "today", until=later)
    queue(database, "z", "asked", lane=ANSWER, until=later)

    def look() -> list[Unsent]:
        return database.run_now(lambda s: waiting_answers(s, ZALO, clock(), chats=9))

    assert texts(look()) == ["today", "asked"]
    clock.move(hours=1)
    assert look() == []
    assert database.run_now(lambda s: next_proactive(s, ZALO, clock(), most=9)) == []
    assert database.run_now(lambda s: drop_expired(s, clock(), TELEGRAM)) == 0
    assert database.run_now(lambda s: drop_expired(s, clock())) == 2


def test_a_channel_that_opens_again_sends_what_it_held_where_the_person_may_be_written_to(
    database: Database, keys: Keys
) -> None:
    person(database, "z", heard=NOW)
    database.run_now(lambda s: shut_door(s, ZALO, NOW + timedelta(hours=1)))
    queue(database, "z", "reminder")
    queue(database, "z", "answer", lane=ANSWER)

    def tend(now: datetime, *, works: bool = False) -> dict[str, int]:
        return dict(
            database.run_now(lambda s: tend_door(s, ZALO, now, WINDOWS, works=works, skip=()))
        )

    assert tend(NOW) == {"held": 1}
    assert tend(NOW) == {}
    assert [(row.held, row.until is not None) for row in rows(database)] == [
        (True, False),
        (False, True),
    ]
    assert tend(NOW, works=True) == {}
    assert [row.held for row in rows(database)] == [False, False]
    assert database.run_now(lambda s: shut_doors(s, NOW)) == set()
    held(database, keys, "z")
    database.run_now(lambda s: unheard(s, ZALO, name(keys, "z"), NOW))
    database.run_now(lambda s: shut_door(s, ZALO, NOW))
    tend(NOW)
    assert rows(database)[0].held, "their window is shut"


def test_when_somebody_was_heard_from_is_stored_once_an_hour(database: Database) -> None:
    person(database, "z")

    def heard_at(now: datetime) -> datetime | None:
        def work(session: Session) -> datetime | None:
            found = link_of_chat(session, ZALO, "z")
            assert found is not None
            hear(session, found.id or 0, now)
            session.refresh(found)
            return found.heard

        return database.run_now(work)

    assert heard_at(NOW) == NOW
    assert heard_at(NOW + timedelta(minutes=59)) == NOW
    assert heard_at(NOW + timedelta(hours=1)) == NOW + timedelta(hours=1)
