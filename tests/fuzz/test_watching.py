"""What watches over the targets sees what it is there for."""

import time

import pytest
import structlog

from tests.fuzz.answers import Answer, conforms
from tests.fuzz.ground import ground
from tests.fuzz.watching import PERSONAL, SECRETS, Finding, bounded

HEADERS = [
    ("x-content-type-options", "nosniff"),
    ("content-security-policy", "x"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
]
HTML = [("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store")]


async def logging(**what: str) -> None:
    structlog.get_logger("test").debug("something", **what)


@pytest.mark.parametrize(
    "told", [SECRETS["telegram webhook secret"], SECRETS["privacy secret"], *PERSONAL.values()]
)
def test_a_secret_or_a_person_in_the_log_is_seen(told: str) -> None:
    with pytest.raises(Finding, match="the log tells"):
        ground().does(lambda: logging(why=f"it was {told} there"))


def test_a_failure_in_the_log_is_seen() -> None:
    with pytest.raises(Finding, match="page failed"):
        ground().does(lambda: logging(said="page failed", error="ValueError"))


def test_what_is_all_right_is_let_pass() -> None:
    ground().does(lambda: logging(why="nothing"))
    conforms(Answer(200, [*HEADERS, *HTML], b'<html lang="vi">'), "GET /")


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (Answer(500, [*HEADERS, *HTML], b'<html lang="vi">'), "status 500"),
        (Answer(200, HTML, b'<html lang="vi">'), "without x-content-type-options"),
        (Answer(200, [*HEADERS, *HTML], b"<html>"), "without its language"),
        (Answer(200, [*HEADERS, HTML[0]], b'<html lang="vi">'), "may be kept"),
        (Answer(200, [*HEADERS, ("content-type", "text/html")], b"a"), "text of the type"),
        (Answer(200, [*HEADERS, ("x", "a\nb")]), "control characters"),
        (Answer(404, [*HEADERS, *HTML], SECRETS["metrics token"].encode()), "tells the metrics"),
        (Answer(404, [*HEADERS, *HTML], b'<html lang="vi">  File "/x.py"'), "shows a trace"),
        (Answer(), "no answer"),
    ],
)
def test_an_answer_that_is_not_as_it_should_be_is_seen(answer: Answer, wrong: str) -> None:
    with pytest.raises(Finding, match=wrong):
        conforms(answer, "GET /")


def test_an_input_that_takes_too_long_is_seen() -> None:
    with pytest.raises(Finding, match="too long"), bounded("it", most=0.01):
        began = time.process_time()
        while time.process_time() - began < 0.02:
            pass
