"""One call from arrival to answer: scripted faults, rate limits, the method, the records."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .door import Answer, failed, ok
from .errors import WEBHOOK_ACTIVE, ApiError, conflict, too_many_requests
from .faults import Fault, FaultScript
from .message_methods import MessageMethods
from .pace import COUNTED, RateLimiter
from .parameters import CANONICAL, KNOWN, Params
from .profile_methods import ProfileMethods
from .records import Call, Refusal
from .updates import UpdateQueue
from .webhook import Webhook
from .world import World

_NOT_REFUSALS = (401, 409)


class CallDesk:
    """Runs on the server's loop. ignorable None: unknown parameters are not looked at."""

    def __init__(
        self,
        world: World,
        updates: UpdateQueue,
        webhook: Webhook,
        script: FaultScript,
        profile: ProfileMethods,
        messages: MessageMethods,
        limiter: RateLimiter | None,
        ignorable: frozenset[str] | None,
    ) -> None:
        self._world = world
        self._updates = updates
        self._webhook = webhook
        self._script = script
        self._limiter = limiter
        self._ignorable = ignorable
        self._methods = _methods(profile, messages, webhook)
        self.calls: list[Call] = []
        self.refusals: list[Refusal] = []

    def wake(self) -> None:
        self._updates.notify_poll()
        self._webhook.schedule()

    def close(self) -> None:
        self._updates.end_poll(ApiError(500, "Internal Server Error: restart"))

    async def handle(self, name: str, params: Params) -> Answer:
        method = CANONICAL.get(name.lower(), name)
        with self._world.lock:
            chat = self._chat(params)
            call = Call(method, params.values, params.files, chat, time.monotonic())
            self.calls.append(call)
            fault = self._script.take(method, call.chat, params.values)
        if fault is not None and not fault.executed:
            return self._spoiled(call, fault)
        answer = await self._answered(call, params)
        return self._delivered_badly(call, fault, answer) if fault else answer

    def _chat(self, params: Params) -> int | None:
        """The chat a call goes to; for an answer to a tap, the person who tapped."""
        press = self._world.presses.get(params.text("callback_query_id"))
        if press is not None:
            return int(press.account.profile["id"])
        try:
            return int(params.text("chat_id"))
        except ValueError:
            return None

    def _spoiled(self, call: Call, fault: Fault) -> Answer:
        self._note(call, "fault", fault.error)
        if fault.kind == "html":
            return Answer(fault.error.code, fault.page.encode(), "text/html")
        if fault.kind == "error":
            return failed(fault.error)
        return Answer(0, b"", delay=fault.seconds, cut="reset" if fault.kind == "reset" else "drop")

    def _delivered_badly(self, call: Call, fault: Fault, answer: Answer) -> Answer:
        if fault.kind == "hang":
            return replace(answer, delay=fault.seconds)
        if call.outcome == "ok":
            call.outcome = "dropped"
        return replace(answer, cut="drop")

    async def _answered(self, call: Call, params: Params) -> Answer:
        try:
            if call.method not in KNOWN:
                raise ApiError(404, "Not Found: method not found")
            self._note_unknown(call, params)
            result, description = await self._execute(call, params)
        except ApiError as error:
            self._note(call, "refused", error)
            return failed(error)
        except asyncio.CancelledError:
            call.outcome, call.description = "dropped", "the caller went away"
            raise
        except Exception as error:
            # A fault of the fake itself must not look like one of Telegram's bad days.
            traceback.print_exc()
            return self._broken(call, ApiError(500, f"the fake server broke: {error!r}"))
        with self._world.lock:
            call.outcome, call.code = "ok", 200
            call.message_id = result.get("message_id") if isinstance(result, dict) else None
            self._world.touch()
        return ok(result, description)

    def _broken(self, call: Call, error: ApiError) -> Answer:
        with self._world.lock:
            call.outcome, call.code, call.description = "refused", 500, error.description
            self.refusals.append(Refusal(call.method, call.params, 500, error.description))
        return failed(error)

    async def _execute(self, call: Call, params: Params) -> tuple[Any, str]:
        if call.method == "getUpdates":
            if self._webhook.url:
                raise conflict(WEBHOOK_ACTIVE)
            return await self._updates.poll(params), ""
        with self._world.lock:
            self._limit(call)
            return self._methods[call.method](params)

    def _limit(self, call: Call) -> None:
        if self._limiter is None or call.method not in COUNTED:
            return
        seconds = self._limiter.take(call.chat, time.monotonic())
        if seconds is not None:
            raise too_many_requests(seconds)

    def _note(self, call: Call, outcome: Any, error: ApiError) -> None:
        with self._world.lock:
            call.outcome, call.code, call.description = outcome, error.code, error.description
            if outcome == "refused" and error.code not in _NOT_REFUSALS:
                self._refuse(call, error.code, error.description)
            self._world.touch()

    def _note_unknown(self, call: Call, params: Params) -> None:
        if self._ignorable is None:
            return
        for name in params.unknown(call.method):
            if name not in self._ignorable:
                with self._world.lock:
                    self._refuse(call, 200, f"{call.method} has no parameter {name}")

    def _refuse(self, call: Call, code: int, description: str) -> None:
        if code < 500:
            self.refusals.append(Refusal(call.method, call.params, code, description))


Method = Callable[[Params], tuple[Any, str]]


def _methods(
    profile: ProfileMethods, messages: MessageMethods, webhook: Webhook
) -> dict[str, Method]:
    def plain(function: Callable[[Params], Any]) -> Method:
        return lambda params: (function(params), "")

    return {
        "setWebhook": lambda params: (True, webhook.set(params)),
        "deleteWebhook": lambda params: (True, webhook.set(params)),
        "getWebhookInfo": plain(lambda _: webhook.info()),
        "getMe": plain(profile.get_me),
        "setMyCommands": plain(profile.set_my_commands),
        "getMyCommands": plain(profile.get_my_commands),
        "deleteMyCommands": plain(profile.delete_my_commands),
        "setMyDescription": plain(profile.set_my_description),
        "setMyShortDescription": plain(profile.set_my_short_description),
        "setChatMenuButton": plain(profile.set_chat_menu_button),
        "getChat": plain(profile.get_chat),
        "sendChatAction": plain(profile.send_chat_action),
        "sendMessage": plain(messages.send_message),
        "sendPhoto": plain(messages.send_photo),
        "sendDocument": plain(messages.send_document),
        "editMessageText": plain(messages.edit_message_text),
        "editMessageCaption": plain(messages.edit_message_caption),
        "editMessageMedia": plain(messages.edit_message_media),
        "editMessageReplyMarkup": plain(messages.edit_message_reply_markup),
        "deleteMessage": plain(messages.delete_message),
        "answerCallbackQuery": plain(messages.answer_callback_query),
    }
