"""A referee between the shop and the payment providers: whose money is where, in both books.

The book of a provider is that of its simulator; it is looked at when nothing is under way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from tests.factories import Goods

PROVIDERS = ("alipay", "wechat")
TAKEN, KEPT, REFUNDED = {"paid", "refunded"}, {2, 3, 4, 7}, 8
"""States of a trade that was paid; of an order whose money is here, and of one that got it back."""
_ATTEMPTS = """SELECT a.out_trade_no, a.order_id, a.state, a.amount, COALESCE(a.trade_no, ''),
    (SELECT i.status FROM orders_order_info i WHERE i.order_id = a.order_id)
  FROM pays_attempt a WHERE a.provider = %s"""
_REFUNDS = """SELECT a.out_trade_no, r.request_no, r.amount, r.state
  FROM pays_refund r JOIN pays_attempt a ON a.id = r.attempt_id WHERE a.provider = %s"""


class Books(Protocol):
    """Whoever shows the book of a provider, such as a ``SandboxClient``."""

    def books(self, provider: str) -> list[dict[str, Any]]:
        """Return its trades."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A row of ours; ``order`` is the status of its order, None when that is gone."""

    out_trade_no: str
    order_id: str
    state: str
    amount: Decimal
    trade_no: str
    order: int | None


@dataclass(frozen=True, slots=True)
class Counted:
    """How many trades a provider has, was paid, and how many payments stayed or went back."""

    trades: int
    paid: int
    kept: int
    returned: int


def assert_books_agree(sandbox: Books, goods: Goods) -> dict[str, Counted]:
    """Fail, naming everything, unless both books tell the same (INV-4); return what is in them.

    Each trade that is paid there is the payment of one order here, or all of it has gone back;
    amounts, numbers and refunds are the same, and nothing is paid here that is not paid there.
    """
    wrong: list[str] = []
    counted: dict[str, Counted] = {}
    for provider in PROVIDERS:
        compared = _Compared(provider, sandbox, goods)
        wrong += compared.wrong()
        counted[provider] = compared.counted()
    assert wrong == [], "\n".join(wrong)
    return counted


class _Compared:
    """The trades of a provider beside our rows."""

    def __init__(self, provider: str, sandbox: Books, goods: Goods) -> None:
        self._provider = provider
        self._trades = {each["out_trade_no"]: each for each in sandbox.books(provider)}
        rows = [Attempt(*row) for row in goods.ask(_ATTEMPTS, provider)]
        self._attempts = {row.out_trade_no: row for row in rows}
        self._refunds: dict[str, dict[str, tuple[Decimal, bool]]] = {}
        for number, request, amount, state in goods.ask(_REFUNDS, provider):
            self._refunds.setdefault(number, {})[request] = (amount, state == "done")
        payments = "SELECT order_id, COUNT(*) FROM pays_attempt WHERE state = 'paid' GROUP BY 1"
        self._payments = {str(order): int(count) for order, count in goods.ask(payments)}

    def wrong(self) -> list[str]:
        """Return what does not agree, a line each."""
        return [
            f"{self._provider} {number}: {why}"
            for number in sorted({*self._trades, *self._attempts})
            for why in self._objections(self._trades.get(number), self._attempts.get(number))
        ]

    def counted(self) -> Counted:
        """Count."""
        paid = [number for number, trade in self._trades.items() if trade["state"] in TAKEN]
        back = [number for number in paid if self._has_gone(self._trades[number])]
        return Counted(len(self._trades), len(paid), len(paid) - len(back), len(back))

    def _objections(
        self, trade: Mapping[str, Any] | None, attempt: Attempt | None
    ) -> Iterator[str]:
        if attempt is None:
            if trade and trade["state"] in TAKEN:
                yield "paid there, unknown here"
            return
        if trade is None or trade["state"] not in TAKEN:
            if attempt.state in {"paid", "surplus"}:
                yield f"{attempt.state} here, {trade['state'] if trade else 'unknown'} there"
            if attempt.out_trade_no in self._refunds:
                yield "goes back here, was not paid there"
            return
        yield from self._about_money(trade, attempt)
        yield from self._about_refunds(trade, attempt)

    def _about_money(self, trade: Mapping[str, Any], attempt: Attempt) -> Iterator[str]:
        if attempt.state not in {"paid", "surplus"}:
            yield f"paid there, {attempt.state} here"
        if Decimal(trade["amount"]) != attempt.amount:
            yield f"{trade['amount']} yuan there, {attempt.amount} here"
        if trade["trade_no"] != attempt.trade_no:
            yield "another number there than here"
        if attempt.state == "paid" and self._payments[attempt.order_id] != 1:
            yield f"one of {self._payments[attempt.order_id]} payments of its order"
        if attempt.state == "paid" and attempt.order not in {*KEPT, REFUNDED}:
            yield f"the payment of an order in state {attempt.order}"

    def _about_refunds(self, trade: Mapping[str, Any], attempt: Attempt) -> Iterator[str]:
        ours = self._refunds.get(attempt.out_trade_no, {})
        theirs = {
            str(each["request_no"]): (Decimal(each["amount"]), each.get("done", True))
            for each in trade["refunds"]
        }
        if {request: each for request, each in theirs.items() if each[1]} != {
            request: each for request, each in ours.items() if each[1]
        }:
            yield f"refunds are {theirs} there, {ours} here"
        if not set(theirs) <= set(ours):
            yield "a refund there that is not here"
        has_gone, must = self._has_gone(trade), _goes_back(attempt)
        if must and not has_gone:
            yield f"{attempt.state} of an order in state {attempt.order}, not all has gone back"
        if has_gone and not must:
            yield f"the payment of an order in state {attempt.order} has gone back"

    def _has_gone(self, trade: Mapping[str, Any]) -> bool:
        """Tell whether exactly the whole amount has arrived at the buyer again."""
        done = (Decimal(each["amount"]) for each in trade["refunds"] if each.get("done", True))
        return sum(done, Decimal(0)) == Decimal(trade["amount"])


def _goes_back(attempt: Attempt) -> bool:
    return attempt.state == "surplus" or attempt.order == REFUNDED
