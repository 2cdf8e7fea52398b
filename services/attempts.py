"""Attempts under way: asking the providers about them, and withdrawing them.

The provider is spoken to without a connection of ours in hand (TX-1), and what it says goes to
``services.settlement``. An open attempt is asked about at 30 s, 2, 5, 15 and 60 minutes after it
was opened and every hour from then on, by a chain of tasks: whichever process has time takes the
next one, and each process asks no faster than its settings say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping

from models.database import Database
from models.errors import NoticeRefused, RemoteFailed
from models.orders import Status
from models.outbox import Post
from models.payments import Attempt, State
from services.ports import PaymentProvider, Trade, TradeState
from services.settlement import Settlement
from tasks.pays import AskProvider

ASKED_AFTER = (30.0, 120.0, 300.0, 900.0, 3600.0)
"""Seconds after its opening at which an attempt is asked about; then once an hour."""
EVERY = 3600.0
PAUSE_SECONDS = 5.0
"""A buyer who waits has the provider asked no more often than this."""


class AttemptService:
    """Speaks with the providers about attempts; ``asks_per_second`` bounds the sweep here."""

    def __init__(
        self,
        *,
        database: Database,
        providers: Mapping[str, PaymentProvider],
        settlement: Settlement,
        asks_per_second: int,
    ) -> None:
        self._database = database
        self._providers = providers
        self._settlement = settlement
        self._pace = _Pace(1 / asks_per_second)

    async def freshen(self, order_id: str) -> None:
        """Ask about the open attempts of an order, unless that was done a moment ago.

        One provider that is away does not keep the others from being asked. Raises
        ``RemoteFailed`` afterwards.
        """
        failed: RemoteFailed | None = None
        for attempt in await self._open_attempts(order_id):
            async with self._database.read() as tables:
                is_ours = await tables.attempts.claim_asking(attempt.id, pause=PAUSE_SECONDS)
            try:
                if is_ours:
                    await self.ask_about(attempt)
            except RemoteFailed as error:
                failed = error
        if failed is not None:
            raise failed

    async def ask(self, out_trade_no: str, nth: int) -> None:
        """Ask how an attempt stands; while it is open, see to it that it is asked again.

        One that no longer should be paid is closed. Raises ``RemoteFailed``.
        """
        async with self._database.read() as tables:
            attempt = await tables.attempts.by_number(out_trade_no)
            order = await tables.orders.by_id(attempt.order_id) if attempt else None
        if attempt is None or attempt.state != State.OPEN:
            return
        await self._pace.turn()
        trade = await self.ask_about(attempt)
        unwanted = attempt.is_over or order is None or order.status != Status.UNPAID
        if trade.state is TradeState.WAITING and unwanted:
            trade = await self._withdrawn(attempt)
        if trade.state in {TradeState.WAITING, TradeState.UNKNOWN}:
            await self._ask_later(attempt, trade, nth + 1)

    async def withdraw(self, order_id: str) -> None:
        """Make the open attempts of an order impossible to pay, or find that one is paid.

        One whose page the buyer has not opened yet is not known to the provider: it stays open, and
        is asked about until its time is over. Raises ``RemoteFailed``.
        """
        for attempt in await self._open_attempts(order_id):
            trade = await self._withdrawn(attempt)
            if trade.state is TradeState.WAITING:
                raise RemoteFailed(attempt.provider, "the attempt cannot be closed now")

    async def ask_about(self, attempt: Attempt) -> Trade:
        """Ask how an attempt stands and settle what is said; raise ``RemoteFailed``."""
        provider = self._providers[attempt.provider]
        return await self._settled(attempt, provider.query(attempt.out_trade_no))

    async def _open_attempts(self, order_id: str) -> list[Attempt]:
        async with self._database.read() as tables:
            attempts = await tables.attempts.of_order(order_id)
        return [each for each in attempts if each.state == State.OPEN]

    async def _withdrawn(self, attempt: Attempt) -> Trade:
        provider = self._providers[attempt.provider]
        return await self._settled(attempt, provider.close(attempt.out_trade_no))

    async def _settled(self, attempt: Attempt, asked: Awaitable[Trade]) -> Trade:
        """Return the answer when its consequences are committed.

        A refusal of the provider may pass: our account can be mended, and the order still stands.
        """
        try:
            trade = await asked
        except RemoteFailed as error:
            error.lasting = False
            raise
        try:
            await self._settlement.settle(attempt.provider, trade)
        except NoticeRefused as error:
            why = f"it says what cannot be ({error})"
            raise RemoteFailed(attempt.provider, why, lasting=True) from error
        return trade

    async def _ask_later(self, attempt: Attempt, trade: Trade, nth: int) -> None:
        """Post the next question, or give up an attempt whose page was never opened in time."""
        async with self._database.read() as tables:
            if trade.state is TradeState.UNKNOWN and attempt.is_over:
                await tables.attempts.close(attempt.id)
                return
            job = AskProvider(attempt.out_trade_no, nth)
            await tables.outbox.post(job, delay=pause_before(nth), once=once_of(job))


class _Pace:
    """Lets one caller through in each ``interval`` seconds, those who came first first."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for one's turn."""
        now = asyncio.get_running_loop().time()
        mine = max(self._next, now)
        self._next = mine + self._interval
        await asyncio.sleep(mine - now)


def first_ask(out_trade_no: str) -> Post:
    """Return the first question about an attempt that is being opened."""
    job = AskProvider(out_trade_no, 0)
    return Post(job, pause_before(0), once_of(job))


def once_of(job: AskProvider) -> str:
    """Return the key that keeps a question from being posted twice."""
    return f"{job.kind}:{job.out_trade_no}:{job.nth}"


def pause_before(nth: int) -> float:
    """Return the seconds between a question and the one before it, or the opening."""
    if nth >= len(ASKED_AFTER):
        return EVERY
    return ASKED_AFTER[nth] - (ASKED_AFTER[nth - 1] if nth else 0.0)
