"""Orders: what was bought, at which price, and where it goes; states move by conditional UPDATE.

An order keeps the day it was made: its lines have their own price, name, picture and attributes,
and the address is written out. Money is in yuan; ``total_amount`` includes the freight.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import IntEnum

import msgspec

from models.addresses import Address
from models.connection import Connection, placeholders
from models.offers import names_of

LEAST_ID, LARGEST_ID = 10**15, 2**53 - 1
LARGEST_TOTAL, LARGEST_COUNT = Decimal("99999999.99"), 2**31 - 1


class Status(IntEnum):
    """Where an order stands. Steps: 1→2→3→4, 1→6, 2→7→8, and 7→2 when a refund is refused."""

    UNPAID = 1
    PAID = 2
    SHIPPED = 3
    DONE = 4
    CLOSED = 6
    REFUNDING = 7
    REFUNDED = 8


class Order(msgspec.Struct, frozen=True):
    """One order without its lines."""

    order_id: str
    user_id: int
    total_amount: Decimal
    total_count: int
    pay_method: int
    freight: Decimal
    status: int
    receiver: str
    address: str
    receiver_mobile: str
    tag: str
    created_time: datetime


class NewOrder(msgspec.Struct, frozen=True):
    """An order that is about to be placed."""

    order_id: str
    user_id: int
    total_amount: Decimal
    total_count: int
    pay_method: int
    freight: Decimal
    address: Address


class OrderLine(msgspec.Struct, frozen=True):
    """So many of one SKU, as it was on the day of the order; names and values are aligned."""

    order_id: str
    sku_id: int
    count: int
    price: Decimal
    name: str
    image: str
    attribute_names: list[str]
    attribute_values: list[str]


class _Line(msgspec.Struct, frozen=True):
    order_id: str
    sku_id: int
    count: int
    price: Decimal
    name: str
    image: str
    names: str | None
    values: str | None


class _Number(msgspec.Struct, frozen=True):
    value: int


_FIELDS = """order_id, user_profile_id, total_amount, total_count, pay_method, freight, status,
    receiver, address, receiver_mobile, tag, created_time"""
_ADD = """INSERT INTO orders_order_info (order_id, user_profile_id, total_amount, total_count,
    pay_method, freight, status, receiver, address, receiver_mobile, tag, created_time,
    updated_time)
  VALUES (%s, %s, %s, %s, %s, %s, 1, %s, %s, %s, %s, NOW(6), NOW(6))"""
_ADD_LINES = """INSERT INTO orders_order_goods (order_info_id, sku_id, `count`, price, name,
    default_image_url, attribute_names, attribute_values, created_time, updated_time)
  VALUES {rows}"""
_LINE = "(%s, %s, %s, %s, %s, %s, %s, %s, NOW(6), NOW(6))"
_ONE = f"SELECT {_FIELDS} FROM orders_order_info WHERE order_id = %s"
_OWN = f"{_ONE} AND user_profile_id = %s"
_LOCKED = f"{_ONE} FOR UPDATE"
_OWN_LOCKED = f"{_OWN} FOR UPDATE"
_PAGE = f"""SELECT {_FIELDS} FROM orders_order_info
  WHERE user_profile_id = %s AND (%s IS NULL OR status = %s)
  ORDER BY created_time DESC, order_id DESC LIMIT %s OFFSET %s"""
_COUNT = """SELECT COUNT(*) FROM orders_order_info
  WHERE user_profile_id = %s AND (%s IS NULL OR status = %s)"""
_LINES = """SELECT g.order_info_id, g.sku_id, g.`count`, g.price, COALESCE(g.name, s.name),
    COALESCE(g.default_image_url, s.default_image_url), g.attribute_names, g.attribute_values
  FROM orders_order_goods g JOIN goods_sku s ON s.id = g.sku_id
  WHERE g.order_info_id IN ({ids}) ORDER BY g.order_info_id, g.id"""
_PAY = """UPDATE orders_order_info SET status = 2, pay_method = %s, updated_time = NOW(6)
  WHERE order_id = %s AND status = 1"""
_CHOOSE = """UPDATE orders_order_info SET pay_method = %s, updated_time = NOW(6)
  WHERE order_id = %s AND status = 1"""
_MOVE = """UPDATE orders_order_info SET status = %s, updated_time = NOW(6)
  WHERE order_id = %s AND status = %s AND (%s IS NULL OR user_profile_id = %s)"""


def fresh_order_id() -> str:
    """Return 16 random digits that JavaScript can hold as a number."""
    return str(LEAST_ID + secrets.randbelow(LARGEST_ID - LEAST_ID + 1))


class Orders:
    """All orders and their lines."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, order: NewOrder) -> None:
        """Write an unpaid order; raise ``Duplicate`` when its number is taken."""
        where = order.address
        await self._connection.change(
            _ADD,
            *(order.order_id, order.user_id, order.total_amount, order.total_count),
            *(order.pay_method, order.freight),
            *(where.receiver, where.address, where.receiver_mobile, where.tag),
        )

    async def add_lines(self, lines: Sequence[OrderLine]) -> None:
        """Write lines; the rows of their SKUs must be locked already (DL-1)."""
        values = [value for line in lines for value in _columns(line)]
        sql = _ADD_LINES.format(rows=", ".join([_LINE] * len(lines)))
        await self._connection.change(sql, *values)

    async def by_id(self, order_id: str) -> Order | None:
        """Return an order, whoever owns it."""
        return await self._connection.row(Order, _ONE, order_id)

    async def own(self, user_id: int, order_id: str) -> Order | None:
        """Return an order of the user."""
        return await self._connection.row(Order, _OWN, order_id, user_id)

    async def locked(self, order_id: str) -> Order | None:
        """Return an order and keep others from it until the transaction ends."""
        return await self._connection.row(Order, _LOCKED, order_id)

    async def own_locked(self, user_id: int, order_id: str) -> Order | None:
        """Return an order of the user and keep others from it likewise."""
        return await self._connection.row(Order, _OWN_LOCKED, order_id, user_id)

    async def page(
        self, user_id: int, status: int | None, *, page: int, pagesize: int
    ) -> list[Order]:
        """Return one page of the user's orders, the newest first."""
        first = (page - 1) * pagesize
        return await self._connection.rows(Order, _PAGE, user_id, status, status, pagesize, first)

    async def count(self, user_id: int, status: int | None) -> int:
        """Count the user's orders."""
        found = await self._connection.row(_Number, _COUNT, user_id, status, status)
        return found.value if found else 0

    async def lines_of(self, order_ids: Sequence[str]) -> dict[str, list[OrderLine]]:
        """Return the lines of some orders, by order."""
        lines: dict[str, list[OrderLine]] = {order_id: [] for order_id in order_ids}
        if order_ids:
            sql = _LINES.format(ids=placeholders(len(order_ids)))
            for row in await self._connection.rows(_Line, sql, *order_ids):
                lines[row.order_id].append(_line(row))
        return lines

    async def pay(self, order_id: str, pay_method: int) -> bool:
        """Mark an unpaid order as paid by that method; exactly one caller sees True."""
        return await self._connection.change(_PAY, pay_method, order_id) == 1

    async def choose(self, order_id: str, pay_method: int) -> None:
        """Note how the buyer means to pay an unpaid order."""
        await self._connection.change(_CHOOSE, pay_method, order_id)

    async def move(
        self, order_id: str, before: Status, *, after: Status, user_id: int | None = None
    ) -> bool:
        """Take a step, of an order of this user if one is named; exactly one caller sees True."""
        values = (after, order_id, before, user_id, user_id)
        return await self._connection.change(_MOVE, *map(_plain, values)) == 1


def _plain(value: int | str | None) -> int | str | None:
    """Return a number the driver knows how to write."""
    return int(value) if isinstance(value, Status) else value


def _columns(line: OrderLine) -> tuple[object, ...]:
    names, values = (
        msgspec.json.encode(each).decode() for each in (line.attribute_names, line.attribute_values)
    )
    plain = (line.order_id, line.sku_id, line.count, line.price, line.name, line.image)
    return (*plain, names, values)


def _line(row: _Line) -> OrderLine:
    return OrderLine(
        order_id=row.order_id,
        sku_id=row.sku_id,
        count=row.count,
        price=row.price,
        name=row.name,
        image=row.image,
        attribute_names=names_of(row.names),
        attribute_values=names_of(row.values),
    )
