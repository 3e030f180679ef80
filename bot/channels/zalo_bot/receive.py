"""Receiving: each update is handled and committed before anything else is done about it."""

import hashlib
import json
from collections import OrderedDict

import structlog
from pydantic import ValidationError

from bot.channels.base import Capabilities
from bot.channels.posted import Handle
from bot.channels.zalo_bot.incoming import KINDS, TEXT, event_of, read
from bot.observability import where
from storage.errors import DatabaseUnavailable

log = structlog.get_logger("zalo_bot")

_REMEMBERED = 8192


class Receiver:
    """Takes raw updates, from a poll or from a webhook. Raises DatabaseUnavailable when an update
    was not stored; whatever else is wrong with it is logged, without content, and passed over.

    Zalo may hand over an update with every poll for ever: what was done with lately is known here
    and costs nothing, what is older is known to the database.
    """

    def __init__(self, handle: Handle, can: Capabilities) -> None:
        self._handle, self._can = handle, can
        self._done: OrderedDict[bytes, None] = OrderedDict()

    async def take(self, raw: object) -> None:
        """Handle one update; returns after the commit."""
        try:
            name = _name(raw)
        except RecursionError:  # nothing that Zalo would send
            log.warning("not an update, passed over")
            return
        if name in self._done:
            self._done.move_to_end(name)
            return
        try:
            await self._take(raw)
        except DatabaseUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - it would come again for ever
            log.error("update failed, passed over", **where(error))  # noqa: TRY400 - the text may quote a person
        self._done[name] = None
        if len(self._done) > _REMEMBERED:
            self._done.popitem(last=False)

    async def _take(self, raw: object) -> None:
        event = event_of(raw)
        if not isinstance(raw, dict) or not event:
            log.warning("not an update, passed over")
            return
        if event != TEXT and event not in KINDS:
            log.info("event that is not known here, passed over", kind=event)
            return
        try:
            incoming = read(raw)
        except ValidationError as error:
            log.warning("update cannot be read, passed over", kind=event, **where(error))
            return
        if incoming is not None:
            await self._handle(incoming, self._can)


def _name(raw: object) -> bytes:
    """The same for an update that comes again."""
    message = raw.get("message") if isinstance(raw, dict) else None
    given = message.get("message_id") if isinstance(message, dict) else None
    what = given if isinstance(given, str) and given else json.dumps(raw, sort_keys=True)
    return hashlib.blake2b(what.encode("utf-8", "replace"), digest_size=16).digest()
