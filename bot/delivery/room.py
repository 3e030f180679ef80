"""How much may be under way at a time: places for answers, places for proactive messages."""

import asyncio
from collections.abc import Collection

from bot.delivery.restraint import Restraint, Tuning
from bot.locks import SenderLock


class Room:
    """Of one courier: the chats (pseudonyms) it is busy with, and whether it may begin more."""

    def __init__(self, restraint: Restraint, tuning: Tuning, lock: SenderLock | None) -> None:
        self._restraint, self._tuning, self._lock = restraint, tuning, lock
        self.busy: dict[str, asyncio.Task[None]] = {}
        self._paced: set[str] = set()  # those busy with a proactive message

    def take(self, chat: str, task: asyncio.Task[None], *, paced: bool) -> None:
        """Something is sent to this chat."""
        self.busy[chat] = task
        if paced:
            self._paced.add(chat)

    def leave(self, chat: str) -> None:
        """It is over."""
        del self.busy[chat]
        self._paced.discard(chat)

    def holds_lock(self) -> bool:
        """Whether this process is the one that sends."""
        return self._lock is None or self._lock.held

    def may_send(self) -> bool:
        """Whether anything may be sent now."""
        return self.holds_lock() and not self._restraint.paused

    def for_answers(self, awaited: Collection[str] = ()) -> int:
        """To how many more chats answers may be begun, beside those `awaited`."""
        if self._restraint.probing:
            return 0 if self.busy or awaited else 1
        taken = len(self.busy) - len(self._paced) + len(awaited)
        return max(0, self._tuning.at_once - taken)

    def for_proactive(self) -> bool:
        """Whether one more proactive message may be begun."""
        if self._restraint.probing and self.busy:
            return False
        return self.may_send() and len(self._paced) < self._tuning.at_once
