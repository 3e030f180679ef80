"""The outbox: which message goes next, on both databases."""

from collections.abc import Collection
from datetime import timedelta

from sqlmodel import Session, select

from storage.database import Database
from storage.keys import Keys
from storage.queries.outbox import (
    Unsent,
    confirm_sent,
    next_proactive,
    outbox_depth,
    put_off,
    replace_content,
    waiting_answers,
)
from storage.queries.traffic import ANSWER, PROACTIVE, chat_name, put_in_outbox
from storage.queries.waiting import drop_chat
from storage.tables import Outbox
from tests.conftest import Clock

HERE = "telegram"


def put(database: Database, *messages: tuple[str, str, int], channel: str = HERE) -> None:
    """Queue (address, text, lane)s, in order."""

    def work(session: Session) -> None:
        for address, text, lane in messages:
            put_in_outbox(session, channel, address, [{"text": text}], lane=lane)

    database.run_now(work)


def answers(
    database: Database, clock: Clock, chats: int = 50, skip: Collection[str] = ()
) -> list[Unsent]:
    return database.run_now(lambda s: waiting_answers(s, HERE, clock(), chats=chats, skip=skip))


def proactive(
    database: Database, clock: Clock, most: int = 50, skip: Collection[str] = ()
) -> list[Unsent]:
    return database.run_now(lambda s: next_proactive(s, HERE, clock(), most=most, skip=skip))


def texts(rows: list[Unsent]) -> list[str]:
    return [row.content["text"] for row in rows if row.content is not None]


def test_answers_come_oldest_chat_first_and_each_chat_whole(
    database: Database, clock: Clock
) -> None:
    put(database, ("a", "a1", ANSWER), ("b", "b1", ANSWER), ("a", "a2", ANSWER))
    assert texts(answers(database, clock)) == ["a1", "a2", "b1"]
    assert texts(answers(database, clock, chats=1)) == ["a1", "a2"]


def test_an_answer_takes_its_chats_earlier_proactive_rows_along_but_not_later_ones(
    database: Database, clock: Clock
) -> None:
    put(
        database,
        ("a", "reminder", PROACTIVE),
        ("b", "digest", PROACTIVE),
        ("a", "answer", ANSWER),
        ("a", "later reminder", PROACTIVE),
    )
    assert texts(answers(database, clock)) == ["reminder", "answer"]
    assert texts(proactive(database, clock)) == ["digest"]


def test_proactive_rows_come_one_a_chat_oldest_first(database: Database, clock: Clock) -> None:
    put(
        database,
        ("a", "a1", PROACTIVE),
        ("b", "b1", PROACTIVE),
        ("a", "a2", PROACTIVE),
        ("c", "c1", PROACTIVE),
    )
    assert texts(proactive(database, clock)) == ["a1", "b1", "c1"]
    assert texts(proactive(database, clock, most=2)) == ["a1", "b1"]


def test_busy_chats_are_left_alone(database: Database, clock: Clock, keys: Keys) -> None:
    put(database, ("a", "a1", ANSWER), ("b", "b1", ANSWER), ("c", "c1", PROACTIVE))
    busy = {chat_name(keys, HERE, "a"), chat_name(keys, HERE, "c")}
    assert texts(answers(database, clock, skip=busy)) == ["b1"]
    assert texts(proactive(database, clock, skip=busy)) == []


def test_other_channels_are_left_alone(database: Database, clock: Clock) -> None:
    put(database, ("a", "here", ANSWER))
    put(database, ("a", "there", ANSWER), channel="zalo_bot")
    assert texts(answers(database, clock)) == ["here"]


def test_a_failed_chat_rests_as_a_whole_until_its_time(database: Database, clock: Clock) -> None:
    put(database, ("a", "a1", ANSWER), ("a", "a2", ANSWER), ("b", "b1", ANSWER))
    first = answers(database, clock)[0]
    until = clock() + timedelta(seconds=30)
    database.run_now(lambda s: put_off(s, first, HERE, until))
    assert texts(answers(database, clock)) == ["b1"]
    clock.move(seconds=30)
    again = answers(database, clock)
    assert texts(again) == ["a1", "a2", "b1"]
    assert [row.attempts for row in again] == [1, 0, 0]


