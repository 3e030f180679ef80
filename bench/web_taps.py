"""A rating tapped on the web page: form in, page out; beside a bare endpoint that stores one row.

Both are real programs that run from the start; in each round they take turns.
"""

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from bench.programs import PEERS, Running, free_port, ours, start
from bench.side_by_side import ROUNDS, Row
from bench.stub import Line, post

TAPS = 1500
AT_ONCE = 50
_FORM = "application/x-www-form-urlencoded"
_TOKEN = re.compile(r'name="token" value="([^"]+)"')
Requests = Callable[[int], Awaitable[list[bytes]]]


def rows() -> Iterator[Row]:
    """Web taps a second."""
    import uvloop

    with _folder() as name:
        found = uvloop.run(_measure(Path(name).resolve(), TAPS, ROUNDS))
    mine = found["ours"]
    what = "a FastAPI endpoint, one insert and commit,"
    for name, reference, bar in (
        ("tutorial", f"{what} SQLModel session", 0.5),
        ("driver", f"{what} bare sqlite3", 0.5),
        ("loop", f"{what} bare sqlite3 that blocks the event loop", None),
    ):
        yield Row(
            "web taps stored and answered with a page",
            reference,
            [each.rate / other.rate for each, other in zip(mine, found[name], strict=True)],
            bar,
            figures=f"{_rate(mine):,.0f}/s beside {_rate(found[name]):,.0f}/s; "
            f"CPU {_cpu(mine):.2f} ms a tap beside {_cpu(found[name]):.2f} ms",
        )


@dataclass(frozen=True)
class Round:
    """Taps a second, and the program's milliseconds of processor time for each."""

    rate: float
    cpu: float


def _rate(rounds: list[Round]) -> float:
    return median(each.rate for each in rounds)


def _cpu(rounds: list[Round]) -> float:
    return median(each.cpu for each in rounds)


def _folder() -> "TemporaryDirectory[str]":
    Path("var").mkdir(exist_ok=True)
    return TemporaryDirectory(prefix="webtaps", dir="var")  # a real disk: /tmp may be memory


async def _measure(folder: Path, taps: int, rounds: int) -> dict[str, list[Round]]:
    mine, port = ours(folder, ""), free_port()
    file, script = str(folder / "bare.sqlite"), str(PEERS / "web.py")
    bare = start(folder, "bare", port, sys.executable, script, file, str(port))
    turns = {
        "ours": (mine, _ours(mine)),
        "tutorial": (bare, _theirs(bare, "/q/Q1")),
        "driver": (bare, _theirs(bare, "/driver/Q1")),
        "loop": (bare, _theirs(bare, "/loop/Q1")),
    }
    found: dict[str, list[Round]] = {name: [] for name in turns}
    try:
        for program in (mine, bare):
            await program.ready()
        for number in range(rounds + 1):
            for name, (program, requests) in turns.items():
                ready, before = await requests(taps), program.cpu()
                rate = await _tapped(program, ready)
                if number:  # the first only warms up
                    cpu = (program.cpu() - before) / taps * 1000
                    found[name].append(Round(rate, cpu))
    finally:
        mine.stop()
        bare.stop()
    return found


def _ours(program: Running) -> Requests:
    """Every tap is somebody else's, with the signed token of a page that was opened for them."""
    day = f"{datetime.now(ZoneInfo('Asia/Ho_Chi_Minh')):%y%m%d}"

    async def requests(taps: int) -> list[bytes]:
        line = await Line.to(program.port)
        made = []
        for number in range(taps):
            status, page = await line.send(
                f"GET /q/Q1 HTTP/1.1\r\nHost: 127.0.0.1:{program.port}\r\n\r\n".encode()
            )
            found = _TOKEN.search(page.decode())
            assert status == HTTPStatus.OK, status
            assert found is not None
            form = {"token": found[1], "action": f"rate/Q1/{day}/1/5", "text": ""}
            made.append(
                _post(program.port, "/q/Q1", form, f"10.{number >> 8 & 255}.{number & 255}.9")
            )
        line.close()
        return made

    return requests


def _theirs(program: Running, path: str) -> Requests:
    async def requests(taps: int) -> list[bytes]:
        return [_post(program.port, path, {"level": "5"}, "10.0.0.9")] * taps

    return requests


def _post(port: int, path: str, form: dict[str, str], sender: str) -> bytes:
    """As a browser posts it behind a reverse proxy."""
    headers = (
        f"Accept-Language: vi\r\nOrigin: http://127.0.0.1:{port}\r\nX-Forwarded-For: {sender}\r\n"
    )
    return post(port, path, urlencode(form).encode(), headers, _FORM)


async def _tapped(program: Running, requests: list[bytes]) -> float:
    """Taps a second, so many people at once."""
    lines = [await Line.to(program.port) for _ in range(AT_ONCE)]
    left = iter(requests)

    async def person(line: Line) -> None:
        for request in left:
            status, page = await line.send(request)
            assert status == HTTPStatus.OK, (status, page[:500])

    began = perf_counter()
    await asyncio.gather(*map(person, lines))
    seconds = perf_counter() - began
    for line in lines:
        line.close()
    return len(requests) / seconds


def main(taps: int = 300) -> None:
    """A quick look."""
    import uvloop

    with _folder() as name:
        for each, rounds in uvloop.run(_measure(Path(name).resolve(), taps, 3)).items():
            rates = ", ".join(f"{one.rate:,.0f}" for one in rounds)
            print(f"{each:10} {rates} /s; {_cpu(rounds):.2f} ms of CPU a tap")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
