"""What stands in a database now: tables, columns, keys, references and checks."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection

_TABLES = """\
SELECT table_name, engine, row_format, table_collation FROM information_schema.tables
WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'"""
_COLUMNS = """\
SELECT table_name, column_name, column_type, is_nullable, column_default, extra, character_set_name,
       collation_name, column_comment
FROM information_schema.columns WHERE table_schema = DATABASE()
ORDER BY table_name, ordinal_position"""
_KEYS = """\
SELECT table_name, index_name, MAX(non_unique), GROUP_CONCAT(column_name ORDER BY seq_in_index)
FROM information_schema.statistics WHERE table_schema = DATABASE() AND sub_part IS NULL
GROUP BY table_name, index_name"""
_REFERENCES = """\
SELECT table_name, constraint_name, column_name, referenced_table_name, referenced_column_name
FROM information_schema.key_column_usage
WHERE table_schema = DATABASE() AND referenced_table_schema = DATABASE()"""
_CHECKS = """\
SELECT table_name, constraint_name FROM information_schema.check_constraints
WHERE constraint_schema = DATABASE()"""
_KEY_TYPE = """\
SELECT column_type FROM information_schema.columns
WHERE table_schema = DATABASE() AND table_name = %s AND column_key = 'PRI'"""


@dataclass(frozen=True, slots=True)
class FoundColumn:
    """A column as it is; ``default`` is SQL text, as MariaDB shows it."""

    name: str
    type: str
    null: bool
    default: str | None
    extra: str
    charset: str | None
    collation: str | None
    comment: str


@dataclass(frozen=True, slots=True)
class FoundReference:
    """A foreign key as it is, one column of it."""

    child: str
    name: str
    column: str
    table: str
    key: str


@dataclass(slots=True)
class FoundTable:
    """A table as it is. ``keys`` are (columns, unique); prefix indexes are left out."""

    name: str
    engine: str
    row_format: str
    collation: str
    columns: dict[str, FoundColumn] = field(default_factory=dict)
    keys: dict[str, tuple[tuple[str, ...], bool]] = field(default_factory=dict)
    checks: set[str] = field(default_factory=set)

    def leads_with(self, columns: tuple[str, ...]) -> bool:
        """Tell whether some index begins with these columns."""
        return any(key[: len(columns)] == columns for key, _ in self.keys.values())

    def is_unique(self, columns: tuple[str, ...]) -> bool:
        """Tell whether a unique index forbids two rows with the same values here."""
        return any(unique and set(key) <= set(columns) for key, unique in self.keys.values())


@dataclass(frozen=True, slots=True)
class Survey:
    """All tables by name, and all foreign keys among them."""

    tables: dict[str, FoundTable]
    references: tuple[FoundReference, ...]

    def touching(self, table: str, column: str) -> list[FoundReference]:
        """Return the foreign keys that lead from or to a column."""
        place = (table, column)
        return [
            each
            for each in self.references
            if place in {(each.child, each.column), (each.table, each.key)}
        ]


def survey(connection: Connection) -> Survey:
    """Look at the current database."""
    ask = connection.exec_driver_sql
    tables = {
        name: FoundTable(name, engine or "", (row_format or "").upper(), collation or "")
        for name, engine, row_format, collation in ask(_TABLES)
    }
    for table, name, kind, null, *rest in ask(_COLUMNS):
        if table in tables:
            tables[table].columns[name] = FoundColumn(name, kind, null == "YES", *rest)
    for table, name, non_unique, columns in ask(_KEYS):
        if table in tables:
            tables[table].keys[name] = (tuple(columns.split(",")), not non_unique)
    for table, name in ask(_CHECKS):
        tables[table].checks.add(name)
    return Survey(tables, tuple(FoundReference(*row) for row in ask(_REFERENCES)))


def key_type(connection: Connection, table: str, otherwise: str) -> str:
    """Return the type of a table's primary key, for columns that refer to it.

    A database that was taken over may have wider keys than a new one. ``otherwise`` is the type
    of a table that does not exist yet.
    """
    found = connection.exec_driver_sql(_KEY_TYPE, (table,)).scalar()
    return otherwise if found is None else str(found)
