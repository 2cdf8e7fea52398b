"""A customer who speaks HTTP: one client for every test that asks the shop something."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from tests.leaks import assert_discreet, assert_discreet_message


@dataclass(frozen=True)
class Reply:
    """Status, headers (without regard to case) and body of one reply."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)

    @property
    def code(self) -> int:
        """The code of the envelope."""
        code = self.json["code"]
        assert type(code) is int
        return code


class Client:
    """Asks one server; paths are sent exactly as they are given, no reply may hold a secret."""

    def __init__(self, session: aiohttp.ClientSession, port: int) -> None:
        self._session = session
        self.port = port

    async def send(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> Reply:
        """Send any request; ``content_type="…"`` becomes the header ``Content-Type``."""
        url = URL(f"http://127.0.0.1:{self.port}{path}", encoded=True)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self._session.request(
            method, url, data=body, headers=named, allow_redirects=False
        ) as reply:
            answer = Reply(reply.status, reply.headers.copy(), await reply.read())
        assert_discreet("\n".join(answer.headers.values()).encode())
        assert_discreet(answer.body)
        return answer

    async def get(self, path: str, *, query: Mapping[str, Any] | None = None, **head: str) -> Reply:
        """Ask for a path, with query parameters."""
        return await self.send("GET", f"{path}?{urlencode(query)}" if query else path, **head)

    async def post(self, path: str, value: Any, **headers: str) -> Reply:
        """Send a value as JSON."""
        body = json.dumps(value, ensure_ascii=False).encode()
        return await self.send("POST", path, body, **{"content_type": "application/json"} | headers)

    async def post_form(self, path: str, **fields: str) -> Reply:
        """Send a real form."""
        label = "application/x-www-form-urlencoded"
        return await self.send("POST", path, urlencode(fields).encode(), content_type=label)

    async def raw(self, message: bytes, *, patience: float = 5) -> bytes:
        """Send bytes on a connection of their own; return all that comes until it is closed."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(message)
            async with asyncio.timeout(patience):
                answer = await reader.read()
        finally:
            writer.close()
        assert_discreet_message(answer)
        return answer


@asynccontextmanager
async def customer(port: int) -> AsyncIterator[Client]:
    """Open a client for the server on a port."""
    limits = aiohttp.ClientTimeout(total=30)
    bare = ("Accept-Encoding", "Content-Type", "User-Agent")
    async with aiohttp.ClientSession(timeout=limits, skip_auto_headers=bare) as session:
        yield Client(session, port)
