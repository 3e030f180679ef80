"""What is posted to /hooks/telegram: the secret, the size, updates of every kind and shape."""

from typing import Any

from tests.fuzz.given import Given, as_json
from tests.fuzz.ground import ground
from tests.fuzz.watching import PERSONAL, SECRETS, Finding

_SECRET = b"x-telegram-bot-api-secret-token"
_PERSON = {
    "id": int(PERSONAL["chat"]),
    "is_bot": False,
    "first_name": PERSONAL["name"],
    "language_code": "vi",
}
_CHAT = {"id": int(PERSONAL["chat"]), "type": "private", "first_name": PERSONAL["name"]}
_BOT = {"id": 900001, "is_bot": True, "first_name": "Bot", "username": "thu_bot"}


def _message(**what: Any) -> dict[str, Any]:
    return {"message_id": 7, "date": 1795312800, "chat": _CHAT, "from": _PERSON, **what}


def _photo(file: str) -> dict[str, Any]:
    return {"file_id": file, "file_unique_id": file, "width": 9, "height": 9}


UPDATES: list[dict[str, Any]] = [
    {"message": _message(text=f"/start {PERSONAL['typed text']}")},
    {"message": _message(text=PERSONAL["typed text"])},
    {"message": _message(text="QC11")},
    {
        "message": _message(
            text="/start@thu_bot", entities=[{"type": "bot_command", "offset": 0, "length": 14}]
        )
    },
    {"message": _message(photo=[_photo("p")], caption=PERSONAL["typed text"])},
    {"message": _message(location={"latitude": 16.0, "longitude": 108.2})},
    {"message": _message(contact={"phone_number": "090", "first_name": PERSONAL["name"]})},
    {"edited_message": _message(text=PERSONAL["typed text"], edit_date=1795312801)},
    {
        "callback_query": {
            "id": "88",
            "from": _PERSON,
            "chat_instance": "1",
            "data": "rate/QC11/261123/1/5",
            "message": {**_message(text="Quầy"), "from": _BOT},
        }
    },
    {
        "callback_query": {
            "id": "89",
            "from": _PERSON,
            "chat_instance": "1",
            "data": "open/QC11",
            "message": {"message_id": 7, "date": 0, "chat": _CHAT},
        }
    },
    {
        "my_chat_member": {
            "chat": _CHAT,
            "from": _PERSON,
            "date": 1795312800,
            "old_chat_member": {"status": "member", "user": _BOT},
            "new_chat_member": {"status": "kicked", "user": _BOT, "until_date": 0},
        }
    },
    {
        "message": _message(
            chat={"id": -100, "type": "group", "title": "Nhóm"}, text="/start@thu_bot"
        )
    },
]
SEEDS = [bytes([255, number, 0, 0, *range(40)]) for number in range(len(UPDATES))]


def run(data: bytes) -> None:
    """Post one body."""
    given, here = Given(data), ground()
    secret = SECRETS["telegram webhook secret"].encode()
    if given.yes(16):
        secret = given.pick((b"", secret[:-1], secret + b"x", b"\xff", b"a" * 9000))
    body = _body(given)
    headers = [(_SECRET, secret), (b"content-type", b"application/json")]
    answer = here.does(lambda: here.asks("POST", b"/hooks/telegram", headers, body))
    expected = {200} if secret == SECRETS["telegram webhook secret"].encode() else {403}
    if answer.status not in expected | {413}:
        raise Finding(
            f"a post of Telegram's is answered {answer.status}", body[:300].decode("latin-1")
        )


def _body(given: Given) -> bytes:
    if given.yes(16):
        return given.rest()
    update = {"update_id": given.number(1 << 24), **given.pick(UPDATES)}
    return as_json(given.changed(update))
