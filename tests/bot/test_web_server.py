"""The server inside the program: listens, serves, stops, and leaves signals to their owner."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.channels.base import Broken
from bot.channels.web import WebChannel
from bot.config import WebSettings
from bot.web.app import server
from handlers.messages import Text, reply
from storage.keys import Keys
from tests.bot.web_site import Site, furnished_site
from tests.conftest import Clock


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
async def site(sqlite_url: str, keys: Keys, clock: Clock) -> AsyncIterator[Site]:
    async with furnished_site(sqlite_url, keys, clock) as furnished:
        yield furnished


async def test_it_serves_until_told_to_stop_and_touches_no_signal_handler(site: Site) -> None:
    before = signal.getsignal(signal.SIGTERM)
    web = WebSettings(port=free_port())
    serving = server(site.app(), web)
    task = asyncio.create_task(serving.serve())
    while not serving.started:
        await asyncio.sleep(0.01)
    assert signal.getsignal(signal.SIGTERM) is before
    async with httpx.AsyncClient() as client:
        response = await client.get(f"http://127.0.0.1:{web.port}/healthz")
    assert response.status_code == 200
    assert "server" not in response.headers
    serving.should_exit = True
    await asyncio.wait_for(task, 10)


async def test_a_taken_port_is_an_error_to_report_not_an_exit(site: Site) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(OSError, match="in use"):
            await server(site.app(), WebSettings(port=other.getsockname()[1])).serve()


async def test_the_web_door_is_always_open_and_names_the_desks_page(site: Site) -> None:
    channel = WebChannel("https://danhgia.example.vn", site.letterbox)
    door = channel.door("Q1")
    assert channel.state.up
    assert door is not None
    assert door.url == "https://danhgia.example.vn/q/Q1"


async def test_nothing_is_ever_sent_to_a_page(site: Site) -> None:
    channel = WebChannel("http://127.0.0.1:8080", site.letterbox)
    with pytest.raises(Broken):
        await channel.send("x", reply(Text(text="Hello")), None)
