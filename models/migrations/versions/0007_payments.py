"""Payment attempts, refunds, and notices that were not genuine.

An attempt has a number of its own at a provider, ``out_trade_no``, and belongs to one order; a
provider's number belongs to one attempt. An attempt has at most one refund. No foreign keys lead
to the order: the check of one would lock it for share before its state is decided. Alarms are
counted by provider, reason, attempt and day, so that a flood of forgeries cannot fill the table.
"""

from collections.abc import Iterable

from alembic import op
from sqlalchemy import Connection

from models.migrations.steps import Step, run_in

revision = "0007"
down_revision = "0006"

ATTEMPT = """\
CREATE TABLE IF NOT EXISTS `pays_attempt` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `order_id` varchar(64) NOT NULL,
  `provider` varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `out_trade_no` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `amount` decimal(10,2) NOT NULL,
  `state` varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'open',
  `code_url` varchar(512) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  `trade_no` varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
  `expires_time` datetime NOT NULL,
  `asked_time` datetime(6) NULL,
  `paid_time` datetime(6) NULL,
  `created_time` datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (`id`),
  UNIQUE KEY `pays_attempt_number` (`out_trade_no`),
  UNIQUE KEY `pays_attempt_trade` (`provider`, `trade_no`),
  KEY `pays_attempt_order` (`order_id`),
  KEY `pays_attempt_paid` (`paid_time`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci"""
REFUND = """\
CREATE TABLE IF NOT EXISTS `pays_refund` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `attempt_id` bigint NOT NULL,
  `order_id` varchar(64) NOT NULL,
  `request_no` varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `amount` decimal(10,2) NOT NULL,
  `reason` varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `state` varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'pending',
  `created_time` datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  `done_time` datetime(6) NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `pays_refund_attempt` (`attempt_id`),
  UNIQUE KEY `pays_refund_request` (`request_no`),
  KEY `pays_refund_order` (`order_id`),
  KEY `pays_refund_done` (`done_time`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci"""
ALARM = """\
CREATE TABLE IF NOT EXISTS `pays_alarm` (
  `provider` varchar(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `reason` varchar(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `out_trade_no` varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  `day` date NOT NULL,
  `times` int NOT NULL DEFAULT 1,
  `last_time` datetime(6) NOT NULL,
  PRIMARY KEY (`provider`, `reason`, `out_trade_no`, `day`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci"""


def steps(_connection: Connection) -> Iterable[Step]:
    """Return a step for each table."""
    return [
        Step("create table pays_attempt", ATTEMPT),
        Step("create table pays_refund", REFUND),
        Step("create table pays_alarm", ALARM),
    ]


def upgrade() -> None:
    """Create the tables."""
    run_in(op.get_context(), steps)
