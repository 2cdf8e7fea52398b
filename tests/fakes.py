"""Stand-ins for what is not ours: third parties that write down what they were given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from tasks.outside import Letter, Outside

SITE = "http://shop.test/dadashop/templates/"

Trouble = Callable[[int], Awaitable[None]]


@dataclass
class RecordingMailer:
    """Keeps letters; ``trouble`` is asked first and may raise or take its time."""

    letters: list[Letter] = field(default_factory=list)
    trouble: Trouble | None = None

    async def send(self, letter: Letter) -> None:
        """Keep it."""
        if self.trouble is not None:
            await self.trouble(letter.number)
        self.letters.append(letter)


@dataclass(frozen=True)
class SentCode:
    """A code as the gateway got it."""

    number: int
    phone: str
    code: str
    minutes: int


@dataclass
class RecordingSms:
    """Keeps codes; ``trouble`` is asked first and may raise or take its time."""

    codes: list[SentCode] = field(default_factory=list)
    trouble: Trouble | None = None

    async def send_code(self, number: int, phone: str, code: str, *, minutes: int) -> None:
        """Keep it."""
        if self.trouble is not None:
            await self.trouble(number)
        self.codes.append(SentCode(number, phone, code, minutes))


@dataclass
class RecordingCarts:
    """Keeps what carts were told; ``trouble`` is asked first, with the user's id."""

    merged: list[tuple[int, list[tuple[int, int]], str]] = field(default_factory=list)
    forgotten: list[tuple[int, str, list[tuple[int, int]]]] = field(default_factory=list)
    trouble: Trouble | None = None

    async def merge_guest(
        self, user_id: int, lines: Sequence[tuple[int, int]], *, mark: str
    ) -> None:
        """Keep it."""
        if self.trouble is not None:
            await self.trouble(user_id)
        self.merged.append((user_id, list(lines), mark))

    async def forget_bought(
        self, user_id: int, order_id: str, lines: Sequence[tuple[int, int]]
    ) -> None:
        """Keep it."""
        if self.trouble is not None:
            await self.trouble(user_id)
        self.forgotten.append((user_id, order_id, list(lines)))


@dataclass
class RecordingOrders:
    """Keeps the numbers of orders that time has closed or ended."""

    closed: list[str] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)

    async def close_unpaid(self, order_id: str) -> None:
        """Keep it."""
        self.closed.append(order_id)

    async def confirm_received(self, order_id: str) -> None:
        """Keep it."""
        self.confirmed.append(order_id)


@dataclass
class RecordingAttempts:
    """Keeps what was to be asked and withdrawn; ``trouble`` is asked first and may raise."""

    asked: list[tuple[str, int]] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    trouble: Trouble | None = None

    async def ask(self, out_trade_no: str, nth: int) -> None:
        """Keep it."""
        if self.trouble is not None:
            await self.trouble(nth)
        self.asked.append((out_trade_no, nth))

    async def withdraw(self, order_id: str) -> None:
        """Keep it."""
        self.withdrawn.append(order_id)


@dataclass
class RecordingRefunds:
    """Keeps the refunds that were to be sent; ``trouble`` is asked first and may raise."""

    repaid: list[int] = field(default_factory=list)
    trouble: Trouble | None = None

    async def repay(self, refund_id: int) -> None:
        """Keep it."""
        if self.trouble is not None:
            await self.trouble(refund_id)
        self.repaid.append(refund_id)


@dataclass
class RecordingOutside:
    """All of them, and how a job sees them."""

    mailer: RecordingMailer = field(default_factory=RecordingMailer)
    sms: RecordingSms = field(default_factory=RecordingSms)
    carts: RecordingCarts = field(default_factory=RecordingCarts)
    orders: RecordingOrders = field(default_factory=RecordingOrders)
    attempts: RecordingAttempts = field(default_factory=RecordingAttempts)
    refunds: RecordingRefunds = field(default_factory=RecordingRefunds)

    @property
    def seen(self) -> Outside:
        """What a job gets."""
        return Outside(
            mailer=self.mailer,
            sms=self.sms,
            carts=self.carts,
            orders=self.orders,
            attempts=self.attempts,
            refunds=self.refunds,
            site=SITE,
        )
