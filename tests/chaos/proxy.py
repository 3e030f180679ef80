"""Stands between the programs and PostgreSQL: passes on, refuses, cuts, or swallows everything."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Coroutine
from typing import Any, Literal, Self

Mode = Literal["open", "refusing", "swallowing"]


class Proxy:
    """Listens on 127.0.0.1 and passes on to a UNIX socket, in a thread of its own."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._server: asyncio.Server | None = None
        self._pipes: set[asyncio.Task[None]] = set()
        self._flowing = asyncio.Event()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    def __enter__(self) -> Self:
        self._thread.start()
        self.set("open")
        return self

    def __exit__(self, *_: object) -> None:
        self.set("refusing")
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def set(self, mode: Mode) -> None:
        """From now on."""
        self._do(self._set(mode))

    def cut(self) -> None:
        """Break every connection there is; new ones are welcome."""
        self._do(self._cut())

    def _do(self, what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(5)

    async def _set(self, mode: Mode) -> None:
        if mode == "refusing":
            if self._server is not None:
                self._server.close()
                self._server = None
            await self._cut()
            return
        if self._server is None:
            self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", self.port)
        (self._flowing.set if mode == "open" else self._flowing.clear)()

    async def _cut(self) -> None:
        for pipe in list(self._pipes):
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    async def _pass_on(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._pipes.add(task)
        writers = [back]
        try:
            await self._flowing.wait()
            far, forth = await asyncio.open_unix_connection(self._target)
            writers.append(forth)
            ways = [asyncio.create_task(self._pump(near, forth))]
            ways.append(asyncio.create_task(self._pump(far, back)))
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            self._pipes.discard(task)
            for writer in writers:
                writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
