"""The shop with faults: ``python child_shop.py --port 8000``, for the rest see ``server.py``.

The file named by ``SHOP_FAULTS`` holds, by user id, what goes wrong when that user places an order:
``{"at": …, "when": …, "error": …, "times": …, "pause": …}``. ``at`` is how a statement of the
transaction begins, or ``cart`` for the script that changes the cart. ``when`` is ``before`` it is
sent, ``sent`` and not yet answered, or ``after`` the answer. ``error`` is a number of MySQL to be
raised by the driver, 0 kills the process. ``times`` is how many statements of one request are hit,
-1 all; each of them waits for ``pause`` seconds first. How the statements begin is written beside
the file, into ``….book``. A change of the cart without an order is hit by ``cart`` as well.

The file ``….repay`` beside it kills the process that has just sent money back, before it can write
that down; the file is gone then. Leases of tasks are short, so that what a killed process held is
soon done by another.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aiomysql
import msgspec
import pymysql
from pymysql.constants import COMMAND

import server
from cache.carts import Carts
from services.checkout import CheckoutService
from services.refunds import RefundService
from tasks.pace import Pace
from tasks.relay import Relay

SENT_SECONDS = 0.05
FILE = Path(os.environ["SHOP_FAULTS"])
QUICK = Pace(lease=3.0, deadline=2.0)


class Fault(msgspec.Struct):
    """What goes wrong."""

    at: str
    when: str
    error: int = 0
    times: int = 1
    pause: float = 0.0

    def strike(self) -> None:
        """Die, or raise what the driver raises for this number."""
        self.times -= 1
        if not self.error:
            os.kill(os.getpid(), signal.SIGKILL)
        kind = pymysql.err.error_map.get(self.error, pymysql.err.OperationalError)
        raise kind(self.error, "on demand")


class Placing(msgspec.Struct):
    """A request that places an order, and whether its transaction is open."""

    user_id: int
    fault: Fault | None
    is_open: bool = False

    def due(self, sql: str) -> Fault | None:
        """Return the fault that hits this statement, after writing the statement down."""
        text = " ".join(sql.split())[:60]
        self.is_open = (self.is_open or text == "START TRANSACTION") and text != "ROLLBACK"
        if not self.is_open:
            return None
        with FILE.with_suffix(".book").open("a", encoding="utf-8") as book:
            book.write(json.dumps([self.user_id, text]) + "\n")
        self.is_open = text != "COMMIT"
        is_hit = self.fault and self.fault.times and text.startswith(self.fault.at)
        return self.fault if is_hit else None


PLACING: ContextVar[Placing | None] = ContextVar("PLACING", default=None)


def fault_of(user_id: int) -> Fault | None:
    """Return what goes wrong for a user."""
    found = msgspec.json.decode(FILE.read_bytes(), type=dict[str, Fault])
    return found.get(str(user_id))


def executing(original: Any) -> Any:
    """Stand between our connections and the driver."""

    async def execute(cursor: Any, sql: str, values: Any = None) -> Any:
        placing = PLACING.get()
        fault = placing.due(sql) if placing else None
        if fault:
            await asyncio.sleep(fault.pause)
        if fault and fault.when == "before":
            fault.strike()
        if fault and fault.when == "sent":
            await cursor.connection._execute_command(COMMAND.COM_QUERY, sql)
            await asyncio.sleep(SENT_SECONDS)
            fault.strike()
        result = await original(cursor, sql, values)
        if fault:
            fault.strike()
        return result

    return execute


def placing_order(original: Any) -> Any:
    """Remember whose order is placed."""

    async def place(service: Any, user: Any, *arguments: Any, **named: Any) -> Any:
        PLACING.set(Placing(user.id, fault_of(user.id)))
        return await original(service, user, *arguments, **named)

    return place


def changing_cart(original: Any) -> Any:
    """Stand between the carts and Redis."""

    async def run(carts: Any, text: str, keys: list[str], given: list[Any]) -> Any:
        fault = fault_of(int(keys[0].removeprefix("carts:")))
        is_hit = fault is not None and fault.at == "cart"
        if fault and is_hit and fault.when == "before":
            fault.strike()
        result = await original(carts, text, keys, given)
        if fault and is_hit:
            fault.strike()
        return result

    return run


def finishing(original: Any) -> Any:
    """Stand between a refund the provider has confirmed and our books."""

    async def finish(service: Any, refund: Any, at: Any) -> None:
        mark = FILE.with_suffix(".repay")
        if mark.exists():
            mark.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        await original(service, refund, at)

    return finish


if __name__ == "__main__":
    with (
        patch.object(aiomysql.Cursor, "execute", executing(aiomysql.Cursor.execute)),
        patch.object(CheckoutService, "place", placing_order(CheckoutService.place)),
        patch.object(Carts, "_run", changing_cart(Carts._run)),
        patch.object(RefundService, "_finish", finishing(RefundService._finish)),
        patch.object(server, "Relay", partial(Relay, pace=QUICK)),
    ):
        sys.exit(server.main())
