"""parse_mode=HTML as strictly as the real server: unknown, unclosed and crossed tags are errors."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .entities import Entity, Formatted, utf16_length
from .errors import cant_parse_entities
from .links import link_problem

_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(?P<dec>\d{1,8})|#[xX](?P<hex>[0-9a-fA-F]{1,7})|(?P<name>\w+));?")
_PLAIN = re.compile(r"[^<&]+")
_START = re.compile(r"<([^\s>]*)")
_END = re.compile(r"</([^\s>]*)\s*")
_ATTRIBUTE = re.compile(r"([^\s=>]+)(\s*=\s*)?")
_VALUE = re.compile(r"\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9.\-]*)(?=[\s>])")


def parse_html(source: str) -> Formatted:
    """Raises ApiError 400 "can't parse entities: …"."""
    return _Parser(source).parse()


def decode_references(source: str) -> str:
    """Only &lt; &gt; &amp; &quot; and numbers are known; anything else stays as written."""
    return _REFERENCE.sub(lambda match: _character(match) or match[0], source)


def _character(match: re.Match[str]) -> str | None:
    if match["name"]:
        return _NAMED.get(match["name"])
    code = int(match["dec"]) if match["dec"] else int(match["hex"], 16)
    usable = 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if usable else None


@dataclass
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int
    part: int


@dataclass
class _Parser:
    source: str
    at: int = 0
    offset: int = 0
    parts: list[str] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def parse(self) -> Formatted:
        while self.at < len(self.source):
            if self.source.startswith("</", self.at):
                self._close()
            elif self.source[self.at] == "<":
                self._open()
            else:
                self._text()
        if self.stack:
            tag = self.stack[-1].tag
            raise cant_parse_entities(
                f'Can\'t find end tag corresponding to start tag "{tag}"',
            )
        self.entities.sort(key=lambda e: (e["offset"], -e["length"]))
        return Formatted("".join(self.parts), self.entities)

    def _text(self) -> None:
        plain = _PLAIN.match(self.source, self.at)
        if plain:
            text, self.at = plain[0], plain.end()
        else:
            reference = _REFERENCE.match(self.source, self.at)
            character = _character(reference) if reference else None
            text = character or "&"
            self.at = reference.end() if reference and character else self.at + 1
        self.parts.append(text)
        self.offset += utf16_length(text)

    def _open(self) -> None:
        begin = self.at
        start = _START.match(self.source, begin)
        assert start is not None
        tag = start[1].lower()
        if start.end() == len(self.source):
            raise cant_parse_entities(f"Unclosed start tag at byte offset {self._byte(begin)}")
        if tag not in _KINDS:
            raise cant_parse_entities(
                f'Unsupported start tag "{tag}" at byte offset {self._byte(begin)}',
            )
        self.at = start.end()
        attributes = self._attributes(tag, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise cant_parse_entities(
                f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(begin)}',
            )
        self.stack.append(_Open(tag, attributes, self.offset, len(self.parts)))

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        found: dict[str, str] = {}
        while True:
            self._skip_space()
            if self.source.startswith(">", self.at):
                self.at += 1
                return found
            named = _ATTRIBUTE.match(self.source, self.at)
            if named is None:
                problem = "Empty attribute name in" if self.at < len(self.source) else "Unclosed"
                raise self._tag_error(problem, tag, begin)
            self.at = named.end()
            found[named[1]] = self._value(tag, begin) if named[2] else ""
            if not named[2] and (tag, named[1]) != ("blockquote", "expandable"):
                raise self._tag_error(
                    "Expected equal sign in declaration of an attribute of", tag, begin
                )

    def _tag_error(self, problem: str, tag: str, begin: int) -> Exception:
        if problem == "Unclosed":
            return cant_parse_entities(f"Unclosed start tag at byte offset {self._byte(begin)}")
        return cant_parse_entities(f'{problem} the tag "{tag}" at byte offset {self._byte(begin)}')

    def _value(self, tag: str, begin: int) -> str:
        value = _VALUE.match(self.source, self.at)
        if value is None:
            quoted = self.source[self.at : self.at + 1] in ("", '"', "'")
            where = self._byte(begin if quoted else self.at)
            text = "Unclosed start tag" if quoted else "Unexpected end of name token"
            raise cant_parse_entities(f"{text} at byte offset {where}")
        self.at = value.end()
        if value[3] is not None:
            return value[3].lower()
        return decode_references(value[1] if value[1] is not None else value[2])

    def _close(self) -> None:
        begin = self.at
        if not self.stack:
            raise cant_parse_entities(f"Unexpected end tag at byte offset {self._byte(begin)}")
        end = _END.match(self.source, begin)
        assert end is not None
        if not self.source.startswith(">", end.end()):
            raise cant_parse_entities(f"Unclosed end tag at byte offset {self._byte(begin)}")
        self.at = end.end() + 1
        opened, name = self.stack.pop(), end[1].lower()
        if name and name != opened.tag:
            raise cant_parse_entities(
                f"Unmatched end tag at byte offset {self._byte(begin)},"
                f' expected "</{opened.tag}>", found "</{name}>"',
            )
        if self.offset > opened.offset:
            self._add(opened)

    def _add(self, opened: _Open) -> None:
        span = {"offset": opened.offset, "length": self.offset - opened.offset}
        kind = _KINDS[opened.tag]
        if kind == "text_link":
            self._add_link(span, opened)
        elif kind == "custom_emoji":
            self._add_emoji(span, opened)
        elif kind == "pre":
            self._add_pre(span)
        elif kind == "code":
            language = opened.attributes.get("class", "").removeprefix("language-")
            self.entities.append({"type": "code", **span, "language": language})
        else:
            expandable = "expandable" in opened.attributes
            self.entities.append({"type": f"expandable_{kind}" if expandable else kind, **span})

    def _add_link(self, span: dict[str, int], opened: _Open) -> None:
        url = opened.attributes.get("href") or "".join(self.parts[opened.part :])
        person = re.match(r"tg://user\?id=(\d+)$", url)
        if person:
            user = {"id": int(person[1]), "is_bot": False, "first_name": ""}
            self.entities.append({"type": "text_mention", **span, "user": user})
        elif link_problem(url) is None:
            self.entities.append({"type": "text_link", **span, "url": url})

    def _add_emoji(self, span: dict[str, int], opened: _Open) -> None:
        number = opened.attributes.get("emoji-id", "")
        if not number.isdigit() or not int(number):
            raise cant_parse_entities("Invalid custom emoji identifier specified")
        self.entities.append({"type": "custom_emoji", **span, "custom_emoji_id": number})

    def _add_pre(self, span: dict[str, int]) -> None:
        last = self.entities[-1] if self.entities else {}
        same = {key: last.get(key) for key in span} == span
        inner = last.get("language") if same and last.get("type") == "code" else None
        if inner:
            self.entities.pop()
        self.entities.append({"type": "pre", **span} | ({"language": inner} if inner else {}))

    def _skip_space(self) -> None:
        while self.source[self.at : self.at + 1].isspace():
            self.at += 1

    def _byte(self, index: int) -> int:
        return len(self.source[:index].encode())
