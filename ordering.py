"""The orders module and its payments, put together; a piece of the composition root."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

from cache.carts import Carts
from gateways import Gateways
from resources import Resources
from services.admission import Admission
from services.attempts import AttemptService
from services.cashier import Cashier
from services.checkout import CheckoutService
from services.orders import OrderService
from services.pays import PayService
from services.refunds import RefundService
from services.settlement import Settlement
from services.watching import Watch
from settings import Settings

QUEUE_PER_PLACE = 16
"""Buyers who may wait for each one who is served: half a second at 200 orders a second."""


class OrderServices(TypedDict):
    """The services of the orders module, by their names in ``Services``."""

    checkout: CheckoutService
    orders: OrderService
    attempts: AttemptService
    cashier: Cashier
    pays: PayService
    refunds: RefundService
    settlement: Settlement
    watch: Watch


def order_services(
    settings: Settings, resources: Resources, gateways: Gateways, *, ring: Callable[[], object]
) -> OrderServices:
    """Build the orders module; ``ring`` wakes the relay."""
    database, news = resources.database, resources.news
    settlement = Settlement(database=database, news=news, ring=ring)
    refunds = RefundService(database=database, providers=gateways.providers, news=news, ring=ring)
    attempts = AttemptService(
        database=database,
        providers=gateways.providers,
        settlement=settlement,
        asks_per_second=settings.pays.asks_per_second,
    )
    pays = PayService(
        database=database,
        providers=gateways.providers,
        returns=gateways.returns,
        attempts=attempts,
        settlement=settlement,
        refunds=refunds,
    )
    return OrderServices(
        checkout=_checkout(settings, resources),
        orders=OrderService(database=database, attempts=attempts, news=news, terms=settings.order),
        attempts=attempts,
        cashier=Cashier(
            database=database,
            providers=gateways.providers,
            attempts=attempts,
            patience=settings.order.patience,
            page=f"{settings.accounts.site}gopay.html?order_id=",
        ),
        pays=pays,
        refunds=refunds,
        settlement=settlement,
        watch=Watch(database=database, news=news, pays=pays),
    )


def _checkout(settings: Settings, resources: Resources) -> CheckoutService:
    """Build what places orders; a quarter of the connections is left to those who look."""
    places = max(1, settings.mysql.pool_size * 3 // 4)
    return CheckoutService(
        database=resources.database,
        carts=Carts(resources.data),
        admission=Admission(places=places, queue=places * QUEUE_PER_PLACE),
        terms=settings.order,
    )
