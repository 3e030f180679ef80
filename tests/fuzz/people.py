"""Who sends what a target makes: a citizen or an official, in any of the chats there are."""

from collections.abc import Sequence

from handlers.messages import Incoming, SentFile
from tests.fuzz.given import Given
from tests.fuzz.ground import Ground
from tests.fuzz.watching import Finding
from tests.handlers.access.organisation import actors, chat_of

ACTORS = tuple(actors())
CHANNELS = ("telegram", "zalo_bot", "zalo_oa", "web")


def does(
    here: Ground,
    given: Given,
    *,
    action: str | None = None,
    text: str | None = None,
    other: str | None = None,
    file: SentFile | None = None,
    channels: Sequence[str] = CHANNELS,
) -> None:
    """Hand one update to the program, as somebody's."""
    who, channel = given.pick(ACTORS), given.pick(channels)
    incoming = Incoming(
        channel,
        chat_of(who),
        chat_of(who),
        f"key-{given.number(1 << 30)}",
        action=action,
        text=text,
        other=other,
        file=file,
        language=given.pick((None, "vi", "en", "vi-VN", "\x00", "x" * 300)),
    )
    handled = here.does(lambda: here.hears(incoming))
    if handled.reference is not None:
        raise Finding("an update fails", f"{who} {channel} {action!r} {text!r}"[:500])
