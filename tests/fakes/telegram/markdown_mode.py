"""parse_mode=MarkdownV2: nesting, links, code, quotes; unescaped reserved characters are errors."""

from __future__ import annotations

from dataclasses import dataclass, field

from .entities import Entity, Formatted, utf16_length
from .errors import cant_parse_entities
from .links import link_problem

_RESERVED = set("_*[]()~`>#+-=|{}.!")
_MARKS = {"__": "underline", "||": "spoiler", "*": "bold", "_": "italic", "~": "strikethrough"}
_NAMES = {
    "underline": "Underline",
    "spoiler": "Spoiler",
    "bold": "Bold",
    "italic": "Italic",
    "strikethrough": "Strikethrough",
    "text_link": "TextUrl",
}


def parse_markdown(source: str) -> Formatted:
    """Raises ApiError 400 "can't parse entities: …"."""
    return _Parser(source).parse()


@dataclass
class _Parser:
    source: str
    at: int = 0
    offset: int = 0
    parts: list[str] = field(default_factory=list)
    stack: list[tuple[str, int, int]] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)
    quote: int | None = None

    def parse(self) -> Formatted:
        while self.at < len(self.source):
            self._step()
        self._end_quote()
        if self.stack:
            kind, _, begin = self.stack[-1]
            raise cant_parse_entities(
                f"Can't find end of {_NAMES[kind]} entity at byte offset {self._byte(begin)}",
            )
        self.entities.sort(key=lambda e: (e["offset"], -e["length"]))
        return Formatted("".join(self.parts), self.entities)

    def _step(self) -> None:
        source, at = self.source, self.at
        line_start = at == 0 or source[at - 1] == "\n"
        if line_start and not source.startswith(">", at):
            self._end_quote()
        mark = next((mark for mark in _MARKS if source.startswith(mark, at)), None)
        if source[at] == "\\" and at + 1 < len(source) and ord(source[at + 1]) < 127:
            self._emit(source[at + 1], 2)
        elif line_start and source[at] == ">":
            self.quote = self.offset if self.quote is None else self.quote
            self.at += 1
        elif source[at] == "`":
            self._code("```" if source.startswith("```", at) else "`")
        elif mark:
            self._toggle(mark)
        elif source[at] == "[":
            self._push("text_link", 1)
        elif source[at] == "]" and self.stack and self.stack[-1][0] == "text_link":
            self._link()
        elif source[at] in _RESERVED:
            raise cant_parse_entities(
                f"Character '{source[at]}' is reserved and must be escaped with the preceding '\\'",
            )
        else:
            self._emit(source[at], 1)

    def _emit(self, text: str, consumed: int) -> None:
        self.parts.append(text)
        self.offset += utf16_length(text)
        self.at += consumed

    def _push(self, kind: str, consumed: int) -> None:
        self.stack.append((kind, self.offset, self.at))
        self.at += consumed

    def _toggle(self, mark: str) -> None:
        kind = _MARKS[mark]
        if self.stack and self.stack[-1][0] == kind:
            self._add(kind, self.stack.pop()[1])
            self.at += len(mark)
        elif any(opened == kind for opened, _, _ in self.stack):
            opened, _, begin = self.stack[-1]
            raise cant_parse_entities(
                f"Can't find end of {_NAMES[opened]} entity at byte offset {self._byte(begin)}",
            )
        else:
            self._push(kind, len(mark))

    def _add(self, kind: str, start: int, **more: str) -> None:
        if self.offset > start:
            entity = {"type": kind, "offset": start, "length": self.offset - start}
            self.entities.append({**entity, **more})

    def _code(self, fence: str) -> None:
        begin, start = self.at, self.offset
        self.at += len(fence)
        while not self.source.startswith(fence, self.at):
            if self.at >= len(self.source):
                name = "Pre" if fence == "```" else "Code"
                raise cant_parse_entities(
                    f"Can't find end of {name} entity at byte offset {self._byte(begin)}",
                )
            escaped = self.source[self.at] == "\\" and self.at + 1 < len(self.source)
            self._emit(self.source[self.at + escaped], 1 + escaped)
        self.at += len(fence)
        self._add("pre" if fence == "```" else "code", start)

    def _link(self) -> None:
        _, start, _ = self.stack.pop()
        end = self.source.find(")", self.at + 2)
        if not self.source.startswith("](", self.at) or end < 0:
            raise cant_parse_entities(
                f"Can't find end of a URL at byte offset {self._byte(self.at + 2)}",
            )
        url = self.source[self.at + 2 : end].replace("\\", "")
        self.at = end + 1
        if link_problem(url) is None:
            self._add("text_link", start, url=url)

    def _end_quote(self) -> None:
        if self.quote is not None:
            self._add("blockquote", self.quote)
            self.quote = None

    def _byte(self, index: int) -> int:
        return len(self.source[:index].encode())
