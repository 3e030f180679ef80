"""Structured logs without tokens or people; Prometheus metrics."""

import contextlib
import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import stamina.instrumentation
import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

# A Telegram or Zalo bot token stands in URLs and in exception texts of HTTP clients.
_TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}")
_PERSONAL = {"chat", "person", "address", "text", "comment", "name", "email", "token", "secret"}
HIDDEN = "[hidden]"

REGISTRY = CollectorRegistry()
UPDATES = Counter(
    "updates_total", "Updates by channel and outcome", ["channel", "outcome"], registry=REGISTRY
)
HOOKS = Counter(
    "hooks_total",
    "Posts of messengers by what they were answered",
    ["channel", "status"],
    registry=REGISTRY,
)
HANDLING = Histogram(
    "handling_seconds",
    "Time from update to commit",
    ["channel"],
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
SENDS = Counter(
    "sends_total", "Sends by channel and result", ["channel", "result"], registry=REGISTRY
)
WAITING = Gauge("outbox_messages", "Messages not yet sent", ["channel", "lane"], registry=REGISTRY)
MONTH = Gauge("messages_this_month", "Messages sent in this month", ["channel"], registry=REGISTRY)
QUOTA = Gauge(
    "monthly_quota",
    "Messages a month that the channel's plan allows",
    ["channel"],
    registry=REGISTRY,
)
DOORS = Gauge("door_up", "1 if this channel works", ["channel"], registry=REGISTRY)
ZALO_OA_TOKEN = Gauge(
    "zalo_oa_token_valid_seconds",
    "How long the access token of the Official Account still works",
    registry=REGISTRY,
)
JOBS = Histogram("job_seconds", "Run time of a job", ["job"], registry=REGISTRY)
JOB_FAILURES = Counter("job_failures_total", "Jobs that raised", ["job"], registry=REGISTRY)
JOB_DONE = Gauge(
    "job_done_timestamp_seconds", "When a job last ended well", ["job"], registry=REGISTRY
)
DATABASE = Gauge("database_up", "1 if the database answers", registry=REGISTRY)
LAST_BACKUP = Gauge(
    "last_backup_timestamp_seconds", "When the last backup was made, 0 if never", registry=REGISTRY
)
DISK_FREE = Gauge(
    "disk_free_bytes", "What is free on the disk of the SQLite file", registry=REGISTRY
)


def redacted(text: str) -> str:
    """The text without anything shaped like a bot token."""
    return _TOKEN.sub(HIDDEN, text)


def _redact(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in list(event.items()):
        if key in _PERSONAL:
            event[key] = HIDDEN
        elif isinstance(value, str):
            event[key] = redacted(value)
    return event


def where(error: BaseException) -> dict[str, str]:
    """What the log may know of an error: its type and place, never its text (it may quote a person)."""
    frames = traceback.extract_tb(error.__traceback__)
    trail = " > ".join(
        f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno} {frame.name}" for frame in frames[-6:]
    )
    return {"error": type(error).__name__, "trail": trail}


class _Plain(logging.Handler):
    """Lines of libraries go through the same redaction and format."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger(record.name)
        extra = where(record.exc_info[1]) if record.exc_info and record.exc_info[1] else {}
        log.log(record.levelno, redacted(record.getMessage()), **extra)


class _Steadfast:
    """Standard error; a line that cannot be written, on a full disk or with nobody reading any
    more, is lost: what the program does goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            return self._stream.write(text)
        return 0

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.flush()


def set_up_logs(level: str = "INFO", *, json: bool = True) -> None:
    """Configure logging of the whole process, once, to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _redact,
            structlog.processors.JSONRenderer(ensure_ascii=False)
            if json
            else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Steadfast(sys.stderr))),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Plain()]
    root.setLevel(logging.WARNING)  # httpx logs every URL at INFO, and the token is in it
    logging.getLogger("uvicorn.access").disabled = True
    stamina.instrumentation.set_on_retry_hooks([])  # its default hook logs arguments
