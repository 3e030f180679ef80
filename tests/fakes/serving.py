"""A server of a fake: uvicorn's, which looks every tenth of a second whether it is to end."""

import asyncio
import socket
import time

import uvicorn

LOOKS_EVERY_S = 0.005


class Server(uvicorn.Server):
    """Ends at once when it is told to; answers that are under way get a second."""

    async def main_loop(self) -> None:
        await self.on_tick(0)
        while not self.should_exit:
            await asyncio.sleep(LOOKS_EVERY_S)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        deadline = time.monotonic() + (self.config.timeout_graceful_shutdown or 1)
        while self.server_state.connections or self.server_state.tasks:
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(LOOKS_EVERY_S)
        for task in self.server_state.tasks:
            task.cancel()
