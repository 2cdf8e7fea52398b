"""Work that follows a change, as rows written with the change, and the turns of periodic work.

A row of ``tasks_outbox`` waits until it is done or dead. ``facts`` is JSON for its kind; they are
erased when it is done. ``leased_until`` is both the end of a lease and the stamp by which its
holder proves to hold it. The index finds the ready rows of one kind in order of ``due``, the dead
ones and the old done ones, without reading any other. ``once`` keeps a second row of the same
meaning out for as long as the first is there.
"""

from collections.abc import Iterable

from alembic import op
from sqlalchemy import Connection

from models.migrations.steps import Step, run_in

revision = "0004"
down_revision = "0003"

OUTBOX = """\
CREATE TABLE IF NOT EXISTS `tasks_outbox` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `kind` varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `facts` longtext NOT NULL,
  `due` datetime(6) NOT NULL,
  `attempts` int NOT NULL DEFAULT 0,
  `leased_until` datetime(6) NULL,
  `created_time` datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  `done_time` datetime(6) NULL,
  `dead_time` datetime(6) NULL,
  `error` varchar(200) NULL,
  `once` varchar(80) CHARACTER SET ascii COLLATE ascii_bin NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `tasks_outbox_once` (`once`),
  KEY `tasks_outbox_state` (`done_time`, `dead_time`, `kind`, `due`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci"""

SCHEDULE = """\
CREATE TABLE IF NOT EXISTS `tasks_schedule` (
  `name` varchar(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  `leased_until` datetime(6) NULL,
  `ran_at` datetime(6) NULL,
  PRIMARY KEY (`name`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci"""


def steps(_connection: Connection) -> Iterable[Step]:
    """Return a step for each table."""
    return [
        Step("create table tasks_outbox", OUTBOX),
        Step("create table tasks_schedule", SCHEDULE),
    ]


def upgrade() -> None:
    """Create the tables."""
    run_in(op.get_context(), steps)
