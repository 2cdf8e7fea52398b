"""Tags of page copies that are out of date and whose readers still have to be told.

A row is written in the transaction that changes what the pages show, so that a change and the
news of it are never apart; whoever has spread the news deletes the row. ``tags`` are separated
by spaces.
"""

from collections.abc import Iterable

from alembic import op
from sqlalchemy import Connection

from models.migrations.steps import Step, run_in

revision = "0003"
down_revision = "0002"

OUTDATED = """\
CREATE TABLE IF NOT EXISTS `goods_outdated_page` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `tags` varchar(8000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `created_time` datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (`id`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci"""


def steps(_connection: Connection) -> Iterable[Step]:
    """Return the one step."""
    return [Step("create table goods_outdated_page", OUTDATED)]


def upgrade() -> None:
    """Create the table."""
    run_in(op.get_context(), steps)
