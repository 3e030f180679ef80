"""The two updates that nearly all are, a tap and a private text, straight from their JSON.

The library builds some thirty objects for each, a third of what a tap costs. What does not look
exactly as usual is left to it: here nothing is guessed, so both always mean the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from telegram.constants import ChatType

Json = Mapping[str, Any]
_KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
_UNREADABLE_DATE = 0  # https://core.telegram.org/bots/api#inaccessiblemessage
_LARGEST = 1 << 52  # https://core.telegram.org/bots/api#user


@dataclass(frozen=True)
class Usual:
    """A tap (`action`, `query`) or a private `text`. `person` as the service numbers them.

    `message` is the number of the message whose button it was, None if there is none to edit;
    `shows_file`: it is a picture or a file.
    """

    update: int
    person: int
    chat: int
    private: bool
    language: str | None
    action: str | None = None
    query: str | None = None
    text: str | None = None
    message: int | None = None
    shows_file: bool = False


def usual(raw: object) -> Usual | None:
    """What an update says; None for one that the library has to read."""
    if not isinstance(raw, dict) or not _is_number(raw.get("update_id")):
        return None
    kinds = [kind for kind in _KINDS if kind in raw]
    if kinds == ["callback_query"]:
        return _tap(raw["update_id"], raw["callback_query"])
    if kinds == ["message"]:
        return _text(raw["update_id"], raw["message"])
    return None


def _tap(update: int, query: object) -> Usual | None:
    if not isinstance(query, dict):
        return None
    person, message = _person(query.get("from")), query.get("message")
    data, name = query.get("data"), query.get("id")
    if person is None or not (
        _is_text(data) and _is_text(name) and type(query.get("chat_instance")) is str
    ):
        return None
    if message is None:
        chat, private, number, shows_file = person["id"], True, None, False
    elif _is_message(message):
        chat, private = message["chat"]["id"], message["chat"]["type"] == ChatType.PRIVATE
        number = message["message_id"] if message["date"] != _UNREADABLE_DATE else None
        photo, document = message.get("photo"), message.get("document")
        if not (isinstance(photo, list | None) and isinstance(document, dict | None)):
            return None
        shows_file = bool(photo or document)
    else:
        return None
    return Usual(
        update=update,
        person=person["id"],
        chat=chat,
        private=private,
        language=person.get("language_code"),
        action=data,
        query=name,
        message=number,
        shows_file=shows_file,
    )


def _text(update: int, message: object) -> Usual | None:
    if not isinstance(message, dict) or not _is_message(message):
        return None
    person, text = _person(message.get("from")), message.get("text")
    if message["chat"]["type"] != ChatType.PRIVATE or type(text) is not str:
        return None
    if person is None:
        return None
    return Usual(
        update=update,
        person=person["id"],
        chat=message["chat"]["id"],
        private=True,
        language=person.get("language_code"),
        text=text,
    )


def _is_text(value: object) -> bool:
    return type(value) is str and value != ""


def _is_number(value: object) -> bool:
    return type(value) is int and abs(value) < _LARGEST


def _person(value: object) -> Json | None:
    """A person, no bot."""
    known = (
        isinstance(value, dict)
        and _is_number(value.get("id"))
        and value.get("is_bot") is False
        and type(value.get("first_name")) is str
        and ("language_code" not in value or type(value["language_code"]) is str)
    )
    return cast("Json", value) if known else None


def _is_message(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    chat = value.get("chat")
    return (
        _is_number(value.get("message_id"))
        and _is_number(value.get("date"))
        and isinstance(chat, dict)
        and _is_number(chat.get("id"))
        and type(chat.get("type")) is str
    )
