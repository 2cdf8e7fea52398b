"""The published tables of the Django shop, as migration 0001 makes them.

Names and columns are those the Django shop uses, so that either program can work on them. Texts
are as wide as real values need (an argon2 hash, a Weibo token); counters have defaults, so that
an ``INSERT`` can leave them out. Django puts no action on foreign keys: neither does this.
"""

from __future__ import annotations

from models.migrations.tables import Check, Column, Key, Reference, Table

NOW = "CURRENT_TIMESTAMP(6)"
CREATED = Column("created_time", "datetime(6)", default=NOW)
UPDATED = Column("updated_time", "datetime(6)", default=NOW, extra=f"ON UPDATE {NOW}")
ID = Column("id", "int", extra="AUTO_INCREMENT")
STAMPED = (ID, CREATED, UPDATED)
BY_ID = Key("PRIMARY", ("id",), unique=True)


def _text(name: str, length: int, default: str | None = None) -> Column:
    return Column(name, f"varchar({length})", default=default)


def _count(name: str, default: str | None = "0") -> Column:
    return Column(name, "int", default=default)


def _money(name: str, default: str | None = None) -> Column:
    return Column(name, "decimal(10,2)", default=default)


def _truth(name: str, *, default: bool) -> Column:
    return Column(name, "tinyint(1)", default=str(int(default)))


USERS = (
    Table(
        "users_user_profile",
        (
            *STAMPED,
            _text("username", 11),
            _text("password", 255),
            _text("email", 254),
            _text("phone", 11),
            _truth("is_active", default=False),
        ),
        (
            BY_ID,
            Key("users_user_profile_username", ("username",), unique=True),
            Key("users_user_profile_email", ("email",)),
            Key("users_user_profile_phone", ("phone",)),
        ),
    ),
    Table(
        "users_address",
        (
            *STAMPED,
            Column("user_profile_id", "int"),
            _text("receiver", 10),
            _text("address", 100),
            _text("postcode", 7, default="''"),
            _text("receiver_mobile", 11),
            _text("tag", 10, default="''"),
            _truth("is_default", default=False),
            _truth("is_active", default=True),
        ),
        (BY_ID, Key("users_address_of_user", ("user_profile_id", "is_active"))),
        (Reference("users_address_user_profile", "user_profile_id", "users_user_profile"),),
    ),
    Table(
        "users_weibo_profile",
        (
            *STAMPED,
            Column("user_profile_id", "int", null=True),
            _text("wuid", 64),
            _text("access_token", 255),
        ),
        (
            BY_ID,
            Key("users_weibo_profile_user", ("user_profile_id",), unique=True),
            Key("users_weibo_profile_wuid", ("wuid",), unique=True),
        ),
        (Reference("users_weibo_profile_user_profile", "user_profile_id", "users_user_profile"),),
    ),
)

