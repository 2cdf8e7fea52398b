"""What customers do, how often, and which answers they have to live with."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from scripts.load_test.journal import PAID, Entry

SCENARIOS: Mapping[str, Mapping[str, int]] = {
    "shop-mix": {"browse": 60, "cart": 20, "order": 10, "pay": 8, "leave": 2},
    "cart-add": {"add": 1},
    "order-spread": {"buy": 1},
    "order-hot": {"buy": 1},
    "login": {"sign_in": 1},
}
"""What is done in each, with weights; the names are methods of ``visit.Visit``."""

HOT = "order-hot"
"""Every order of this scenario wants the same SKU."""
UNPAID = 1
"""The state of an order nobody has paid."""
OF_THE_SANDBOX = "cashier"
"""The kind of request that does not go to the shop."""

EXPECTED = frozenset(
    {
        ("order.confirm", 10406),  # nobody has shipped it
        ("order.cancel", 10406),  # paid meanwhile
        ("order.place", 10402),  # another order of the same customer took the cart
        ("order.place", 10403),  # sold out
        ("order.resend", 10403),
        ("order.resend", 10402),
        ("cart.add", 10303),  # more than there is
        ("cart.add", 10302),  # the cart is full
    }
)
BUSY_STATUSES = frozenset({429, 503})
BUSY_CODES = frozenset({10105, 10408})


class Outcome(Enum):
    """How a request ended, from the customer's view; the value is its name in the report."""

    OK = "ok"
    REFUSED = "refused"
    BUSY = "busy"
    FAILED = "failed"
    UNANSWERED = "lost"


def outcome(entry: Entry) -> Outcome:
    """Judge an answer: only ``OK`` is goodput, ``FAILED`` should not have happened."""
    if entry.unanswered is not None:
        return Outcome.UNANSWERED
    if entry.status in BUSY_STATUSES or entry.code in BUSY_CODES:
        return Outcome.BUSY
    if (entry.kind, entry.code) in EXPECTED:
        return Outcome.REFUSED
    if entry.kind == PAID and entry.code == 200 and entry.order_status == UNPAID:
        return Outcome.FAILED  # the cashier has the money
    fine = entry.code == 200 or (entry.kind == OF_THE_SANDBOX and entry.code is None)
    return Outcome.OK if fine and entry.status in {200, 204} else Outcome.FAILED
