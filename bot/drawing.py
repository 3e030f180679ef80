"""Draws the pictures and writes the files of replies where they are delivered: in a thread."""

import asyncio
import hashlib
import json
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

import structlog

from bot.observability import where
from handlers.documents.recipes import RecipeError, draw, media_type
from handlers.messages import Document, Part, Picture, Reply, Text
from handlers.texts import DEFAULT, Speaker

log = structlog.get_logger("drawing")

_KEPT_BYTES = 16 << 20


@dataclass(frozen=True)
class Drawn:
    """A picture or file that is there."""

    part: Picture | Document
    content: bytes
    media_type: str


class Drawing:
    """One drawing at a time (they are heavy); the last ones are kept, so that a retry or a second
    secretary's digest draws nothing anew."""

    def __init__(self, *, keeps: int = _KEPT_BYTES) -> None:
        self._keeps, self._size = keeps, 0
        self._kept: OrderedDict[bytes, bytes] = OrderedDict()
        self._drawing = asyncio.Lock()

    async def drawn(self, part: Picture | Document, language: str = DEFAULT) -> Drawn | None:
        """The picture or file of a part; None, with a line in the log, if it cannot be made."""
        wanted = [part.recipe, part.data, language]
        name = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).digest()
        async with self._drawing:
            content = self._kept.get(name)
            if content is None:
                try:
                    content = await asyncio.to_thread(draw, part.recipe, part.data, language)
                except Exception as error:  # noqa: BLE001 - the words go out without the picture
                    _complain(part, error)
                    return None
            self._keep(name, content)
        return Drawn(part, content, media_type(part.recipe))

    async def of(
        self, answer: Reply, language: str = DEFAULT, *, files: bool = True
    ) -> tuple[Reply, Mapping[int, Drawn]]:
        """The reply, words in place of what cannot be drawn; and what was drawn, by the index of
        its part. Without `files` documents are left as they are."""
        found: dict[int, Drawn] = {}
        if not any(isinstance(part, Picture | Document) for part in answer.parts):
            return answer, found
        parts: list[Part] = []
        for part in answer.parts:
            if isinstance(part, Picture) or (files and isinstance(part, Document)):
                made = await self.drawn(part, language)
                if made is None:
                    parts.append(in_words(part, language))
                    continue
                found[len(parts)] = made
            parts.append(part)
        return answer.model_copy(update={"parts": tuple(parts)}), found

    def _keep(self, name: bytes, content: bytes) -> None:
        self._size += len(content) - len(self._kept.pop(name, b""))
        self._kept[name] = content
        while self._size > self._keeps:
            _, oldest = self._kept.popitem(last=False)
            self._size -= len(oldest)


def in_words(part: Picture | Document, language: str) -> Text:
    """What is said where there is no picture or file."""
    if isinstance(part, Picture):
        return Text(text=part.alt)
    say = Speaker(language)
    sorry = say(
        "Sorry, the file {name} could not be made. Please ask for it again.", name=part.name
    )
    return Text(text=sorry, tone="alert")


def _complain(part: Picture | Document, error: Exception) -> None:
    """A recipe's own error quotes no data; of any other only the place is told."""
    log.error(
        "cannot be drawn",
        recipe=part.recipe[:40],
        reference=secrets.token_hex(4).upper(),
        why=str(error) if isinstance(error, RecipeError) else "",
        **where(error),
    )
