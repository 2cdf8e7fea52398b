"""One way to ask a third party over HTTP: one set of time-outs, one way to fail.

No redirects are followed, no cookies kept, no proxy of the environment used, and no more bytes
read than agreed. Texts of errors never hold an address or an answer: both may hold
codes and tokens.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import aiohttp
import msgspec
import stamina
from yarl import URL

from models.errors import RemoteFailed
from services.gateways.circuit import Circuit, CircuitOpen

LARGEST_ANSWER = 256 * 1024
CHUNK = 16 * 1024
IDLE_SECONDS = 4.0
"""Shorter than servers usually keep a quiet connection: a code that may be sent only once must not
be sent into one that the other side is just closing."""
PASSING = frozenset({408, 425, 429})
"""Statuses below 500 that say "later", not "no" (RFC 9110, RFC 6585, RFC 8470)."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds for one call, and how often one that is safe to repeat is made."""

    total: float = 5.0
    connect: float = 2.0
    read: float = 4.0
    tries: int = 2


@dataclass(frozen=True, slots=True)
class Question:
    """One request. Its parts do not show in logs: they hold secrets."""

    url: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, whatever its status; ``headers`` are looked up without regard to case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@asynccontextmanager
async def open_session() -> AsyncIterator[aiohttp.ClientSession]:
    """Open the connections that all third parties share."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(keepalive_timeout=IDLE_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
    ) as session:
        yield session


class Remote:
    """One third party. ``provider`` names it in errors and metrics."""

    def __init__(
        self,
        provider: str,
        session: aiohttp.ClientSession,
        *,
        patience: Patience | None = None,
        circuit: Circuit | None = None,
    ) -> None:
        self.provider = provider
        self.circuit = circuit or Circuit(provider)
        self._session = session
        self._patience = patience or Patience()

    async def ask(self, question: Question, shape: type[T], *, repeatable: bool = False) -> T:
        """Ask and read the JSON answer, whatever its content type, into ``shape``.

        Only a ``repeatable`` question is asked again when it fails. Raises ``RemoteFailed``;
        ``lasting`` when the status is a plain refusal (4xx).
        """

        def read(reply: Reply) -> T:
            self._check(reply.status)
            try:
                return msgspec.json.decode(reply.body, type=shape)
            except (msgspec.DecodeError, UnicodeDecodeError) as fault:
                raise self.disagreed() from fault

        return await self.exchange(lambda: question, read, repeatable=repeatable)

    async def exchange(
        self,
        made: Callable[[], Question],
        read: Callable[[Reply], T],
        *,
        repeatable: bool = False,
        largest: int = LARGEST_ANSWER,
    ) -> T:
        """Ask and return what ``read`` makes of the reply of any status, up to ``largest`` bytes.

        The question is made anew for every try: it may carry a time and a signature. What ``read``
        raises, a ``RemoteFailed``, counts like a reply that never came.
        """
        tries = self._patience.tries if repeatable else 1
        attempts = stamina.retry_context(
            on=_may_pass, attempts=tries, timeout=None, wait_initial=0.1, wait_max=0.5
        )
        async for attempt in attempts:
            with attempt, self.circuit.call():
                return read(await self._reply(made(), largest))
        raise AssertionError("an attempt returns or raises")

    def disagreed(self) -> RemoteFailed:
        """Return the failure of an answer that cannot be read."""
        return RemoteFailed(self.provider, "the answer is not of the agreed shape")

    async def _reply(self, question: Question, largest: int) -> Reply:
        patience = self._patience
        try:
            async with self._session.request(
                question.method,
                URL(question.url, encoded=True),  # as it stands: signatures cover it
                data=question.body or None,
                headers=question.headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(
                    total=patience.total, connect=patience.connect, sock_read=patience.read
                ),
            ) as response:
                body = await self._bounded(response.content, largest)
                return Reply(response.status, response.headers, body)
        except (aiohttp.ClientError, OSError) as fault:  # time-outs are OSErrors
            raise RemoteFailed(self.provider, f"no answer ({type(fault).__name__})") from fault

    def _check(self, status: int) -> None:
        if not 200 <= status < 300:
            lasting = 400 <= status < 500 and status not in PASSING
            raise RemoteFailed(self.provider, f"status {status}", lasting=lasting)

    async def _bounded(self, content: aiohttp.StreamReader, largest: int) -> bytes:
        answer = bytearray()
        async for chunk in content.iter_chunked(CHUNK):
            answer += chunk
            if len(answer) > largest:
                raise RemoteFailed(self.provider, "the answer is too large")
        return bytes(answer)


def _may_pass(fault: Exception) -> bool:
    """Tell whether asking again at once may help."""
    return (
        isinstance(fault, RemoteFailed) and not fault.lasting and not isinstance(fault, CircuitOpen)
    )
