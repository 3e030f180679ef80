"""POST /v3.0/oa/message/cs and /v2.0/oa/message: what Zalo checks before a message goes out."""

from __future__ import annotations

from .world import FREE_S, JSON, WINDOW_S, Account, Button, Message, World

LONGEST_TEXT, MOST_BUTTONS, LONGEST_TITLE, LONGEST_PAYLOAD = 2000, 5, 100, 1000


class Wrong(Exception):
    """A message that is not as the interface wants it; the bot's mistake."""


def send(world: World, version: str, token: str | None, body: JSON) -> JSON:
    """The answer to one send, with HTTP 200 whatever it says."""
    if code := world.token_error(token):
        return {"error": code, "message": "Access token is invalid or has expired"}
    if version == "v3" and world.government:
        return {"error": -235, "message": "This api does not support this type of oa"}
    try:
        user, text, buttons = _read(body)
    except Wrong as wrong:
        return world.refuse(-201, str(wrong))
    person = world.people.get(user)
    if code := _closed(world, person):
        return {"error": code, "message": "not sent"}
    assert person is not None
    billed = world.now() - (person.heard or 0.0) > FREE_S
    message = Message(world.number("oa-"), text, buttons, version, billed)
    person.inbox.append(message)
    data = {"message_id": message.message_id, "user_id": user}
    return {"data": data, "error": 0, "message": "Success"}


def _closed(world: World, person: Account | None) -> int:
    """Why nothing may go to this person now, 0 if it may."""
    if person is None or not person.follows:
        return -213
    if person.blocked:
        return -244
    if person.heard is None:
        return -232
    silent = world.now() - person.heard
    if silent > WINDOW_S:
        return -230
    return 0 if world.package else -224


def _read(body: JSON) -> tuple[str, str, tuple[Button, ...]]:
    _only(body, {"recipient", "message"})
    _only(body["recipient"], {"user_id"})
    message = body["message"]
    if not isinstance(message, dict) or not {"text"} <= set(message) <= {"text", "attachment"}:
        raise Wrong("message holds a text, and may hold an attachment")
    text = _text(message["text"], LONGEST_TEXT, "text")
    user = body["recipient"]["user_id"]
    if not isinstance(user, str):
        raise Wrong("user_id is no text")
    buttons = _attached(message["attachment"]) if "attachment" in message else ()
    return user, text, buttons


def _attached(attachment: object) -> tuple[Button, ...]:
    payload = _only(attachment, {"type", "payload"})
    if payload["type"] != "template":
        raise Wrong("attachment is no template")
    listed = _only(payload["payload"], {"buttons"})["buttons"]
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_BUTTONS:
        raise Wrong("one to five buttons")
    return tuple(_button(each) for each in listed)


def _button(raw: object) -> Button:
    button = _only(raw, {"title", "type", "payload"})
    if button["type"] not in {"oa.query.hide", "oa.query.show"}:
        raise Wrong("unknown type of button")
    title = _text(button["title"], LONGEST_TITLE, "title")
    payload = _text(button["payload"], LONGEST_PAYLOAD, "payload")
    return Button(title, payload, button["type"] == "oa.query.hide")


def _text(raw: object, most: int, what: str) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise Wrong(f"{what} is empty or no text")
    if len(raw.encode("utf-16-le")) // 2 > most:
        raise Wrong(f"{what} is too long")
    return raw


def _only(raw: object, keys: set[str]) -> JSON:
    if not isinstance(raw, dict) or set(raw) != keys:
        found = sorted(raw) if isinstance(raw, dict) else type(raw).__name__
        raise Wrong(f"{found} instead of {sorted(keys)}")
    return raw
