"""What the orders module answers. Source: the interface document, "Orders"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from handlers.cart_replies import CartItemReply, cart_item_reply
from models.addresses import Address
from models.orders import OrderLine
from models.payments import METHODS
from models.refunds import Refund
from models.time_lines import Event
from services.answers import Placed
from services.checkout import Prepared
from services.drafts import Wanted
from services.orders import Full, Listing, Story
from services.ports import Way

SALLER = "达达商城"


class WhereTo(msgspec.Struct, frozen=True):
    """An address to choose from."""

    id: int
    name: str
    mobile: str
    title: str
    address: str


class Prospect(msgspec.Struct, frozen=True):
    """What would be ordered, and where to; the last two when one SKU is bought at once."""

    addresses: list[WhereTo]
    sku_list: list[CartItemReply]
    order_freight: str
    buy_count: int | msgspec.UnsetType = msgspec.UNSET
    sku_id: int | msgspec.UnsetType = msgspec.UNSET


class AdvanceReply(msgspec.Struct, frozen=True, kw_only=True):
    """Before the order."""

    code: int = 200
    data: Prospect
    base_url: str


class PlacedOrder(msgspec.Struct, frozen=True):
    """An order to be paid; amounts in yuan, ``total_amount`` with the freight.

    ``code_url`` is what WeChat scans, there for its pay method only.
    """

    saller: str
    order_id: str
    total_amount: str
    order_freight: str
    pay_url: str
    carts_count: int
    code_url: str | msgspec.UnsetType = msgspec.UNSET


class PlacedReply(msgspec.Struct, frozen=True, kw_only=True):
    """It is ordered."""

    code: int = 200
    data: PlacedOrder


class SentTo(msgspec.Struct, frozen=True):
    """Where an order goes."""

    title: str
    address: str
    mobile: str
    receiver: str


class OrderedSku(msgspec.Struct, frozen=True):
    """A line of an order, as it was on its day; ``total_amount`` is that of the line."""

    id: int
    default_image_url: str
    name: str
    price: str
    count: int
    total_amount: str
    sku_sale_attr_names: list[str]
    sku_sale_attr_vals: list[str]


class OrderItem(msgspec.Struct, frozen=True):
    """One order."""

    order_id: str
    order_total_count: int
    order_total_amount: str
    order_freight: str
    address: SentTo
    status: int
    order_sku: list[OrderedSku]
    order_time: str


class Paginator(msgspec.Struct, frozen=True):
    """Which page this is, and how many orders all pages have."""

    page: int
    pagesize: int
    total: int


class OrderList(msgspec.Struct, frozen=True):
    """Orders, the newest first."""

    orders_list: list[OrderItem]


class OrdersReply(msgspec.Struct, frozen=True, kw_only=True):
    """One page of the user's orders."""

    code: int = 200
    data: OrderList
    paginator: Paginator
    base_url: str


class StepTaken(msgspec.Struct, frozen=True):
    """A row of the time line; ``actor`` is customer, shop, provider or system."""

    from_status: int | None
    status: int
    actor: str
    note: str
    time: str


class RefundReply(msgspec.Struct, frozen=True):
    """Money that goes back: ``state`` is pending or done, ``reason`` late, double or asked."""

    amount: str
    pay_method: int
    state: str
    reason: str
    time: str


class OrderStory(OrderItem, frozen=True):
    """An order with its time line; ``close_at`` says until when it can be paid."""

    pay_method: int
    close_at: str | None
    events: list[StepTaken]
    refunds: list[RefundReply]


class StoryReply(msgspec.Struct, frozen=True, kw_only=True):
    """One order."""

    code: int = 200
    data: OrderStory
    base_url: str


