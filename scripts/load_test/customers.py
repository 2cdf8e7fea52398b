"""Customers for a load: many accounts at once, activated, with one address and a token each.

They are marked by their e-mail address, ``<name>@load.invalid``; an account of somebody else that
has such a name is left alone. Made again, they stay as they are but for their password, which is
another one for every run and the same for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import uvloop
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from models.contacts import KINDS
from models.users import User
from scripts.fixtures.writer import connect
from scripts.load_test.plan import Customer
from server import open_services
from services.hashing import Door, Passwords
from settings import Settings

BATCH = 1000
_ADD = """INSERT INTO users_user_profile (username, password, email, phone, is_active)
  VALUES (%s, %s, %s, %s, 1)
  ON DUPLICATE KEY UPDATE password = IF(email = VALUES(email), VALUES(password), password)"""
_OURS = """u.username BETWEEN 'load000000' AND 'load999999'
  AND u.email = CONCAT(u.username, '@load.invalid') AND u.is_disabled = 0"""
_CLAIM = f"""INSERT IGNORE INTO users_contact (kind, value, user_profile_id)
  SELECT %s, IF(%s = 'email', u.email, u.phone), u.id FROM users_user_profile u WHERE {_OURS}"""
_SETTLE = f"""INSERT INTO users_address (user_profile_id, receiver, address, receiver_mobile,
    is_default)
  SELECT u.id, '负载测试', '北京市东城区测试路一号', u.phone, 1 FROM users_user_profile u
  WHERE {_OURS} AND NOT EXISTS (
    SELECT 1 FROM users_address a WHERE a.user_profile_id = u.id AND a.is_active = 1)"""
_ALL = f"""SELECT a.id, u.id, u.username, u.password, u.email, u.phone, u.is_active, u.is_disabled,
    u.token_version
  FROM users_user_profile u
  JOIN users_address a ON a.user_profile_id = u.id AND a.is_active = 1 AND a.is_default = 1
  WHERE {_OURS} ORDER BY u.id LIMIT %s"""


class Account(NamedTuple):
    """A row of a customer, and the address orders go to."""

    address_id: int
    user: User


def prepared(settings: Settings, count: int, password: str) -> list[Customer]:
    """Return so many customers who all have that password; raises ``pymysql.err.Error``."""
    hashed = uvloop.run(_hashed(password))
    with connect(settings.mysql.url) as connection:
        _open(connection, count, hashed)
    return known(settings, count)


def known(settings: Settings, count: int) -> list[Customer]:
    """Return those customers that are there, at most ``count``."""
    with connect(settings.mysql.url) as connection, connection.cursor() as cursor:
        cursor.execute(_ALL, (count,))
        accounts = [Account(address_id, User(*columns)) for address_id, *columns in cursor]
    return uvloop.run(_with_tokens(settings, accounts))


def _open(connection: Connection[Cursor], count: int, hashed: str) -> None:
    """Write the rows that are missing, and the password of all."""
    rows = [_row(number, hashed) for number in range(1, count + 1)]
    with connection.cursor() as cursor:
        for start in range(0, count, BATCH):
            cursor.executemany(_ADD, rows[start : start + BATCH])
        for kind in KINDS:
            cursor.execute(_CLAIM, (kind, kind))
        cursor.execute(_SETTLE)


def _row(number: int, hashed: str) -> tuple[str, str, str, str]:
    name = f"load{number:06d}"
    return name, hashed, f"{name}@load.invalid", f"199{number:08d}"


async def _hashed(password: str) -> str:
    door = Door(threads=1, queue=0)
    try:
        return await Passwords(door).hashed(password)
    finally:
        door.close()


async def _with_tokens(settings: Settings, accounts: Sequence[Account]) -> list[Customer]:
    async with open_services(settings) as services:
        issued = services.tokens.issued
        return [
            Customer(user.id, user.username, issued(user), address_id)
            for address_id, user in accounts
        ]
