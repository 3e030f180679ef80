"""reply_markup: what the real server refuses in keyboards, worded as it words it."""

from __future__ import annotations

from typing import Any

from .entities import utf16_length
from .errors import ApiError, bad_request
from .links import link_problem
from .parameters import JSON, Params, words

MAX_BUTTONS = 100
MAX_IN_ROW = 8
_ACTIONS = words(
    "url callback_data copy_text web_app login_url switch_inline_query"
    " switch_inline_query_current_chat switch_inline_query_chosen_chat callback_game pay",
)
_FIELDS = _ACTIONS | {"text", "style", "icon_custom_emoji_id"}


def read_markup(params: Params, *, inline_only: bool = False) -> JSON | None:
    """The checked reply_markup, None when there is none or its keyboard is empty."""
    markup = params.json("reply_markup")
    if markup is None or markup == "":
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        rows = _inline_rows(markup["inline_keyboard"])
        return {"inline_keyboard": rows} if rows else None
    if inline_only:
        raise bad_request("inline keyboard expected" if markup else "object expected as markup")
    return _reply_keyboard(markup)


def _inline_rows(rows: Any) -> list[list[JSON]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array')
    checked = [[_inline_button(button) for button in row] for row in rows if row]
    if sum(map(len, checked)) > MAX_BUTTONS or any(len(row) > MAX_IN_ROW for row in checked):
        raise bad_request("reply markup is too long")
    return checked


def _inline_button(button: Any) -> JSON:
    if not isinstance(button, dict):
        raise _unreadable("expected an Object")
    if not isinstance(button.get("text"), str):
        raise _unreadable('Can\'t find field "text"')
    if not button["text"].strip():
        raise _unreadable("Button text must be non-empty")
    if unknown := sorted(set(button) - _FIELDS):
        raise _unreadable(f"unknown fields {', '.join(unknown)}")
    actions = _ACTIONS & set(button)
    if not actions or button.get("callback_data") == "":
        raise _unreadable("Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _unreadable(f"exactly one action expected, found {', '.join(sorted(actions))}")
    _check_action(next(iter(actions)), button)
    return dict(button)


def _unreadable(text: str) -> ApiError:
    return bad_request(f"can't parse inline keyboard button: {text}")


def _check_action(action: str, button: JSON) -> None:
    value = button[action]
    if action == "callback_data":
        if not isinstance(value, str) or len(value.encode()) > 64:
            raise bad_request("BUTTON_DATA_INVALID")
    elif action == "url":
        _check_url("URL", value, https_only=False)
    elif action in ("web_app", "login_url"):
        url = value.get("url") if isinstance(value, dict) else None
        _check_url("Web App URL" if action == "web_app" else "login URL", url, https_only=True)
    elif action == "copy_text":
        copied = value.get("text") if isinstance(value, dict) else None
        if not isinstance(copied, str) or not 1 <= utf16_length(copied) <= 256:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _check_url(what: str, url: Any, *, https_only: bool) -> None:
    if not isinstance(url, str):
        raise _unreadable(f'Field "{what}" must be of type String')
    problem = link_problem(url, https_only=https_only)
    if problem:
        raise bad_request(f"inline keyboard button {what} '{url}' is invalid: {problem}")


def _reply_keyboard(markup: JSON) -> JSON:
    if markup.get("remove_keyboard") is True or markup.get("force_reply") is True:
        return markup
    rows = markup.get("keyboard")
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("can't parse reply keyboard markup JSON object")
    for button in (button for row in rows for button in row):
        label = button.get("text") if isinstance(button, dict) else button
        if not isinstance(label, str) or not label.strip():
            raise bad_request("can't parse keyboard button: Can't find field \"text\"")
    return markup
