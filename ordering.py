"""The orders module, put together; a piece of the composition root."""

from __future__ import annotations

from typing import TypedDict

from cache.carts import Carts
from gateways import Gateways
from resources import Resources
from services.admission import Admission
from services.checkout import CheckoutService
from services.orders import OrderService
from settings import Settings

QUEUE_PER_PLACE = 16
"""Buyers who may wait for each one who is served: half a second at 200 orders a second."""


class OrderServices(TypedDict):
    """The services of the orders module, by their names in ``Services``."""

    checkout: CheckoutService
    orders: OrderService


def order_services(settings: Settings, resources: Resources, gateways: Gateways) -> OrderServices:
    """Build the orders module; a quarter of the connections is left to those who look."""
    places = max(1, settings.mysql.pool_size * 3 // 4)
    return OrderServices(
        checkout=CheckoutService(
            database=resources.database,
            carts=Carts(resources.data),
            admission=Admission(places=places, queue=places * QUEUE_PER_PLACE),
            terms=settings.order,
        ),
        orders=OrderService(
            database=resources.database, cashier=gateways.cashier, terms=settings.order
        ),
    )
