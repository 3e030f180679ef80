"""Text with entities: UTF-16 lengths, entities Telegram finds itself, and text back to HTML."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Entity = dict[str, Any]

_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]*[^\s<>\".,;:!?)\]])"
    r"|(?P<email>[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?<![\w/@#])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)(?!\w|/)"
    r"|(?<![\w@])(?P<mention>@[A-Za-z]\w{3,31})\b"
    r"|(?<![\w#])(?P<hashtag>#\w*[^\W\d]\w*)",
)
_HTML_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
    "code": "code",
    "blockquote": "blockquote",
}
_OPAQUE = ("code", "pre", "text_link", "text_mention")


@dataclass(frozen=True)
class Formatted:
    """What a person reads, and the entities over it (offsets in UTF-16 code units)."""

    text: str
    entities: list[Entity] = field(default_factory=list)


def utf16_length(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text)


def utf16_slice(text: str, offset: int, length: int) -> str:
    units = text.encode("utf-16-le")[2 * offset : 2 * (offset + length)]
    return units.decode("utf-16-le", "replace")


def found_entities(text: str) -> list[Entity]:
    """Commands, links, addresses, mentions and hashtags, which the real server marks by itself."""
    return [
        {
            "type": str(match.lastgroup),
            "offset": utf16_length(text[: match.start()]),
            "length": utf16_length(match[0]),
        }
        for match in _FOUND.finditer(text)
    ]


def with_found(formatted: Formatted) -> Formatted:
    """Adds what the server finds by itself outside code and links."""
    closed = [entity for entity in formatted.entities if entity["type"] in _OPAQUE]
    found = [
        entity
        for entity in found_entities(formatted.text)
        if not any(_overlap(entity, other) for other in closed)
    ]
    everything = formatted.entities + found
    return Formatted(formatted.text, sorted(everything, key=lambda e: (e["offset"], -e["length"])))


def _overlap(one: Entity, other: Entity) -> bool:
    ends = one["offset"] + one["length"], other["offset"] + other["length"]
    return bool(one["offset"] < ends[1] and other["offset"] < ends[0])


def trimmed(formatted: Formatted) -> Formatted:
    """Without white space at both ends, as the real server stores it."""
    text = formatted.text.rstrip()
    cut = len(text) - len(text.lstrip())
    shift = utf16_length(text[:cut])
    text = text[cut:]
    size = utf16_length(text)
    return Formatted(text, [e for e in (_moved(e, shift, size) for e in formatted.entities) if e])


def _moved(entity: Entity, shift: int, size: int) -> Entity | None:
    start = max(0, entity["offset"] - shift)
    end = min(size, entity["offset"] + entity["length"] - shift)
    return {**entity, "offset": start, "length": end - start} if end > start else None


class _Tagged(NamedTuple):
    start: int
    end: int
    opening: str
    closing: str


def to_html(text: str, entities: list[Entity]) -> str:
    """The text as HTML, with the entities a person sees as formatting."""
    tagged = [
        _Tagged(e["offset"], e["offset"] + e["length"], *tags)
        for e in entities
        if (tags := _tags(e))
    ]
    tagged.sort(key=lambda t: -t.end)
    points = sorted({0, utf16_length(text), *(t.start for t in tagged), *(t.end for t in tagged)})
    parts: list[str] = []
    open_now: list[_Tagged] = []
    for at, following in zip(points, points[1:] + points[-1:], strict=True):
        while any(t.end <= at for t in open_now):
            parts.append(open_now.pop().closing)
        starting = [t for t in tagged if t.start == at]
        open_now += starting
        parts += [t.opening for t in starting]
        parts.append(html.escape(utf16_slice(text, at, following - at), quote=False))
    return "".join(parts)


def _tags(entity: Entity) -> tuple[str, str] | None:
    kind = entity["type"]
    if kind == "text_link":
        return f'<a href="{html.escape(entity["url"])}">', "</a>"
    if kind == "text_mention":
        return f'<a href="tg://user?id={entity["user"]["id"]}">', "</a>"
    if kind == "pre":
        language = entity.get("language")
        inner = f'<code class="language-{language}">' if language else ""
        return f"<pre>{inner}", "</code></pre>" if language else "</pre>"
    if kind == "expandable_blockquote":
        return "<blockquote expandable>", "</blockquote>"
    name = _HTML_TAGS.get(kind)
    return (f"<{name}>", f"</{name}>") if name else None
