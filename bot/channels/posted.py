"""What messengers post to us: who handles it, how large it may be, what a webhook needs."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Protocol

from bot.channels.base import Capabilities
from handlers.messages import Incoming

LARGEST_BODY = 1 << 20  # bytes; what messengers post is a few kilobytes


class Handle(Protocol):
    """bot.dispatch.Dispatch.handle; what it returns is not looked at."""

    def __call__(self, incoming: Incoming, can: Capabilities) -> Awaitable[object]: ...


Forget = Callable[[str, str], Awaitable[None]]
"""Told the address of a chat that is gone and the key of the update that said so."""


def repeats(given: str | None, ours: str) -> bool:
    """Whether a post repeats our secret; an empty one lets nobody in."""
    return bool(ours) and hmac.compare_digest((given or "").encode(), ours.encode())


def missing_setting(section: str, public_url: str, secret: str) -> str:
    """The setting of a section without which there is no webhook, in one line; "" if none is."""
    if not public_url:
        return f'webhook mode needs [web] public_url, or set [{section}] mode = "polling"'
    return "" if secret else f"webhook mode needs [{section}] webhook_secret"
