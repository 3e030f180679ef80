"""A wire between a program and a server: it may be cut, fall silent, or lead to several in turn."""

import asyncio
import itertools
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

Target = str | int  # a socket's path, or a port of this machine


class Wire:
    """Relays TCP from a port of its own. Each new connection goes to the next target that answers.

    `cut`: every connection is closed and none is taken. `hush`: connections stay and are taken, but
    nothing comes through, as when a machine or network is gone. `mend` ends both.
    """

    def __init__(self, *targets: Target) -> None:
        self._targets = list(targets)
        self._turn = itertools.count()
        self._loop = asyncio.new_event_loop()
        self._flows = asyncio.Event()
        self._flows.set()
        self._cut = False
        self._links: set[asyncio.Task[None]] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._run, name="wire", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def cut(self) -> None:
        self._do(self._do_cut)

    def hush(self) -> None:
        self._do(self._flows.clear)

    def mend(self) -> None:
        self._do(self._do_mend)

    def _do(self, what: Callable[[], object]) -> None:
        done = threading.Event()
        self._loop.call_soon_threadsafe(lambda: _both(what, done))
        assert done.wait(5)

    def _do_cut(self) -> None:
        self._cut = True
        for link in self._links:
            link.cancel()

    def _do_mend(self) -> None:
        self._cut = False
        self._flows.set()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._taken, sock=self._listener)
        )
        try:
            self._loop.run_forever()
        finally:
            server.close()
            links = list(self._links)
            for link in links:
                link.cancel()
            self._loop.run_until_complete(asyncio.gather(*links, return_exceptions=True))
            self._loop.close()

    def _taken(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = self._loop.create_task(self._relay(reader, writer))
        self._links.add(link)
        link.add_done_callback(self._links.discard)

    async def _relay(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        there: asyncio.StreamWriter | None = None
        try:
            if self._cut:
                return
            await self._flows.wait()
            far, there = await self._connect()
            ways = [
                asyncio.create_task(self._pump(near, there)),
                asyncio.create_task(self._pump(far, back)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
        except OSError:
            return
        finally:
            for writer in (back, there):
                if writer is not None:
                    writer.transport.abort()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        first = next(self._turn)
        for number in range(len(self._targets)):
            target = self._targets[(first + number) % len(self._targets)]
            try:
                if isinstance(target, str):
                    return await asyncio.open_unix_connection(target)
                return await asyncio.open_connection("127.0.0.1", target)
            except OSError:
                continue
        raise ConnectionRefusedError

    async def _pump(self, source: asyncio.StreamReader, drain: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            await self._flows.wait()
            drain.write(data)
            await drain.drain()


def _both(what: Callable[[], object], done: threading.Event) -> None:
    what()
    done.set()
