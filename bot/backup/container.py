"""The file: gzip of lines of JSON. A header, each table's rows, and last a checksum of it all."""

import gzip
import hashlib
import hmac
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import IO, Any, BinaryIO

from storage.keys import Keys

FORMAT = 1
_LONGEST_LINE = 64 * 2**20
_LEVEL = 3  # of 9: names and hashes hardly shrink further, and take thrice as long
_AT_ONCE = 1 << 18


# What values of other types and shapes than ours lead to.
FOREIGN = (AttributeError, LookupError, OverflowError, TypeError, ValueError)


class Damaged(Exception):
    """Not a whole backup; the text says where it ends to be one."""


@dataclass(frozen=True)
class Header:
    """What a backup says of itself. `counts` by table in the order they stand in; `numbers` are the
    newest number each table ever gave a row; `secrets` names, for whoever has them, the secrets that
    were in use, the newest first; `made` is UTC."""

    revision: str
    program: str
    made: str
    demo: bool
    secrets: list[str]
    counts: dict[str, int]
    columns: dict[str, list[str]]
    numbers: dict[str, int] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def total(self) -> int:
        """How many rows it holds."""
        return sum(self.counts.values())


def secret_names(keys: Keys) -> list[str]:
    """A name for each secret in use, the newest first; it tells nothing of the secret."""
    return keys.pseudonyms("backup", "secret")


class Sealing:
    """Writes the lines and, at its end, their checksum and a keyed hash of it."""

    def __init__(self, stream: BinaryIO, keys: Keys) -> None:
        self._zip = gzip.GzipFile("", "wb", _LEVEL, stream, mtime=0)
        self._hash, self._keys = hashlib.sha256(), keys
        self._lines: list[bytes] = []
        self._size = 0

    def line(self, content: object) -> None:
        """One line."""
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        line = text.encode("utf-8", "surrogatepass") + b"\n"
        self._lines.append(line)
        self._size += len(line)
        if self._size >= _AT_ONCE:
            self._flush()

    def header(self, header: Header) -> None:
        """The first line."""
        self.line(asdict(header))

    def close(self) -> None:
        """The last line; then the compressed stream is whole."""
        self._flush()
        digest = self._hash.hexdigest()
        end = {"sha256": digest, "mac": self._keys.pseudonym("backup", "content", digest)}
        self._zip.write(json.dumps(end).encode() + b"\n")
        self._zip.close()

    def _flush(self) -> None:
        data = b"".join(self._lines)
        self._lines, self._size = [], 0
        self._hash.update(data)
        self._zip.write(data)


@dataclass(frozen=True)
class End:
    """The checksum found, the one the file names, and the keyed hash of that."""

    found: str
    named: str
    mac: str

    @property
    def whole(self) -> bool:
        """Whether every byte is as it was written."""
        return hmac.compare_digest(self.found, self.named)

    def made_with(self, keys: Keys) -> bool:
        """Whether whoever wrote it had a secret of ours."""
        names = keys.pseudonyms("backup", "content", self.named)
        return any(hmac.compare_digest(each, self.mac) for each in names)


class Lines:
    """The lines between the first and the last as they come; `end` after the last of them."""

    def __init__(self, stream: IO[bytes]) -> None:
        stream.seek(0)
        self._zip = gzip.GzipFile(fileobj=stream, mode="rb")
        self._hash = hashlib.sha256()
        self.end: End | None = None
        with _told():
            first = self._zip.readline(_LONGEST_LINE)
            self._hash.update(first)
            self.header = _header(first)

    def __iter__(self) -> Iterator[bytes]:
        before: bytes | None = None
        with _told():
            while line := self._zip.readline(_LONGEST_LINE):
                if before is not None:
                    self._hash.update(before)
                    yield before
                before = line
            self.end = _end(before, self._hash.hexdigest())


def _header(line: bytes) -> Header:
    content = json.loads(line)
    if not isinstance(content, dict) or not isinstance(content.get("format"), int):
        raise Damaged("no header")
    if content["format"] > FORMAT:  # what a later release writes may mean anything
        known = ("revision", "program", "made", "demo")
        of_all: dict[str, Any] = {"secrets": [], "counts": {}, "columns": {}}
        return Header(**{name: content[name] for name in known}, **of_all, format=content["format"])
    return Header(**content)


def _end(line: bytes | None, found: str) -> End:
    content = json.loads(line or b"null")
    if not isinstance(content, dict) or set(content) != {"sha256", "mac"}:
        raise Damaged("it ends before its end")
    return End(found, str(content["sha256"]), str(content["mac"]))


@contextmanager
def _told() -> Iterator[None]:
    """Whatever is wrong with the bytes is one thing to the caller."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error, RecursionError, *FOREIGN) as error:
        raise Damaged(type(error).__name__) from error
