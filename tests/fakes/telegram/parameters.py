"""Parameters of a call as JSON, form or multipart brought them, and which each method knows."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from .errors import bad_request

JSON = dict[str, Any]


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SEND = words(
    "business_connection_id chat_id message_thread_id direct_messages_topic_id"
    " disable_notification protect_content allow_paid_broadcast message_effect_id"
    " suggested_post_parameters reply_parameters reply_markup",
)
_EDIT = words(
    "business_connection_id chat_id message_id inline_message_id reply_markup",
)
_CAPTION = words("caption parse_mode caption_entities show_caption_above_media")


KNOWN: dict[str, frozenset[str]] = {
    "getMe": words(""),
    "getUpdates": words("offset limit timeout allowed_updates"),
    "setWebhook": words(
        "url certificate ip_address max_connections allowed_updates drop_pending_updates"
        " secret_token",
    ),
    "deleteWebhook": words("drop_pending_updates"),
    "getWebhookInfo": words(""),
    "setMyCommands": words("commands scope language_code"),
    "getMyCommands": words("scope language_code"),
    "deleteMyCommands": words("scope language_code"),
    "setMyDescription": words("description language_code"),
    "setMyShortDescription": words("short_description language_code"),
    "sendMessage": _SEND | words("text parse_mode entities link_preview_options"),
    "sendPhoto": _SEND | _CAPTION | words("photo has_spoiler"),
    "sendDocument": (_SEND | _CAPTION | words("document thumbnail disable_content_type_detection"))
    - {"show_caption_above_media"},
    "editMessageText": _EDIT | words("text parse_mode entities link_preview_options"),
    "editMessageCaption": _EDIT | _CAPTION,
    "editMessageMedia": _EDIT | words("media"),
    "editMessageReplyMarkup": _EDIT,
    "deleteMessage": words("chat_id message_id"),
    "sendChatAction": words("business_connection_id chat_id message_thread_id action"),
    "answerCallbackQuery": words("callback_query_id text show_alert url cache_time"),
    "setChatMenuButton": words("chat_id menu_button"),
    "getChat": words("chat_id"),
}
CANONICAL = {name.lower(): name for name in KNOWN}


@dataclass(frozen=True)
class Upload:
    """One file of a multipart request."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Params:
    """Typed reading of one call's parameters; files stand apart."""

    values: JSON
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return "" if value is None else str(value)

    def boolean(self, name: str) -> bool:
        return self.text(name).lower() in ("true", "1", "yes", "t", "y")

    def integer(self, name: str, default: int = 0) -> int:
        try:
            return int(self.text(name) or default)
        except ValueError:
            return default

    def json(self, name: str) -> Any:
        """The parsed value, None when absent; a form brings it as a JSON string."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None

    def unknown(self, method: str) -> list[str]:
        """Names this method does not have; attached files are known by an attach:// reference."""
        everything = repr(self.values) if self.files else ""
        extra = [name for name in self.files if f"attach://{name}" not in everything]
        return sorted({*self.values, *extra} - KNOWN[method])
