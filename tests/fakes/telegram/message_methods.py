"""Methods that write to chats: send, edit, delete, answer a pressed button."""

from __future__ import annotations

import time
from typing import Any

from .entities import utf16_length
from .errors import NOT_MODIFIED, QUERY_TOO_OLD, bad_request
from .keyboards import read_markup
from .media import read_file
from .parameters import JSON, Params, Upload
from .records import Toast
from .texts import read_caption, read_text
from .world import Room, Stored, World


class MessageMethods:
    def __init__(self, world: World, callback_lifetime: float) -> None:
        self._world = world
        self._callback_lifetime = callback_lifetime

    def send_message(self, params: Params) -> JSON:
        text = _text(params)
        return self._send(params, text)

    def send_photo(self, params: Params) -> JSON:
        return self._send_file(params, "photo")

    def send_document(self, params: Params) -> JSON:
        return self._send_file(params, "document")

    def _send_file(self, params: Params, kind: str) -> JSON:
        caption = _caption(params)
        file, upload = read_file(self._world, params, kind, params.values.get(kind))
        return self._send(params, {**file, **caption}, upload)

    def _send(self, params: Params, content: JSON, upload: Upload | None = None) -> JSON:
        markup = read_markup(params)
        room = self._world.writable_room(params.text("chat_id"))
        if params.text("message_thread_id") not in ("", "0"):
            raise bad_request("message thread not found")
        target = self._world.reply_target(room, params)
        # Only inline keyboards come back in a Message; a reply keyboard stays with the chat.
        inline = markup if markup and "inline_keyboard" in markup else None
        body = {**content, "reply_to_message": target, "reply_markup": inline}
        return self._world.post(room, self._world.bot, body, upload).raw

    def edit_message_text(self, params: Params) -> JSON:
        text = _text(params)
        stored = self._editable(params)
        if "text" not in stored.raw:
            raise bad_request("there is no text in the message to edit")
        return self._edit(params, stored, text)

    def edit_message_caption(self, params: Params) -> JSON:
        caption = _caption(params)
        stored = self._editable(params)
        if "text" in stored.raw:
            raise bad_request("there is no caption in the message to edit")
        return self._edit(params, stored, caption)

    def edit_message_reply_markup(self, params: Params) -> JSON:
        return self._edit(params, self._editable(params), {})

    def edit_message_media(self, params: Params) -> JSON:
        media: Any = params.json("media")
        if not isinstance(media, dict) or media.get("type") not in ("photo", "document"):
            raise bad_request("can't parse InputMedia: unsupported media type")
        caption = _caption(Params(media))
        stored = self._editable(params)
        file, upload = read_file(self._world, params, media["type"], media.get("media"))
        cleared = dict.fromkeys(("text", "entities", "photo", "document"))
        raw = self._edit(params, stored, {**cleared, **caption, **file})
        stored.file = upload
        return raw

    def _editable(self, params: Params) -> Stored:
        if params.text("inline_message_id"):
            raise bad_request("invalid inline message identifier specified")
        room = self._world.writable_room(params.text("chat_id"))
        stored = self._find(room, params, "edit")
        if not stored.by_bot:
            raise bad_request("message can't be edited")
        return stored

    def _find(self, room: Room, params: Params, purpose: str) -> Stored:
        if params.integer("message_id") <= 0:
            raise bad_request("message identifier is not specified")
        stored = room.messages.get(params.integer("message_id"))
        if stored is None:
            raise bad_request(f"message to {purpose} not found")
        return stored

    def _edit(self, params: Params, stored: Stored, content: JSON) -> JSON:
        # Without reply_markup the keyboard goes away: that is how the real server edits.
        body = {**content, "reply_markup": read_markup(params, inline_only=True)}
        if all(stored.raw.get(key) == (value or None) for key, value in body.items()):
            raise bad_request(NOT_MODIFIED)
        self._world.change(stored, body)
        return stored.raw

    def delete_message(self, params: Params) -> bool:
        room = self._world.room(params.text("chat_id"))
        stored = self._find(room, params, "delete")
        if not stored.by_bot and room.chat["type"] != "private":
            raise bad_request("message can't be deleted")
        if self._world.now() - stored.raw["date"] > 48 * 3600:
            raise bad_request("message can't be deleted for everyone")
        del room.messages[stored.raw["message_id"]]
        self._world.touch()
        return True

    def answer_callback_query(self, params: Params) -> bool:
        text = params.text("text")
        press = self._world.presses.get(params.text("callback_query_id"))
        if press is None or press.answered:
            raise bad_request(QUERY_TOO_OLD)
        if time.monotonic() - press.at > self._callback_lifetime:
            raise bad_request(QUERY_TOO_OLD)
        if utf16_length(text) > 200:
            raise bad_request("MESSAGE_TOO_LONG")
        self._check_answer_url(params.text("url"))
        press.answered = True
        press.account.toasts.append(Toast(text, params.boolean("show_alert")))
        self._world.touch()
        return True

    def _check_answer_url(self, url: str) -> None:
        own = f"t.me/{self._world.bot['username']}?start="
        if url and not url.removeprefix("https://").startswith(own):
            raise bad_request("URL_INVALID")


def _text(params: Params) -> JSON:
    text = read_text(params.text("text"), params.text("parse_mode"), params.json("entities"))
    return {"text": text.text, "entities": text.entities}


def _caption(params: Params) -> JSON:
    caption = read_caption(
        params.text("caption"),
        params.text("parse_mode"),
        params.json("caption_entities"),
    )
    return {"caption": caption.text, "caption_entities": caption.entities}
