"""What accounts need beyond the published columns.

``token_version`` rises whenever older tokens must die. ``users_contact`` gives each e-mail address
and each phone number to one account: the published table has no unique key on them, and one taken
over may hold doubles, of which the oldest account keeps the contact.
"""

from collections.abc import Iterable

from alembic import op
from sqlalchemy import Connection

from models.migrations.steps import Step, run_in
from models.migrations.survey import key_type

revision = "0005"
down_revision = "0004"

COLUMNS = """\
ALTER TABLE `users_user_profile`
  ADD COLUMN IF NOT EXISTS `token_version` int NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS `is_disabled` tinyint(1) NOT NULL DEFAULT 0"""
CONTACT = """\
CREATE TABLE IF NOT EXISTS `users_contact` (
  `kind` enum('email','phone') NOT NULL,
  `value` varchar(254) NOT NULL,
  `user_profile_id` {key} NOT NULL,
  PRIMARY KEY (`kind`, `value`),
  KEY `users_contact_user` (`user_profile_id`),
  CONSTRAINT `users_contact_user` FOREIGN KEY (`user_profile_id`)
    REFERENCES `users_user_profile` (`id`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin"""
FILL = """\
INSERT IGNORE INTO `users_contact` (`kind`, `value`, `user_profile_id`)
SELECT '{kind}', LOWER(`{kind}`), `id` FROM `users_user_profile`
WHERE `{kind}` <> '' ORDER BY `id`"""


def steps(connection: Connection) -> Iterable[Step]:
    """Return the columns, the table, and what fills it."""
    yield Step("add columns to users_user_profile", COLUMNS)
    key = key_type(connection, "users_user_profile", "int")
    yield Step("create table users_contact", CONTACT.format(key=key))
    for kind in ("email", "phone"):
        yield Step(f"fill users_contact with every {kind}", FILL.format(kind=kind))


def upgrade() -> None:
    """Add what is missing."""
    run_in(op.get_context(), steps)
