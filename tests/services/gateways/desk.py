"""A real HTTP server that stands for a payment provider, in the loop of the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from scripts.stack.ports import LOOPBACK
from services.gateways.remote import Patience

SHORT = Patience(total=1.0, connect=0.5, read=0.8, tries=1)
TWICE = Patience(total=1.0, connect=0.5, read=0.8, tries=2)


@dataclass(frozen=True)
class Pair:
    """A key for tests in the form everybody reads, and its other half."""

    private: str
    public: str

    @classmethod
    def drawn(cls, bits: int = 2048) -> Pair:
        key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return cls(private.decode(), public.decode())


@dataclass(frozen=True)
class Asked:
    """A request as it came: ``target`` is the path with its query, not decoded."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


def lost(asked: Asked) -> None:
    """A fault: the question came, its answer never does."""
    del asked


@dataclass
class Desk:
    """Answers with ``answer`` what nothing in ``faults`` comes before; keeps what was asked."""

    answer: Callable[[Asked], web.Response]
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    faults: list[Callable[[Asked], web.Response | None]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    async def handle(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = Asked(request.method, request.raw_path, headers, await request.read())
        self.asked.append(asked)
        reply = self.faults.pop(0)(asked) if self.faults else self.answer(asked)
        if reply is None:  # the answer is lost
            assert request.transport is not None
            request.transport.abort()
            await asyncio.sleep(0)
            return web.Response()
        return reply


@asynccontextmanager
async def served(answer: Callable[[Asked], web.Response]) -> AsyncIterator[Desk]:
    """Serve on a port of its own."""
    desk = Desk(answer)

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        assert isinstance(request, web.BaseRequest)
        return await desk.handle(request)  # type: ignore[arg-type]  # no routes, no Request

    runner = web.ServerRunner(web.Server(handle))
    await runner.setup()
    try:
        site = web.TCPSite(runner, LOOPBACK, 0)
        await site.start()
        assert runner.addresses
        desk.port = runner.addresses[0][1]
        yield desk
    finally:
        await runner.cleanup()
