"""What is posted to /hooks/zalo-oa: signatures, right and wrong, over events of every shape."""

import hashlib
from typing import Any

from tests.fuzz.given import Given, as_json
from tests.fuzz.ground import ground
from tests.fuzz.watching import PERSONAL, SECRETS, Finding

_KINDS = ("text", "image", "sticker", "gif", "link", "location", "file", "business_card", "nothing")
_APP, _TIME = "4242", "1795312800000"


def _event(given: Given) -> dict[str, Any]:
    text = given.pick((PERSONAL["typed text"], "QC11", "2", "#open/QC11", given.text()))
    name = given.pick(("follow", "unfollow", "user_seen_message", "user_send_"))
    if name == "user_send_":
        name += given.pick(_KINDS)
    return {
        "app_id": _APP,
        "event_name": name,
        "timestamp": _TIME,
        "sender": {"id": PERSONAL["chat"]},
        "follower": {"id": PERSONAL["chat"]},
        "recipient": {"id": "99"},
        "message": {
            "msg_id": f"m{given.number(1 << 24)}",
            "text": text,
            "attachments": [{"type": "link", "payload": {"url": "https://x.vn/q/QC11"}}],
        },
    }


SEEDS = [bytes([0, 0, 0, number, 3, number, *range(40)]) for number in range(9)]


def run(data: bytes) -> None:
    """Post one body."""
    given, here = Given(data), ground()
    forged = given.yes(24)
    body = given.rest() if given.yes(16) else as_json(given.changed(_event(given)))
    signed = _APP.encode() + body + _TIME.encode() + SECRETS["zalo oa secret"].encode()
    signature = f"mac={hashlib.sha256(signed).hexdigest()}"
    if forged:
        signature = given.pick(
            ("", "mac=", signature[:-1], "mac=\xe9", "m" * 5000, "mac=" + "0" * 64)
        )
    headers = [(b"x-zevent-signature", signature.encode("latin-1"))]
    answer = here.does(lambda: here.asks("POST", b"/hooks/zalo-oa", headers, body))
    if answer.status not in ({403} if forged else {200, 403}):
        raise Finding(f"an event is answered {answer.status}", body[:300].decode("latin-1"))