def test_a_new_answer_ends_the_rest_of_its_chat(database: Database, clock: Clock) -> None:
    put(database, ("a", "a1", ANSWER))
    first = answers(database, clock)[0]
    database.run_now(lambda s: put_off(s, first, HERE, clock() + timedelta(minutes=5)))
    assert answers(database, clock) == []
    put(database, ("a", "a2", ANSWER))
    assert texts(answers(database, clock)) == ["a1", "a2"]


def test_what_was_put_off_does_not_wait_for_a_clock_that_was_set_back(
    database: Database, clock: Clock
) -> None:
    put(database, ("a", "a1", PROACTIVE), ("b", "b1", ANSWER))
    for first in (*proactive(database, clock), *answers(database, clock)):
        until = clock() + timedelta(minutes=5)
        database.run_now(lambda s, row=first, at=until: put_off(s, row, HERE, at))  # type: ignore[misc]
    clock.move(minutes=-4)
    assert proactive(database, clock) == answers(database, clock) == []
    clock.move(days=-1)
    assert texts(proactive(database, clock)) == ["a1"]
    assert texts(answers(database, clock)) == ["b1"]


def test_a_proactive_row_that_failed_waits_too(database: Database, clock: Clock) -> None:
    put(database, ("a", "a1", PROACTIVE), ("b", "b1", PROACTIVE))
    first = proactive(database, clock)[0]
    database.run_now(lambda s: put_off(s, first, HERE, clock() + timedelta(seconds=5)))
    assert texts(proactive(database, clock)) == ["b1"]
    clock.move(seconds=5)
    assert texts(proactive(database, clock)) == ["a1", "b1"]


def test_what_was_sent_is_forgotten(database: Database, clock: Clock) -> None:
    put(database, ("a", "a1", ANSWER), ("a", "a2", ANSWER))
    first = answers(database, clock)[0]
    database.run_now(lambda s: confirm_sent(s, [first.id]))
    assert texts(answers(database, clock)) == ["a2"]


def test_the_number_of_a_forgotten_message_is_not_used_again(
    database: Database, clock: Clock
) -> None:
    put(database, ("a", "a1", ANSWER))
    first = answers(database, clock)[0]
    database.run_now(lambda s: confirm_sent(s, [first.id]))
    put(database, ("a", "a2", ANSWER))
    assert answers(database, clock)[0].id > first.id


def test_what_is_left_of_a_message_takes_its_place(database: Database, clock: Clock) -> None:
    put(database, ("a", "whole", ANSWER), ("a", "next", ANSWER))
    first = answers(database, clock)[0]
    database.run_now(lambda s: replace_content(s, first.id, {"text": "rest"}))
    assert texts(answers(database, clock)) == ["rest", "next"]


def test_a_chat_that_is_gone_loses_its_rows_and_no_other(
    database: Database, clock: Clock, keys: Keys
) -> None:
    put(database, ("a", "a1", ANSWER), ("a", "a2", PROACTIVE), ("b", "b1", ANSWER))
    dropped = database.run_now(lambda s: drop_chat(s, HERE, chat_name(keys, HERE, "a")))
    assert dropped == 2
    assert texts(answers(database, clock)) == ["b1"]


def test_what_waits_is_counted_by_channel_and_lane(database: Database) -> None:
    put(database, ("a", "a1", ANSWER), ("b", "b1", PROACTIVE), ("c", "c1", PROACTIVE))
    assert database.run_now(outbox_depth) == {(HERE, ANSWER): 1, (HERE, PROACTIVE): 2}


def test_a_row_under_a_lost_secret_is_told_apart_and_blocks_nothing(
    database: Database, clock: Clock
) -> None:
    put(database, ("a", "a1", ANSWER), ("b", "b1", ANSWER))

    def spoil(session: Session) -> None:
        session.exec(select(Outbox).order_by(Outbox.id)).first().content = "sealed by nobody"  # type: ignore[union-attr,arg-type]

    database.run_now(spoil)
    lost, kept = answers(database, clock)
    assert (lost.content, lost.address) == (None, None)
    assert kept.content == {"text": "b1"}


def test_no_word_and_no_address_stands_in_the_outbox_in_the_clear(database: Database) -> None:
    put(database, ("1234567890", "confidential", ANSWER))

    def everything(session: Session) -> str:
        return repr([row.model_dump() for row in session.exec(select(Outbox))])

    dump = database.run_now(everything)
    assert "1234567890" not in dump
    assert "confidential" not in dump
