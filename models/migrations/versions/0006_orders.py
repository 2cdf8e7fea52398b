"""The ledger of the stock; the time line of orders, their idempotency, snapshots of their lines.

``goods_stock_ledger`` holds every change of a stock, so that ``stock`` is the sum of its deltas. It
has no foreign keys: the check of one would lock the SKU for share before the order wants it for
itself, and two such orders would wait for each other. ``orders_idempotency`` names the order of a
key; what its ``key`` looks like is said in ``models.idempotency``. Lines get the name, picture and
attributes of the day. Orders and SKUs that stand already are entered into the books.
"""

from collections.abc import Iterable

from alembic import op
from sqlalchemy import Connection

from models.bookkeeping import ENTRIES
from models.migrations.steps import Step, run_in
from models.migrations.survey import key_type

revision = "0006"
down_revision = "0005"

LEDGER = """\
CREATE TABLE IF NOT EXISTS `goods_stock_ledger` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `sku_id` {sku} NOT NULL,
  `delta` int NOT NULL,
  `reason` varchar(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `order_id` varchar(64) NULL,
  `created_time` datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (`id`),
  KEY `goods_stock_ledger_sku` (`sku_id`),
  KEY `goods_stock_ledger_order` (`order_id`),
  KEY `goods_stock_ledger_age` (`created_time`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci"""
EVENT = """\
CREATE TABLE IF NOT EXISTS `orders_event` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `order_id` varchar(64) NOT NULL,
  `from_status` smallint NULL,
  `to_status` smallint NOT NULL,
  `actor` varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `note` varchar(100) NOT NULL DEFAULT '',
  `created_time` datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (`id`),
  KEY `orders_event_order` (`order_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci"""
IDEMPOTENCY = """\
CREATE TABLE IF NOT EXISTS `orders_idempotency` (
  `user_profile_id` {user} NOT NULL,
  `key` varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `fingerprint` binary(32) NOT NULL,
  `reply` text NOT NULL,
  `order_id` varchar(64) NULL,
  `created_time` datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (`user_profile_id`, `key`),
  KEY `orders_idempotency_age` (`created_time`),
  KEY `orders_idempotency_order` (`order_id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci"""
LINES = """\
ALTER TABLE `orders_order_goods`
  ADD COLUMN IF NOT EXISTS `name` varchar(50) NULL,
  ADD COLUMN IF NOT EXISTS `default_image_url` varchar(200) NULL,
  ADD COLUMN IF NOT EXISTS `attribute_names` text NULL,
  ADD COLUMN IF NOT EXISTS `attribute_values` text NULL"""
STATE = """\
ALTER TABLE `orders_order_info` ADD INDEX IF NOT EXISTS `orders_order_info_state`
  (`user_profile_id`, `status`, `created_time`)"""


def steps(connection: Connection) -> Iterable[Step]:
    """Return the tables, the columns, the key, and the entries that are missing in the books."""
    sku, user = (
        key_type(connection, table, "int") for table in ("goods_sku", "users_user_profile")
    )
    yield Step("create table goods_stock_ledger", LEDGER.format(sku=sku))
    yield Step("create table orders_event", EVENT)
    yield Step("create table orders_idempotency", IDEMPOTENCY.format(user=user))
    yield Step("add columns to orders_order_goods", LINES)
    yield Step("add a key to orders_order_info", STATE)
    for says, statement in ENTRIES.items():
        yield Step(says, statement)


def upgrade() -> None:
    """Add what is missing."""
    run_in(op.get_context(), steps)
