"""A market for the tests of orders: a filled shop with carts, its books in order.

For the conftest of several folders.
"""

from __future__ import annotations

import pytest

from models.bookkeeping import ENTRIES
from services import Services
from tests.factories import Bags, Goods
from tests.handlers.orders.market import Buyer, Market
from tests.http import Client


@pytest.fixture
def market(client: Client, services: Services, goods: Goods, bags: Bags) -> Market:
    """The shop and its buyers; what stands on the shelf is in the ledger."""
    del bags
    for statement in ENTRIES.values():
        goods.run(statement)
    goods.run("DELETE FROM tasks_outbox")
    return Market(client, services, goods)


@pytest.fixture
def anna(market: Market) -> Buyer:
    """A buyer."""
    return market.buyer()


@pytest.fixture
def bob(market: Market) -> Buyer:
    """Another buyer."""
    return market.buyer()
