"""One reply as the messages it takes: pictures and files first, then words, buttons at the end."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic_core import to_json

from bot.channels.telegram.render import (
    Rendered,
    caption,
    joined,
    render,
    split,
    without_files,
)
from bot.drawing import Drawn
from handlers.messages import Picture, Reply

_NOTHING = Rendered("", "", None)


@dataclass(frozen=True)
class Message:
    """One message to send. `left` is what is left of the reply from this message on."""

    words: Rendered
    left: Reply
    file: Drawn | None = None

    @property
    def is_picture(self) -> bool:
        """A photo, which can take the place of another message."""
        return self.file is not None and isinstance(self.file.part, Picture)

    @property
    def digest(self) -> bytes:
        """The same for messages that show the same."""
        shown = hashlib.blake2b(to_json([self.words.html, self.words.keyboard]), digest_size=16)
        if self.file is not None:
            shown.update(self.file.content)
        return shown.digest()


def messages(answer: Reply, drawn: Mapping[int, Drawn]) -> list[Message]:
    """A reply with its pictures as messages. `drawn` by the index of the part.

    One picture with few words is one message; else the words and buttons follow the pictures, so
    that the buttons are what a person sees last and no heading stands in two messages.
    """
    words = without_files(answer)
    files = [drawn[index] for index in sorted(drawn)]
    if len(files) == 1 and (short := caption(words)) is not None:
        return [Message(short, answer, files[0])]
    pages = split(words) if words.parts or not files else []
    sent = [
        Message(_NOTHING, _with(words, files[index:]), file) for index, file in enumerate(files)
    ]
    return [*sent, *(Message(render(page), joined(pages[n:])) for n, page in enumerate(pages))]


def _with(words: Reply, files: list[Drawn]) -> Reply:
    return words.model_copy(update={"parts": (*(each.part for each in files), *words.parts)})
