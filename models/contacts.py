"""Which account owns which e-mail address and phone number: putting ``users_contact`` right.

For tools that write whole tables through a PyMySQL connection; the shop itself claims contacts one
by one (``models.users``). Where two accounts have the same contact, the older one owns it.
"""

from __future__ import annotations

from pymysql.connections import Connection
from pymysql.cursors import Cursor

_FORGET = """DELETE c FROM users_contact c JOIN users_user_profile u ON u.id = c.user_profile_id
  WHERE c.value <> LOWER(IF(c.kind = 'email', u.email, u.phone))"""
FILL = """INSERT IGNORE INTO users_contact (kind, value, user_profile_id)
  SELECT '{kind}', LOWER({kind}), id FROM users_user_profile WHERE {kind} <> '' ORDER BY id"""
KINDS = ("email", "phone")


def refresh(connection: Connection[Cursor]) -> None:
    """Forget contacts that accounts no longer have, enter those they have; the caller commits."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET)
        for kind in KINDS:
            cursor.execute(FILL.format(kind=kind))
