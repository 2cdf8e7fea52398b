"""Tells the shop what has happened, again and again until it is acknowledged, as documented.

Alipay takes exactly ``success`` for an acknowledgement and comes back after 4, 10 and 10 minutes,
1, 2, 6 and 15 hours (opendocs.alipay.com/open/270/105902). WeChat Pay takes 200 or 204 and comes
back after 15, 15 and 30 seconds, 3, 10, 20, 30, 30, 30 and 60 minutes, 3, 3, 3, 6 and 6 hours
(pay.weixin.qq.com/doc/v3, notices). A shop has five seconds to answer; nothing is followed.
"""

from __future__ import annotations

import asyncio
import heapq
import random
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp

from scripts.sandbox import forge
from scripts.sandbox.books import Books, Notice, Trade
from scripts.sandbox.credentials import Credentials
from scripts.sandbox.faults import Faults
from scripts.sandbox.letters import Letter, letter_of
from scripts.sandbox.moments import beijing, moment_of, stamp

MINUTE, HOUR = 60, 3600
SCHEDULES = {
    "alipay": (4 * MINUTE, 10 * MINUTE, 10 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 15 * HOUR),
    "wechat": (
        *(15, 15, 30, 3 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE, 30 * MINUTE, 30 * MINUTE),
        *(HOUR, 3 * HOUR, 3 * HOUR, 3 * HOUR, 6 * HOUR, 6 * HOUR),
    ),
}
"""Seconds after the first sending and each later one."""
DEFAULT_SPEED = 60.0
PATIENCE = 5.0
AT_ONCE = 32
"""Notices on their way at the same time."""
LONGEST_SLEEP = 3600.0
UNANSWERED = "none"


def is_acknowledged(provider: str, status: int | None, body: bytes) -> bool:
    """Tell whether the shop has understood."""
    if provider == "alipay":
        return status == 200 and body == b"success"
    return status in {200, 204}


@dataclass(frozen=True, slots=True)
class Salvo:
    """Notices that are sent on demand; ``to`` are addresses used in turn, ``abreast`` at once."""

    how: str
    times: int
    to: Sequence[str]
    abreast: int


class Notices:
    """The engine. ``speed`` divides the pauses between two sendings of the same notice."""

    def __init__(
        self,
        books: Books,
        faults: Faults,
        credentials: Credentials,
        *,
        clock: Callable[[], datetime],
        speed: float = DEFAULT_SPEED,
    ) -> None:
        self._books = books
        self._faults = faults
        self._credentials = credentials
        self._clock = clock
        self._speed = speed
        self._due: list[tuple[str, int]] = []
        self._woken = asyncio.Event()
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._sending: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Send what is due, also what an earlier process left, until the block ends."""
        timeout = aiohttp.ClientTimeout(total=PATIENCE, connect=PATIENCE, sock_read=PATIENCE)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            self._session = session
            for notice in self._books.notices.values():
                self._queue(notice)
            engine = asyncio.create_task(self._run())
            try:
                yield
            finally:
                tasks = [engine, *self._sending]
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    def tell(self, trade: Trade, event: str, url: str, request_no: str = "") -> None:
        """Begin to tell the shop; nothing happens when it named no address."""
        if not url:
            return
        now = self._clock()
        prefix = beijing(stamp(now), "%Y%m%d") if trade.provider == "alipay" else ""
        notice = Notice(
            provider=trade.provider,
            out_trade_no=trade.out_trade_no,
            event=event,
            url=url,
            request_no=request_no,
            number=f"{prefix}{secrets.token_hex(16)}",
            due=stamp(now),
        )
        self._queue(self._books.notice(notice))

    async def send_now(self, trade: Trade, salvo: Salvo) -> dict[str, object]:
        """Send notices on demand and return what was answered; raises ``NothingToSend``."""
        gate = asyncio.Semaphore(salvo.abreast)
        urls = salvo.to or [trade.notify_url]

        async def one(number: int) -> list[tuple[str, bool]]:
            async with gate:
                made = forge.letters(
                    self._books, self._credentials, trade, how=salvo.how, now=self._clock()
                )
                url = urls[number % len(urls)]
                return [await self._deliver(trade.provider, url, letter) for letter in made]

        forge.letters(self._books, self._credentials, trade, how=salvo.how, now=self._clock())
        rounds = await asyncio.gather(*(one(number) for number in range(salvo.times)))
        answers = [answer for answered in rounds for answer in answered]
        acknowledged = sum(is_yes for _, is_yes in answers)
        if salvo.how in forge.COUNTED:
            self._count(trade, len(answers), acknowledged)
        statuses = Counter(status for status, _ in answers)
        return {"sent": len(answers), "acknowledged": acknowledged, "statuses": dict(statuses)}

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            now = stamp(self._clock())
            while self._due and self._due[0][0] <= now:
                notice = self._books.notices.get(heapq.heappop(self._due)[1])
                if notice is not None:
                    self._start(notice)
            wait = LONGEST_SLEEP
            if self._due:
                left = moment_of(self._due[0][0]) - self._clock()
                wait = min(wait, max(left.total_seconds(), 0.001))
            try:
                await asyncio.wait_for(self._woken.wait(), wait)
            except TimeoutError:
                continue

    def _queue(self, notice: Notice) -> None:
        if not notice.is_over:
            heapq.heappush(self._due, (notice.due, notice.id))
            self._woken.set()

    def _start(self, notice: Notice) -> None:
        task = asyncio.create_task(self._send(notice))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, notice: Notice) -> None:
        """Send one notice once more and write down what came of it."""
        trade = self._books.trades.get((notice.provider, notice.out_trade_no))
        if trade is None:
            return
        async with self._gate:
            letter = letter_of(self._credentials, trade, notice, self._clock())
            notice.headers, notice.body = dict(letter.headers), letter.body.decode()
            fault = self._faults.take(notice.provider, notices=True)
            copies = max(fault.duplicate_notices, 1)
            answers: Iterable[tuple[str, bool]] = [(UNANSWERED, False)] * copies
            if not fault.lost or random.random() >= fault.lost:
                copy = (self._deliver(notice.provider, notice.url, letter) for _ in range(copies))
                answers = await asyncio.gather(*copy)
        if notice.id not in self._books.notices:
            return
        acknowledged = sum(is_yes for _, is_yes in answers)
        self._count(trade, copies, acknowledged)
        self._plan(notice, is_understood=acknowledged > 0)

    def _plan(self, notice: Notice, *, is_understood: bool) -> None:
        """Decide whether and when a notice is sent again."""
        schedule = SCHEDULES[notice.provider]
        notice.acknowledged = is_understood
        notice.is_over = is_understood or notice.sent >= len(schedule)
        if not notice.is_over:
            pause = timedelta(seconds=schedule[notice.sent] / self._speed)
            notice.due = stamp(self._clock() + pause)
        notice.sent += 1
        self._queue(self._books.notice(notice))

    def _count(self, trade: Trade, sent: int, acknowledged: int) -> None:
        trade.notices_sent += sent
        trade.notices_acknowledged += acknowledged
        if (trade.provider, trade.out_trade_no) in self._books.trades:
            self._books.trade(trade)

    async def _deliver(self, provider: str, url: str, letter: Letter) -> tuple[str, bool]:
        """Post a letter; return the status, ``none`` without one, and whether it was understood."""
        if self._session is None:
            raise RuntimeError("the engine does not run")
        try:
            async with self._session.post(
                url, data=letter.body, headers=letter.headers, allow_redirects=False
            ) as reply:
                body = await reply.read()
                return str(reply.status), is_acknowledged(provider, reply.status, body)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return UNANSWERED, False