def advance_reply(base_url: str, prepared: Prepared, bought: Wanted | None) -> AdvanceReply:
    """Show what would be ordered: the cart, or what is bought at once."""
    addresses = _where_to(prepared.addresses)
    items = [cart_item_reply(item) for item in prepared.items]
    freight = f"{prepared.freight:.2f}"
    if bought is None:
        return AdvanceReply(data=Prospect(addresses, items, freight), base_url=base_url)
    data = Prospect(addresses, items, freight, bought.count, bought.sku_id)
    return AdvanceReply(data=data, base_url=base_url)


def nothing_to_order(prepared: Prepared) -> Prospect:
    """Show the addresses beside a refusal."""
    return Prospect(_where_to(prepared.addresses), [], f"{prepared.freight:.2f}")


def _where_to(addresses: Sequence[Address]) -> list[WhereTo]:
    return [
        WhereTo(each.id, each.receiver, each.receiver_mobile, each.tag, each.address)
        for each in addresses
    ]


def placed_reply(placed: Placed, way: Way) -> PlacedReply:
    """Show an order that was placed, and how to pay it."""
    return PlacedReply(
        data=PlacedOrder(
            saller=SALLER,
            order_id=placed.order_id,
            total_amount=f"{placed.total_amount:.2f}",
            order_freight=f"{placed.freight:.2f}",
            pay_url=way.pay_url,
            carts_count=placed.carts_count,
            code_url=code_of(placed.pay_method, way),
        )
    )


def code_of(pay_method: int, way: Way) -> str | msgspec.UnsetType:
    """Return what WeChat scans, empty while there is none; unset for any other method."""
    return way.code_url if pay_method == METHODS["wechat"] else msgspec.UNSET


def refund_reply(refund: Refund) -> RefundReply:
    """Show a refund; the time is that of its last step."""
    return RefundReply(
        amount=f"{refund.amount:.2f}",
        pay_method=METHODS[refund.provider],
        state=refund.state,
        reason=refund.reason,
        time=time_text(refund.done_time or refund.created_time),
    )


def orders_reply(base_url: str, listing: Listing, *, page: int, pagesize: int) -> OrdersReply:
    """Show one page of orders."""
    return OrdersReply(
        data=OrderList([_item(full) for full in listing.orders]),
        paginator=Paginator(page, pagesize, listing.total),
        base_url=base_url,
    )


def story_reply(base_url: str, story: Story) -> StoryReply:
    """Show one order with its time line."""
    item = msgspec.structs.asdict(_item(story.full))
    data = OrderStory(
        **item,
        pay_method=story.full.order.pay_method,
        close_at=time_text(story.close_at) if story.close_at else None,
        events=[_step(event) for event in story.events],
        refunds=[refund_reply(refund) for refund in story.refunds],
    )
    return StoryReply(data=data, base_url=base_url)


def _item(full: Full) -> OrderItem:
    order = full.order
    return OrderItem(
        order_id=order.order_id,
        order_total_count=order.total_count,
        order_total_amount=f"{order.total_amount:.2f}",
        order_freight=f"{order.freight:.2f}",
        address=SentTo(order.tag, order.address, order.receiver_mobile, order.receiver),
        status=order.status,
        order_sku=[_sku(line) for line in full.lines],
        order_time=time_text(order.created_time),
    )


def _sku(line: OrderLine) -> OrderedSku:
    return OrderedSku(
        id=line.sku_id,
        default_image_url=line.image,
        name=line.name,
        price=f"{line.price:.2f}",
        count=line.count,
        total_amount=f"{line.price * line.count:.2f}",
        sku_sale_attr_names=line.attribute_names,
        sku_sale_attr_vals=line.attribute_values,
    )


def _step(event: Event) -> StepTaken:
    kinds = {"user": "customer", "staff": "shop", "provider": "provider"}
    actor = kinds.get(event.actor.split(":")[0], "system")
    return StepTaken(
        event.from_status, event.to_status, actor, event.note, time_text(event.created_time)
    )


def time_text(moment: datetime) -> str:
    """Return a moment as pages show it, ``YYYY-MM-DD HH:MM:SS``."""
    return f"{moment:%Y-%m-%d %H:%M:%S}"
