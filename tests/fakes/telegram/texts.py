"""Reading text and captions of a call: parse mode, entities, limits in UTF-16 code units."""

from __future__ import annotations

from typing import Any

from .entities import Entity, Formatted, trimmed, utf16_length, with_found
from .errors import bad_request
from .html_mode import parse_html
from .links import link_problem
from .markdown_mode import parse_markdown
from .parameters import words

MAX_TEXT = 4096
MAX_CAPTION = 1024
_TYPES = words(
    "mention hashtag cashtag bot_command url email phone_number bold italic underline"
    " strikethrough spoiler blockquote expandable_blockquote code pre text_link text_mention"
    " custom_emoji",
)


def read_text(source: str, parse_mode: str, entities: Any) -> Formatted:
    if not source:
        raise bad_request("message text is empty")
    formatted = _formatted(source, parse_mode, entities)
    if not formatted.text:
        raise bad_request("message text is empty")
    if utf16_length(formatted.text) > MAX_TEXT:
        raise bad_request("message is too long")
    return formatted


def read_caption(source: str, parse_mode: str, entities: Any) -> Formatted:
    formatted = _formatted(source, parse_mode, entities)
    if utf16_length(formatted.text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return formatted


def _formatted(source: str, parse_mode: str, entities: Any) -> Formatted:
    mode = parse_mode.lower()
    if mode == "html":
        formatted = parse_html(source)
    elif mode == "markdownv2":
        formatted = parse_markdown(source)
    elif mode in ("", "none"):
        formatted = Formatted(source, _given_entities(source, entities or []))
    else:
        raise bad_request("unsupported parse_mode")
    for entity in formatted.entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return with_found(trimmed(formatted))


def _given_entities(source: str, entities: Any) -> list[Entity]:
    if not isinstance(entities, list):
        raise bad_request("can't parse entities JSON object")
    return [_given_entity(entity, utf16_length(source)) for entity in entities]


def _given_entity(entity: Any, size: int) -> Entity:
    if not isinstance(entity, dict) or entity.get("type") not in _TYPES:
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    offset, length = int(entity["offset"]), int(entity["length"])
    if offset < 0:
        raise bad_request(f"receive an entity with incorrect offset {offset}")
    if offset > size:
        raise bad_request(f"entity begins after the end of the text at UTF-16 offset {offset}")
    if offset + length > size:
        raise bad_request(
            f"entity beginning at UTF-16 offset {offset} ends after the end of the text"
            f" at UTF-16 offset {offset + length}",
        )
    problem = link_problem(entity.get("url", "")) if entity["type"] == "text_link" else None
    if problem:
        raise bad_request(f"entity URL '{entity.get('url', '')}' is invalid: {problem}")
    return dict(entity)
