"""Goods for tests: rows put straight into the tables, behind the back of the services."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from typing import Any

import pymysql
from pymysql.connections import Connection

from environment import Url
from models import search_index
from models.migrations.upgrade import opened, upgrade

Rows = list[tuple[Any, ...]]
# Children before their parents.
TABLES = (
    "goods_outdated_page",
    "goods_stock_ledger",
    "pays_alarm",
    "pays_refund",
    "pays_attempt",
    "orders_event",
    "orders_idempotency",
    "orders_order_goods",
    "orders_order_info",
    "users_address",
    "users_weibo_profile",
    "users_user_profile",
    "goods_sku_search",
    "goods_spu_spec_value",
    "goods_sku_image",
    "goods_sku_sale_attr_value",
    "goods_sku",
    "goods_spu_spec",
    "goods_sale_attr_value",
    "goods_spu_sale_attr",
    "goods_spu",
    "goods_brand",
    "goods_catalog",
)
NAME = "dadashop_core"


class Goods:
    """A database of its own on the shared server: filled here, read and changed by the shop."""

    def __init__(self, server: Url) -> None:
        self.url = Url(server.removesuffix(server.name) + NAME)
        self._server = server
        self._last = 0
        self._open: Connection | None = None

    def create(self) -> None:
        """Make it anew, with the newest schema and no rows."""
        with pymysql.connect(**address(self._server)) as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {NAME}")
            cursor.execute(f"CREATE DATABASE {NAME} CHARACTER SET utf8mb4")
        with opened(self.url) as connection:
            upgrade(connection)
        self._open = connect(self.url)

    def close(self) -> None:
        """Hang up."""
        self.connection.close()

    @property
    def connection(self) -> Connection:
        """The connection the rows are written on; it commits each statement."""
        assert self._open is not None
        return self._open

    def clear(self) -> None:
        """Take every row out; numbers begin at 1 again."""
        self._last = 0
        with self.transaction():
            for table in TABLES:
                self.run(f"DELETE FROM {table}")

    @contextmanager
    def transaction(self) -> Any:
        """Commit once at the end, which is much faster."""
        self.connection.begin()
        yield
        self.connection.commit()

    def run(self, sql: str, *values: object) -> int:
        """Run one statement; return how many rows it changed."""
        with self.connection.cursor() as cursor:
            return cursor.execute(sql, values or None)

    def ask(self, sql: str, *values: object) -> Rows:
        """Return the rows of one query."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql, values or None)
            return list(cursor.fetchall())

    def one(self, sql: str, *values: object) -> Any:
        """Return the only value of one query."""
        ((value,),) = self.ask(sql, *values)
        return value

    def contents(self) -> dict[str, Rows]:
        """Return every row of every table, to compare before and after."""
        return {table: self.ask(f"SELECT * FROM {table} ORDER BY 1") for table in TABLES}

    def add(self, table: str, **columns: object) -> int:
        """Insert a row; ids rise over all tables, so that no two kinds share one by accident."""
        self._last += 1
        columns = {"id": self._last} | columns
        holes = ", ".join(["%s"] * len(columns))
        self.run(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({holes})", *columns.values())
        return int(str(columns["id"]))

    def catalog(self, name: str = "手提包") -> int:
        """Open a catalogue."""
        return self.add("goods_catalog", name=name)

    def brand(self, name: str = "青禾") -> int:
        """Add a brand."""
        return self.add("goods_brand", name=name, logo="brand/1.png", first_letter="Q")

    def spu(self, catalog: int, brand: int, name: str = "通勤托特包") -> int:
        """Add a product."""
        return self.add("goods_spu", name=name, catalog_id=catalog, brand_id=brand)

    def attribute(self, spu: int, name: str, *values: str) -> tuple[int, list[int]]:
        """Give a product a sale attribute; return its id and those of its values."""
        attribute = self.add("goods_spu_sale_attr", spu_id=spu, name=name)
        return attribute, [self.value(attribute, value) for value in values]

    def value(self, attribute: int, name: str) -> int:
        """Give a sale attribute a value."""
        return self.add("goods_sale_attr_value", spu_sale_attr_id=attribute, name=name)

    def sku(
        self, spu: int, name: str = "托特包", *, values: Sequence[int] = (), **other: Any
    ) -> int:
        """Add a variant, ready to be found."""
        columns = {
            "spu_id": spu,
            "name": name,
            "caption": "轻便耐用",
            "price": "100.00",
            "cost_price": "50.00",
            "market_price": "200.00",
            "stock": 5,
            "default_image_url": "sku/1.png",
        } | other
        sku = self.add("goods_sku", **columns)
        search_index.put(self.connection, [(sku, name, columns["caption"])])
        for value in values:
            self.add("goods_sku_sale_attr_value", sku_id=sku, saleattrvalue_id=value)
        return sku

    def image(self, sku: int, path: str) -> int:
        """Add a picture."""
        return self.add("goods_sku_image", sku_id=sku, image=path)

    def spec(self, spu: int, name: str) -> int:
        """Give a product a line of specifications."""
        return self.add("goods_spu_spec", spu_id=spu, name=name)

    def spec_value(self, sku: int, spec: int, value: str) -> int:
        """Fill a line of specifications."""
        return self.add("goods_spu_spec_value", sku_id=sku, spu_spec_id=spec, name=value)

    def order(self, sku: int) -> None:
        """Let somebody have ordered a variant."""
        user = self.add(
            "users_user_profile", username="wang", password="x", email="w@x.cn", phone="13800000000"
        )
        self.run(
            "INSERT INTO orders_order_info (order_id, user_profile_id, total_amount, total_count,"
            " status, receiver, address, receiver_mobile)"
            " VALUES ('1', %s, 100, 1, 1, 'a', 'b', 'c')",
            user,
        )
        self.add("orders_order_goods", order_info_id="1", sku_id=sku, price="100.00")


def address(url: Url) -> dict[str, Any]:
    """Return what PyMySQL wants to know of an address."""
    return {
        "host": url.host,
        "port": url.port(3306),
        "user": url.user,
        "password": str(url.password),
        "database": url.name,
        "charset": "utf8mb4",
    }


def connect(url: Url) -> Connection:
    """Open a connection that commits each statement, on Beijing time as the shop's own."""
    zone = "SET time_zone = '+08:00'"
    return pymysql.connect(**address(url), autocommit=True, init_command=zone)


class Bags:
    """A small shop: a full catalogue, a scarce one, one with nothing to sell, one without goods.

    ``tote`` is a product of two sale attributes; ``skus`` are its launched variants.
    """

    def __init__(self, goods: Goods) -> None:
        with goods.transaction():
            self._fill(goods)

    def _fill(self, goods: Goods) -> None:
        self.full, self.scarce = goods.catalog("手提包"), goods.catalog("耳机")
        self.withdrawn, self.empty = goods.catalog("下架"), goods.catalog("空")
        self.brand, self.other_brand = goods.brand("青禾"), goods.brand("白露")
        self.tote = goods.spu(self.full, self.brand, "通勤托特包")
        self.colour, (self.red, self.blue) = goods.attribute(self.tote, "颜色", "绯红", "天蓝")
        self.size, (self.small, self.large) = goods.attribute(self.tote, "尺寸", "小号", "大号")
        # The values are linked in the wrong order on purpose: replies sort them.
        pairs = [(self.small, self.red), (self.large, self.red), (self.small, self.blue)]
        self.skus = [
            goods.sku(self.tote, f"托特包 {n}", values=pair, price=f"{88 + n}.00", sales=n)
            for n, pair in enumerate(pairs)
        ]
        self.hidden = goods.sku(
            self.tote, "托特包 隐", values=(self.large, self.blue), is_launched=False
        )
        self.weight, self.material = goods.spec(self.tote, "重量"), goods.spec(self.tote, "材质")
        goods.spec_value(self.skus[0], self.material, "帆布")
        goods.spec_value(self.skus[0], self.weight, "500 g")
        self.images = [goods.image(self.skus[0], f"sku/a{n}.png") for n in range(2)]
        self.clutch = goods.spu(self.full, self.other_brand, "手拿包")
        self.plain = goods.sku(self.clutch, "Evening Clutch 手拿包", price="9.90", sales=9)
        self.buds = goods.spu(self.scarce, self.brand, "耳机")
        self.only = goods.sku(self.buds, "iPhone 耳机 🎧", caption="降噪", price="12345678.90")
        gone = goods.spu(self.withdrawn, self.brand, "旧款")
        self.gone = goods.sku(gone, "旧款", is_launched=False)
