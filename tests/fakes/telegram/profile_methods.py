"""Methods about the bot itself and its chats: commands, descriptions, menu button, getChat."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .errors import bad_request
from .links import link_problem
from .parameters import JSON, Params, words
from .world import World

_SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}
_MENU_BUTTONS = ("commands", "web_app", "default")
_ACTIONS = words(
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document"
    " choose_sticker find_location record_video_note upload_video_note",
)
Scope = tuple[str, ...]


@dataclass
class Profile:
    """What setMyCommands and the like have set."""

    commands: dict[tuple[Scope, str], list[JSON]] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[int | None, JSON] = field(default_factory=dict)

    def commands_for(self, chat_id: int, language: str) -> list[JSON]:
        """What a person sees in the private chat's menu: the closest scope, then the language."""
        scopes: list[Scope] = [("chat", str(chat_id)), ("all_private_chats",), ("default",)]
        for scope in scopes:
            for code in (language, ""):
                if (scope, code) in self.commands:
                    return self.commands[scope, code]
        return []


class ProfileMethods:
    def __init__(self, world: World, profile: Profile) -> None:
        self._world = world
        self._profile = profile

    def get_me(self, params: Params) -> JSON:
        return {
            **self._world.bot,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    def set_my_commands(self, params: Params) -> bool:
        commands = params.json("commands")
        if not isinstance(commands, list):
            raise bad_request("can't parse commands: expected an Array")
        if len(commands) > 100:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        checked = [_command(command) for command in commands]
        if len({command["command"] for command in checked}) < len(checked):
            raise bad_request("BOT_COMMAND_INVALID")
        key = self._commands_key(params)
        if checked:
            self._profile.commands[key] = checked
        else:
            self._profile.commands.pop(key, None)
        return True

    def get_my_commands(self, params: Params) -> list[JSON]:
        return self._profile.commands.get(self._commands_key(params), [])

    def delete_my_commands(self, params: Params) -> bool:
        self._profile.commands.pop(self._commands_key(params), None)
        return True

    def _commands_key(self, params: Params) -> tuple[Scope, str]:
        scope: Any = params.json("scope") or {"type": "default"}
        kind = scope.get("type") if isinstance(scope, dict) else None
        if kind not in _SCOPES:
            raise bad_request("can't parse BotCommandScope: Unsupported type specified")
        if "chat_id" in _SCOPES[kind]:
            self._world.room(str(scope.get("chat_id", "")))
        return (kind, *(str(scope.get(name)) for name in _SCOPES[kind])), _language(params)

    def set_my_description(self, params: Params) -> bool:
        self._profile.descriptions[_language(params)] = _short(params.text("description"), 512)
        return True

    def set_my_short_description(self, params: Params) -> bool:
        text = _short(params.text("short_description"), 120)
        self._profile.short_descriptions[_language(params)] = text
        return True

    def set_chat_menu_button(self, params: Params) -> bool:
        chat = params.text("chat_id")
        room = self._world.room(chat) if chat else None
        if room is not None and room.chat["type"] != "private":
            raise bad_request("chat not found")
        button: Any = params.json("menu_button") or {"type": "default"}
        if not isinstance(button, dict) or button.get("type") not in _MENU_BUTTONS:
            raise bad_request("MenuButton has unsupported type")
        if button["type"] == "web_app":
            _check_web_app(button)
        self._profile.menu_buttons[room.chat["id"] if room else None] = button
        return True

    def get_chat(self, params: Params) -> JSON:
        room = self._world.room(params.text("chat_id"))
        return {
            **room.chat,
            "accent_color_id": 3,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(
                (
                    "unlimited_gifts",
                    "limited_gifts",
                    "unique_gifts",
                    "premium_subscription",
                    "gifts_from_channels",
                ),
                True,
            ),
        }

    def send_chat_action(self, params: Params) -> bool:
        if params.text("action") not in _ACTIONS:
            raise bad_request("wrong parameter action in request")
        self._world.writable_room(params.text("chat_id"))
        return True


def _command(command: Any) -> JSON:
    if not isinstance(command, dict) or set(command) != {"command", "description"}:
        raise bad_request("can't parse BotCommand: command and description expected")
    if not re.fullmatch(r"/?[a-z0-9_]{1,32}", str(command["command"])):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(str(command["description"]).strip()) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {**command, "command": command["command"].removeprefix("/")}


def _language(params: Params) -> str:
    code = params.text("language_code")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("invalid language code specified")
    return code


def _short(text: str, limit: int) -> str:
    if len(text) > limit:
        raise bad_request("bot description is too long")
    return text


def _check_web_app(button: JSON) -> None:
    url = str((button.get("web_app") or {}).get("url", ""))
    problem = link_problem(url, https_only=True)
    if not str(button.get("text", "")).strip():
        raise bad_request("menu button text must be non-empty")
    if problem:
        raise bad_request(f"menu button Web App URL '{url}' is invalid: {problem}")
