"""Orders that got no answer: asked for again, with the key they had."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pymysql.connections import Connection
from pymysql.cursors import Cursor

from environment import Url
from scripts.fixtures.writer import connect
from scripts.load_test.journal import PLACE_AGAIN, Entry, Journal
from scripts.load_test.plan import Customer, Place
from scripts.load_test.wire import Answer, Request, Sent, Wire, open_wire

AT_ONCE = 8
_FOUND = "SELECT order_id FROM orders_idempotency WHERE user_profile_id = %s AND `key` = %s"


@dataclass(frozen=True, slots=True)
class Found:
    """What became of an order: the one that ``stood`` already, and what was answered now."""

    entry: Entry
    stood: str | None
    answer: Answer | None

    @property
    def says(self) -> str:
        """One line for people."""
        told = f"{self.entry.idempotency_key} of user {self.entry.user_id}:"
        if self.answer is None:
            return f"{told} no answer again"
        if not self.answer.is_good:
            return f"{told} refused, {self.answer.status}/{self.answer.code}"
        kind = "had been placed" if self.stood else "placed now"
        differs = self.stood is not None and self.stood != self.answer.order_id
        warning = f", BUT answered as {self.answer.order_id}" if differs else ""
        return f"{told} {kind}, {self.stood or self.answer.order_id}{warning}"

    @property
    def is_settled(self) -> bool:
        """Whether it is known now what became of it, and the shop does not contradict itself."""
        if self.answer is None:
            return False
        return not self.answer.is_good or self.stood in {None, self.answer.order_id}


def standing(url: Url, creates: Sequence[Entry]) -> list[str | None]:
    """Return the order each create has made, as the database knows it."""
    with connect(url) as connection:
        return [_standing(connection, each) for each in creates]


async def resent(
    creates: Sequence[Entry],
    *,
    customers: Sequence[Customer],
    place: Place,
    log: Path,
    patience: float,
) -> list[Answer | None]:
    """Send creates again, eight at a time, and write that into the same log."""
    known = {each.id: each for each in customers}
    turns = asyncio.Semaphore(AT_ONCE)

    async def again(wire: Wire, entry: Entry) -> Answer | None:
        customer = known[entry.user_id]
        request = Request(
            kind=PLACE_AGAIN,
            method=entry.method,
            route=entry.route,
            path=entry.route.format(username=customer.username),
            body=entry.body,
            key=entry.idempotency_key,
        )
        async with turns:
            now = time.monotonic()
            return await wire.send(request, Sent(customer, "resend", now, now), wire.target())

    with Journal(log) as journal:
        async with open_wire(journal, place.targets, patience) as wire:
            return await asyncio.gather(*(again(wire, each) for each in creates))


def without_strangers(creates: Sequence[Entry], customers: Sequence[Customer]) -> list[Entry]:
    """Keep the creates of accounts that this shop has."""
    known = {each.id for each in customers}
    return [each for each in creates if each.user_id in known]


def _standing(connection: Connection[Cursor], entry: Entry) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, (entry.user_id, f"key:{entry.idempotency_key}"))
        row = cursor.fetchone()
    return None if row is None or row[0] is None else str(row[0])
