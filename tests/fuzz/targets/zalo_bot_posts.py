"""What is posted to /hooks/zalo-bot: the secret, updates of every kind and shape."""

from typing import Any

from tests.fuzz.given import Given, as_json
from tests.fuzz.ground import ground
from tests.fuzz.watching import PERSONAL, SECRETS, Finding

_EVENTS = (
    "message.text.received",
    "message.image.received",
    "message.sticker.received",
    "message.voice.received",
    "message.unsupported.received",
    "message.link.received",
)


def _update(number: int, event: str, text: str) -> dict[str, Any]:
    return {
        "event_name": event,
        "message": {
            "message_id": f"m{number}",
            "date": 1795312800000,
            "chat": {"id": PERSONAL["chat"], "chat_type": "PRIVATE"},
            "from": {"id": PERSONAL["chat"], "display_name": PERSONAL["name"], "is_bot": False},
            "text": text,
            "photo": "https://example.vn/p.png",
        },
    }


SEEDS = [bytes([0, 0, number, 0, 0, 1, *range(40)]) for number in range(len(_EVENTS))]


def run(data: bytes) -> None:
    """Post one body."""
    given, here = Given(data), ground()
    secret = SECRETS["zalo webhook secret"].encode()
    if given.yes(16):
        secret = given.pick((b"", secret[:-1], b"\xff\xfe", b"a" * 9000))
    body = _body(given)
    headers = [(b"x-bot-api-secret-token", secret)]
    answer = here.does(lambda: here.asks("POST", b"/hooks/zalo-bot", headers, body))
    expected = 200 if secret == SECRETS["zalo webhook secret"].encode() else 403
    if answer.status != expected:
        raise Finding(f"a post of Zalo's is answered {answer.status}", body[:300].decode("latin-1"))


def _body(given: Given) -> bytes:
    if given.yes(16):
        return given.rest()
    text = given.pick((PERSONAL["typed text"], "QC11", "1", "5", "/trogiup", "3 4", given.text()))
    update = _update(given.number(1 << 24), given.pick(_EVENTS), text)
    changed = given.changed(update)
    return as_json({"ok": True, "result": changed} if given.yes() else changed)
