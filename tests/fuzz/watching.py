"""What must hold whatever comes in: nothing fails, nothing is told that is secret or somebody's."""

import io
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from bot.observability import set_up_logs

BOUND_S = 3.0  # of processor time for one input: a loaded machine does not make it longer

# Each stands nowhere but in the settings or in what a person sends.
SECRETS = {
    "telegram token": "900001:AAFuzzedTokenOfTelegram0123456789abc",
    "zalo token": "900002:ZZFuzzedTokenOfZaloBot0123456789abcd",
    "telegram webhook secret": "fuzzed-hook-secret-of-telegram",
    "zalo webhook secret": "fuzzed-hook-secret-of-zalo",
    "zalo app secret": "fuzzedZaloAppSecret",
    "zalo oa secret": "fuzzedZaloOaSecret",
    "zalo refresh token": "fuzzedZaloRefreshToken",
    "metrics token": "fuzzed-metrics-token",
    "privacy secret": "fuzzed privacy secret that is long enough",
}
PERSONAL = {
    "typed text": "Quýt-hồng-4242",
    "chat": "7788991122",
    "name": "Zxcvname",
    "address": "203.0.113.9",
    "stored": "Zqcomment",
    "stored name": "Zqname",
}
_FAILURES = (
    "handler failed",
    "page failed",
    "update failed, passed over",
    "event failed, passed over",
    "cannot look for messages",
    "messages cannot be shown",
    "never retrieved",
    "Exception in callback",
)
_TRACES = ("Traceback (most recent call last)", 'File "/')


class Finding(AssertionError):
    """Something that must not be; `what` is the same for the same fault."""

    def __init__(self, what: str, detail: str = "") -> None:
        super().__init__(f"{what}\n{detail}" if detail else what)
        self.what = what


@dataclass
class Log:
    """Everything the program logs, as in production but at DEBUG."""

    stream: io.StringIO = field(default_factory=io.StringIO)

    def __post_init__(self) -> None:
        self._here = structlog.PrintLoggerFactory(self.stream)

    def set_up(self) -> None:
        """Let the program log here; a test before may have changed that."""
        if structlog.get_config()["logger_factory"] is not self._here:
            set_up_logs("DEBUG")
            structlog.configure(**structlog.get_config() | {"logger_factory": self._here})

    def taken(self) -> str:
        """What was logged since the last time."""
        said = self.stream.getvalue()
        self.stream.seek(0)
        self.stream.truncate()
        return said

    def check(self) -> None:
        """No failure, no secret, nobody's words in what was logged since the last time."""
        said = self.taken()
        tell_nothing("the log", said, personal=True)
        for line in said.splitlines():
            if failure := next((each for each in _FAILURES if each in line), None):
                raise Finding(f"{failure}: {_where(line)}", line)


def _where(line: str) -> str:
    try:
        told = json.loads(line)
    except ValueError:
        return line[:200]
    trail = str(told.get("trail", "")).rsplit(" > ", maxsplit=1)[-1]
    return f"{told.get('error', '')} {trail}"


def tell_nothing(where: str, said: str, *, personal: bool) -> None:
    """Raise if a text tells a secret, a trace, or (where it must not) something of a person."""
    for name, secret in SECRETS.items():
        telling = secret.rpartition(":")[2]  # a bot's number is no secret
        if telling in said:
            raise Finding(f"{where} tells the {name}", _around(said, telling))
    for trace in _TRACES:
        if trace in said:
            raise Finding(f"{where} shows a trace", _around(said, trace))
    if not personal:
        return
    for name, own in PERSONAL.items():
        if own in said:
            raise Finding(f"{where} tells a person's {name}", _around(said, own))


def _around(said: str, what: str) -> str:
    at = said.find(what)
    return said[max(0, at - 200) : at + 300]


@contextmanager
def bounded(what: str, most: float = BOUND_S) -> Iterator[None]:
    """Raise if this takes longer than it may."""
    began = time.process_time()
    yield
    took = time.process_time() - began
    if took > most:
        raise Finding(f"{what} takes too long", f"{took:.1f} s")
