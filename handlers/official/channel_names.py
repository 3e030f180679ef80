"""How a messenger is called towards people."""

from handlers.texts import Speech, mark

_BROWSER = mark("Web browser")
_NAMES = {"telegram": "Telegram", "zalo": "Zalo", "zalo_bot": "Zalo", "zalo_oa": "Zalo OA"}


def channel_name(say: Speech, channel: str) -> str:
    """The name of a channel, such as "Telegram"."""
    return say(_BROWSER) if channel == "web" else _NAMES.get(channel, channel)
