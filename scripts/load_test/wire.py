"""How a request gets to the shop and its answer into the journal."""

from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec
from yarl import URL

from scripts.load_test.journal import Entry, Journal, discreet
from scripts.load_test.plan import Customer

CONNECTIONS = 1024
"""Most connections of one process of the clients; who waits for one waits on the shop's account."""
STOPPED = "stopped"
encode = msgspec.json.Encoder().encode


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One request; ``base`` is another place than the shop, ``order_id`` what it is about."""

    kind: str
    method: str
    route: str
    path: str = ""
    body: dict[str, Any] | None = None
    key: str | None = None
    order_id: str | None = None
    base: str | None = None


class Placed(msgspec.Struct, frozen=True):
    """What the reply to a new order is read for."""

    order_id: str | int | None = None
    pay_url: str = ""


class Answer(msgspec.Struct, frozen=True):
    """Status of HTTP, business code; of a new order its number and where it is paid.

    Of a payment the state of the order.
    """

    status: int
    code: int | None = None
    order_id: str | None = None
    order_status: int | None = None
    pay_url: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the shop did what it was asked for."""
        return self.code == 200


class Envelope(msgspec.Struct, frozen=True):
    """The outside of every reply of the shop."""

    code: int | None = None
    status: int | None = None
    data: msgspec.Raw = msgspec.Raw(b"null")


class Sent(msgspec.Struct, frozen=True):
    """A request on its way: whose, of which client, when it was due and when it was sent.

    Moments are of the monotonic clock, in seconds.
    """

    customer: Customer
    client: str
    due: float
    begun: float


class Wire:
    """Sends requests to the targets in turn and writes every one of them down.

    aiohttp asks once more by itself when a GET, PUT or DELETE meets a kept connection that the
    other side has just closed, as browsers do; a POST is never repeated.
    """

    def __init__(
        self, session: aiohttp.ClientSession, journal: Journal, targets: tuple[str, ...]
    ) -> None:
        self._session = session
        self._journal = journal
        self._targets = itertools.cycle(targets)
        # One reading of both clocks: differences are monotonic, what is written is the date.
        self._epoch = time.time() - time.monotonic()

    def target(self) -> str:
        """Return the place whose turn it is."""
        return next(self._targets)

    async def send(self, request: Request, sent: Sent, target: str) -> Answer | None:
        """Return the answer, or None when there was none; either way it is in the journal."""
        answer: Answer | None = None
        fault: str | None = STOPPED
        try:
            answer = await self._asked(request, sent.customer, target)
            fault = None
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            fault = type(error).__name__
        finally:
            self._journal.write(self._entry(request, sent, answer, fault))
        return answer

    async def _asked(self, request: Request, customer: Customer, target: str) -> Answer:
        path = request.path or request.route
        url = URL((request.base or target) + path, encoded=True)
        body = None if request.body is None else encode(request.body)
        headers = _headers(request, customer)
        async with self._session.request(
            request.method, url, data=body, headers=headers, allow_redirects=False
        ) as reply:
            return _answer(reply.status, await reply.read())

    def _entry(
        self, request: Request, sent: Sent, answer: Answer | None, fault: str | None
    ) -> Entry:
        found = answer.order_id if answer else None
        return Entry(
            time=round(self._epoch + sent.due, 6),
            client=sent.client,
            user_id=sent.customer.id,
            kind=request.kind,
            method=request.method,
            route=request.route,
            idempotency_key=request.key,
            body=discreet(request.body),
            status=answer.status if answer else None,
            code=answer.code if answer else None,
            order_id=request.order_id or found,
            order_status=answer.order_status if answer else None,
            latency_ms=round((time.monotonic() - sent.due) * 1000, 3),
            late_ms=round((sent.begun - sent.due) * 1000, 3),
            unanswered=fault,
        )


@asynccontextmanager
async def open_wire(
    journal: Journal, targets: tuple[str, ...], patience: float
) -> AsyncIterator[Wire]:
    """Open the connections of one process of the clients; ``patience`` is in seconds."""
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=CONNECTIONS),
        timeout=aiohttp.ClientTimeout(total=patience),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
    ) as session:
        yield Wire(session, journal, targets)


def _headers(request: Request, customer: Customer) -> dict[str, str]:
    if request.base is not None:
        return {"Content-Type": "application/json"}
    number = customer.id
    headers = {
        "Authorization": customer.token,
        # Everybody comes from an own address, or the limits of one address were all we measured.
        "X-Real-IP": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
    }
    if request.body is not None:
        headers["Content-Type"] = "application/json"
    if request.key is not None:
        headers["Idempotency-Key"] = request.key
    return headers


def _answer(status: int, body: bytes) -> Answer:
    """Read a reply; what is no envelope, or holds no order, leaves None."""
    try:
        envelope = msgspec.json.decode(body, type=Envelope)
    except msgspec.DecodeError:
        return Answer(status)
    try:
        placed = msgspec.json.decode(envelope.data, type=Placed)
    except msgspec.DecodeError:
        placed = Placed()
    order_id = None if placed.order_id is None else str(placed.order_id)
    return Answer(status, envelope.code, order_id, envelope.status, placed.pay_url)
