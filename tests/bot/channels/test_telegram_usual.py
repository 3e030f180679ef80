"""Taps and private texts are read straight from their JSON: never otherwise than the library does."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update

from bot.channels.telegram.incoming import Reader
from bot.channels.telegram.usual import usual
from tests.bot.channels.conformance import Payload
from tests.bot.channels.test_conformance import TELEGRAM_PAYLOADS

Json = dict[str, Any]
READER = Reader(7, "mybot")

_PERSON: Json = {"id": 1001, "is_bot": False, "first_name": "Lan", "language_code": "vi"}
_CHAT: Json = {"id": 1001, "type": "private", "first_name": "Lan"}
_SHOWN: Json = {"message_id": 5, "date": 1_763_000_000, "chat": _CHAT, "text": "Quầy 1"}
TAP: Json = {
    "update_id": 9,
    "callback_query": {
        "id": "77", "from": _PERSON, "chat_instance": "-1", "data": "rate/Q1/5", "message": _SHOWN,
    },
}  # fmt: skip
TEXT: Json = {"update_id": 10, "message": {**_SHOWN, "from": _PERSON, "text": "/start@MyBot q-Q1"}}

_values = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.text(max_size=3), st.just({}), st.just([]),
    st.sampled_from(["private", "group", "channel", "/help@mybot x", "/help@other"]),
    st.just([{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]),
    st.just({"file_id": "a", "file_unique_id": "b"}),
)  # fmt: skip
_places = st.sampled_from(
    [
        ("update_id",), ("callback_query", "id"), ("callback_query", "data"),
        ("callback_query", "from"), ("callback_query", "from", "is_bot"),
        ("callback_query", "from", "language_code"), ("callback_query", "message"),
        ("callback_query", "message", "date"), ("callback_query", "message", "photo"),
        ("callback_query", "message", "document"), ("callback_query", "message", "chat", "type"),
        ("callback_query", "message", "message_id"), ("message", "text"), ("message", "from"),
        ("message", "from", "id"), ("message", "chat", "type"), ("message", "date"),
        ("message", "photo"), ("edited_message",), ("my_chat_member",), ("inline_query",),
    ]
)  # fmt: skip


def _library(raw: Json) -> object:
    """What the library's reading means; "no update" where it refuses."""
    try:
        return READER.read(Update.de_json(raw, None))
    except Exception:
        return "no update"


@given(st.sampled_from([TAP, TEXT]), st.lists(st.tuples(_places, _values), max_size=2))
def test_what_is_read_quickly_means_what_the_library_says(
    raw: Json, changes: list[tuple[tuple[str, ...], object]]
) -> None:
    raw = copy.deepcopy(raw)
    for (*path, last), value in changes:
        inner: Any = raw
        for name in path:
            inner = inner.get(name) if isinstance(inner, dict) else None
        if isinstance(inner, dict):
            inner[last] = value
    found = usual(raw)
    if found is not None and (meant := _library(raw)) != "no update":
        assert READER.read(found) == meant


@pytest.mark.parametrize("payload", TELEGRAM_PAYLOADS, ids=lambda each: each.title)
def test_every_payload_of_the_table_means_the_same_read_quickly(payload: Payload) -> None:
    found = usual(payload.raw)
    if found is not None:
        assert READER.read(found) == _library(payload.raw)


def test_a_tap_and_a_private_text_need_no_library() -> None:
    for raw in (TAP, TEXT):
        found = usual(raw)
        assert found is not None
        assert READER.read(found) == _library(raw)
