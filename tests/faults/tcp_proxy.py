"""A proxy between the shop and MariaDB that knows packets, and cuts while orders are committed."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from environment import Url

QUERY = 0x03
COMMIT = bytes([QUERY]) + b"COMMIT"
BEGIN = bytes([QUERY]) + b"START TRANSACTION"
WRITTEN = (b"INTO orders_idempotency", b"INTO goods_stock_ledger")
"""What only a transaction says that places or closes an order."""


class Proxy:
    """``cuts`` are left to be made: each is ``before`` the server sees a commit, or ``after``."""

    def __init__(self, target: Url) -> None:
        self.port = 0
        self.cuts: list[str] = []
        self.made = 0
        self._target = target
        self._calls: set[asyncio.Task[None]] = set()

    async def connect(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Carry one connection until a side hangs up or it is cut."""
        back = await asyncio.open_connection(self._target.host, self._target.port(3306))
        call = asyncio.current_task()
        assert call is not None
        self._calls.add(call)
        answers = asyncio.create_task(self._carry(back[0], writer))
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._watch(reader, back, answers)
        finally:
            self._calls.discard(call)
            answers.cancel()
            for end in (writer, back[1]):
                end.transport.abort()

    async def hang_up(self) -> None:
        """End every connection."""
        for call in list(self._calls):
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    async def _carry(self, source: StreamReader, sink: StreamWriter) -> None:
        with suppress(ConnectionError):
            while part := await source.read(65536):
                sink.write(part)
                await sink.drain()
        sink.close()

    async def _watch(
        self,
        source: StreamReader,
        back: tuple[StreamReader, StreamWriter],
        answers: asyncio.Task[None],
    ) -> None:
        """Pass packets on to the server; return when the connection is to be cut."""
        watched = False
        while True:
            head = await source.readexactly(4)
            packet = await source.readexactly(int.from_bytes(head[:3], "little"))
            writing = any(table in packet for table in WRITTEN)
            watched = (watched and packet != BEGIN) or writing
            if packet == COMMIT and watched and self.cuts:
                self.made += 1
                if self.cuts.pop(0) == "after":
                    # Nobody else may read the answer, which proves that it is committed.
                    answers.cancel()
                    await asyncio.gather(answers, return_exceptions=True)
                    back[1].write(head + packet)
                    await back[0].readexactly(5)
                return
            back[1].write(head + packet)
            await back[1].drain()


@asynccontextmanager
async def proxied(target: str) -> AsyncIterator[Proxy]:
    """Stand before a server."""
    proxy = Proxy(Url(target))
    server = await asyncio.start_server(proxy.connect, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await proxy.hang_up()
        await server.wait_closed()
