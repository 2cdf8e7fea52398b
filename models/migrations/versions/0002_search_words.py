"""The words of every SKU, for the search.

``words`` holds ``models.words.encoded(name, caption)``: hexadecimal digits and spaces only, so
one byte a character is enough. The row goes with its SKU, whoever deletes it.
"""

from collections.abc import Iterable

from alembic import op
from sqlalchemy import Connection

from models.migrations.steps import Step, run_in
from models.migrations.survey import key_type

revision = "0002"
down_revision = "0001"

SEARCH = """\
CREATE TABLE IF NOT EXISTS `goods_sku_search` (
  `sku_id` {key} NOT NULL,
  `words` text CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (`sku_id`),
  FULLTEXT KEY `goods_sku_search_words` (`words`),
  CONSTRAINT `goods_sku_search_sku` FOREIGN KEY (`sku_id`) REFERENCES `goods_sku` (`id`)
    ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci"""


def steps(connection: Connection) -> Iterable[Step]:
    """Return the one step: its key has the type of the SKU's, which may be taken over."""
    statement = SEARCH.format(key=key_type(connection, "goods_sku", "int"))
    return [Step("create table goods_sku_search", statement)]


def upgrade() -> None:
    """Create the table."""
    run_in(op.get_context(), steps)