GOODS = (
    Table("goods_catalog", (*STAMPED, _text("name", 10)), (BY_ID,)),
    Table(
        "goods_brand",
        (
            *STAMPED,
            _text("name", 20),
            _text("logo", 100, default="''"),
            _text("first_letter", 1, default="''"),
        ),
        (BY_ID,),
    ),
    Table(
        "goods_spu",
        (
            *STAMPED,
            _text("name", 50),
            _count("sales"),
            _count("comments"),
            Column("brand_id", "int"),
            Column("catalog_id", "int"),
        ),
        (
            BY_ID,
            Key("goods_spu_of_catalog", ("catalog_id", "brand_id")),
            Key("goods_spu_of_brand", ("brand_id",)),
        ),
        (
            Reference("goods_spu_brand", "brand_id", "goods_brand"),
            Reference("goods_spu_catalog", "catalog_id", "goods_catalog"),
        ),
    ),
    Table(
        "goods_spu_sale_attr",
        (*STAMPED, Column("spu_id", "int"), _text("name", 20)),
        (BY_ID, Key("goods_spu_sale_attr_of_spu", ("spu_id",))),
        (Reference("goods_spu_sale_attr_spu", "spu_id", "goods_spu"),),
    ),
    Table(
        "goods_sale_attr_value",
        (*STAMPED, Column("spu_sale_attr_id", "int"), _text("name", 20)),
        (BY_ID, Key("goods_sale_attr_value_of_attr", ("spu_sale_attr_id",))),
        (Reference("goods_sale_attr_value_attr", "spu_sale_attr_id", "goods_spu_sale_attr"),),
    ),
    Table(
        "goods_sku",
        (
            *STAMPED,
            _text("name", 50),
            _text("caption", 100, default="''"),
            Column("spu_id", "int"),
            _money("price"),
            _money("cost_price"),
            _money("market_price"),
            _count("stock"),
            _count("sales"),
            _count("comments"),
            _truth("is_launched", default=True),
            _text("default_image_url", 100, default="''"),
            _count("version"),
        ),
        (BY_ID, Key("goods_sku_shelf", ("spu_id", "is_launched", "price"))),
        (Reference("goods_sku_spu", "spu_id", "goods_spu"),),
        (Check("goods_sku_stock_not_negative", "stock >= 0"),),
    ),
    Table(
        "goods_sku_sale_attr_value",
        (ID, Column("sku_id", "int"), Column("saleattrvalue_id", "int")),
        (
            BY_ID,
            Key("goods_sku_sale_attr_value_once", ("sku_id", "saleattrvalue_id"), unique=True),
            Key("goods_sku_sale_attr_value_skus", ("saleattrvalue_id", "sku_id")),
        ),
        (
            Reference("goods_sku_sale_attr_value_sku", "sku_id", "goods_sku"),
            Reference(
                "goods_sku_sale_attr_value_value", "saleattrvalue_id", "goods_sale_attr_value"
            ),
        ),
    ),
    Table(
        "goods_sku_image",
        (*STAMPED, Column("sku_id", "int"), _text("image", 100)),
        (BY_ID, Key("goods_sku_image_of_sku", ("sku_id",))),
        (Reference("goods_sku_image_sku", "sku_id", "goods_sku"),),
    ),
    Table(
        "goods_spu_spec",
        (*STAMPED, Column("spu_id", "int"), _text("name", 20)),
        (BY_ID, Key("goods_spu_spec_of_spu", ("spu_id",))),
        (Reference("goods_spu_spec_spu", "spu_id", "goods_spu"),),
    ),
    Table(
        "goods_spu_spec_value",
        (*STAMPED, Column("sku_id", "int"), Column("spu_spec_id", "int"), _text("name", 20)),
        (
            BY_ID,
            Key("goods_spu_spec_value_of_sku", ("sku_id",)),
            Key("goods_spu_spec_value_of_spec", ("spu_spec_id",)),
        ),
        (
            Reference("goods_spu_spec_value_sku", "sku_id", "goods_sku"),
            Reference("goods_spu_spec_value_spec", "spu_spec_id", "goods_spu_spec"),
        ),
    ),
)

ORDERS = (
    Table(
        "orders_order_info",
        (
            CREATED,
            UPDATED,
            _text("order_id", 64),
            Column("user_profile_id", "int"),
            _money("total_amount"),
            _count("total_count", default=None),
            Column("pay_method", "smallint", default="1"),
            _money("freight", default="0.00"),
            Column("status", "smallint"),
            _text("receiver", 10),
            _text("address", 100),
            _text("receiver_mobile", 11),
            _text("tag", 10, default="''"),
        ),
        (
            Key("PRIMARY", ("order_id",), unique=True),
            Key("orders_order_info_of_user", ("user_profile_id", "created_time")),
        ),
        (Reference("orders_order_info_user_profile", "user_profile_id", "users_user_profile"),),
    ),
    Table(
        "orders_order_goods",
        (
            *STAMPED,
            _text("order_info_id", 64),
            Column("sku_id", "int"),
            _count("count", default="1"),
            _money("price"),
        ),
        (
            BY_ID,
            Key("orders_order_goods_of_order", ("order_info_id",)),
            Key("orders_order_goods_of_sku", ("sku_id",)),
        ),
        (
            Reference("orders_order_goods_order", "order_info_id", "orders_order_info", "order_id"),
            Reference("orders_order_goods_sku", "sku_id", "goods_sku"),
        ),
    ),
)

TABLES = (*USERS, *GOODS, *ORDERS)
