"""A wire to a server that can go dead without breaking: nothing comes through, nobody is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from environment import Url


class Wire:
    """Forwards connections from ``port`` of this machine to a server."""

    def __init__(self, target: Url) -> None:
        self._target = target
        self._open = asyncio.Event()
        self._open.set()
        self._pumps: set[asyncio.Task[None]] = set()
        self._sinks: list[asyncio.StreamWriter] = []
        self.accepted = 0
        self.port = 0

    @property
    def url(self) -> Url:
        """The address of the server by way of this wire."""
        return Url(self._target.replace(f":{self._target.port(0)}/", f":{self.port}/"))

    def hold(self) -> None:
        """Let nothing more come back from the server."""
        self._open.clear()

    def release(self) -> None:
        """Let through what was held, in its order."""
        self._open.set()

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Join one client to the server, in both directions."""
        self.accepted += 1
        back = await asyncio.open_connection(self._target.host, self._target.port(0))
        for source, sink, held in ((reader, back[1], False), (back[0], writer, True)):
            self._sinks.append(sink)
            pump = asyncio.create_task(self._pump(source, sink, held=held))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, held: bool
    ) -> None:
        try:
            with suppress(ConnectionError):
                while part := await source.read(65536):
                    if held:
                        await self._open.wait()
                    sink.write(part)
                    await sink.drain()
        finally:
            sink.close()

    async def cut(self) -> None:
        """End every connection."""
        pumps = list(self._pumps)
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        await asyncio.gather(*(sink.wait_closed() for sink in self._sinks), return_exceptions=True)


@asynccontextmanager
async def wired(target: str) -> AsyncIterator[Wire]:
    """Lay a wire to a server."""
    wire = Wire(Url(target))
    server = await asyncio.start_server(wire.connect, "127.0.0.1", 0)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        server.close()
        await wire.cut()
        await server.wait_closed()
