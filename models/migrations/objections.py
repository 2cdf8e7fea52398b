"""What rows may say against a rule that is about to be put upon them.

Every function asks one question about the rows of one table and returns lines for people, each
with the table and the keys of the rows, or nothing. Nothing is ever changed here.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from models.migrations.survey import FoundColumn
from models.migrations.tables import COLLATION, Check, Reference, Table

SHOWN = 20
UNICODE = ("utf8mb4", "utf8mb3", "utf8", "ucs2", "utf16", "utf16le", "utf32", "ascii")


class Contradiction(Exception):
    """Rows contradict the schema; ``wrong`` says which, by table and key."""

    def __init__(self, wrong: list[str]) -> None:
        super().__init__("; ".join(wrong))
        self.wrong = wrong


def has_rows(connection: Connection, table: str) -> bool:
    """Tell whether a table holds anything."""
    return connection.exec_driver_sql(f"SELECT 1 FROM `{table}` LIMIT 1").first() is not None


def broken_rule(connection: Connection, table: Table, check: Check) -> Iterator[str]:
    """Name the rows that a check would refuse."""
    where = f"NOT ({check.rule})"
    yield from _rows(connection, table, where, f"break the rule {check.rule}")


def empty_values(connection: Connection, table: Table, column: str) -> Iterator[str]:
    """Name the rows without a value in a column that must have one."""
    yield from _rows(connection, table, f"`{column}` IS NULL", f"have no {column}")


def orphans(
    connection: Connection, table: Table, reference: Reference, *, text: bool, parent: bool
) -> Iterator[str]:
    """Name the rows that refer to a row that is not there; without ``parent`` all of them do."""
    where = f"`{table.name}`.`{reference.column}` IS NOT NULL"
    if parent:
        mine = _comparable(f"`{table.name}`.`{reference.column}`", text=text)
        theirs = _comparable(f"parent.`{reference.key}`", text=text)
        where += (
            f" AND NOT EXISTS (SELECT 1 FROM `{reference.table}` parent WHERE {theirs} = {mine})"
        )
    says = f"have a {reference.column} that is not in {reference.table}"
    yield from _rows(connection, table, where, says)


def twins(connection: Connection, table: Table, columns: dict[str, bool]) -> Iterator[str]:
    """Name the values that stand more than once where each may stand once.

    ``columns`` maps each column of the key to whether it is a text: texts are compared as the
    new collation compares them, without regard to case.
    """
    values = ", ".join(_comparable(f"`{name}`", text=text) for name, text in columns.items())
    filled = " AND ".join(f"`{name}` IS NOT NULL" for name in columns)
    statement = (
        f"SELECT GROUP_CONCAT(`{table.primary}` ORDER BY `{table.primary}`) FROM `{table.name}`"
        f" WHERE {filled} GROUP BY {values} HAVING COUNT(*) > 1 LIMIT {SHOWN + 1}"
    )
    for (keys,) in connection.exec_driver_sql(statement):
        named = ", ".join(columns)
        yield f"{table.name}: rows {table.primary} {keys} have the same {named}, which must differ"


def doubtful_bytes(connection: Connection, table: Table, column: FoundColumn) -> str | None:
    """Say which rows hold a text in an old character set that may really be UTF-8, or None.

    UTF-8 that was stored through a connection of another character set looks like that; to
    convert it as what it claims to be would spoil it for good.
    """
    if column.charset is None or column.charset in UNICODE:
        return None
    statement = (
        f"SELECT `{table.primary}`, CAST(`{column.name}` AS BINARY) FROM `{table.name}`"
        f" WHERE `{column.name}` <> CONVERT(`{column.name}` USING ascii)"
    )
    found = [str(key) for key, value in connection.exec_driver_sql(statement) if _utf8(value)]
    if not found:
        return None
    return (
        f"{table.name}: {column.name} is {column.charset}, but its text looks like UTF-8 in rows"
        f" {table.primary} {_shortened(found)}"
    )


def _utf8(value: bytes) -> bool:
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not text.isascii()


def _comparable(value: str, *, text: bool) -> str:
    return f"CONVERT({value} USING utf8mb4) COLLATE {COLLATION}" if text else value


def _rows(connection: Connection, table: Table, where: str, says: str) -> Iterator[str]:
    statement = (
        f"SELECT `{table.primary}` FROM `{table.name}` WHERE {where}"
        f" ORDER BY `{table.primary}` LIMIT {SHOWN + 1}"
    )
    keys = [str(key) for (key,) in connection.exec_driver_sql(statement)]
    if keys:
        yield f"{table.name}: rows {table.primary} {_shortened(keys)} {says}"


def _shortened(keys: list[str]) -> str:
    return ", ".join(keys[:SHOWN]) + (" and more" if len(keys) > SHOWN else "")
