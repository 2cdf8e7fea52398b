"""How a table is declared, and the statement that creates it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

CHARSET = "utf8mb4"
COLLATION = "utf8mb4_unicode_ci"
OPTIONS = f"ENGINE=InnoDB DEFAULT CHARSET={CHARSET} COLLATE={COLLATION}"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its SQL type, and its default as SQL text (None: a value must be given).

    ``extra`` is what stands behind: ``AUTO_INCREMENT`` or ``ON UPDATE …``.
    """

    name: str
    type: str
    null: bool = False
    default: str | None = None
    extra: str = ""

    @property
    def definition(self) -> str:
        """The column as ``CREATE``, ``ADD`` and ``MODIFY`` write it."""
        parts = [f"`{self.name}` {self.type}", "NULL" if self.null else "NOT NULL"]
        if self.default is not None:
            parts.append(f"DEFAULT {self.default}")
        return " ".join([*parts, self.extra] if self.extra else parts)

    @property
    def can_be_invented(self) -> bool:
        """Whether rows that were written without this column can be given a value."""
        return self.null or self.default is not None or "AUTO_INCREMENT" in self.extra


@dataclass(frozen=True, slots=True)
class Key:
    """An index over some columns; ``PRIMARY`` is the name of the primary key."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False

    @property
    def definition(self) -> str:
        """The index as ``CREATE TABLE`` writes it."""
        columns = ", ".join(f"`{column}`" for column in self.columns)
        if self.name == "PRIMARY":
            return f"PRIMARY KEY ({columns})"
        return f"{'UNIQUE ' if self.unique else ''}KEY `{self.name}` ({columns})"

    @property
    def addition(self) -> str:
        """The index as ``ALTER TABLE`` adds it, which does nothing where it stands already."""
        columns = ", ".join(f"`{column}`" for column in self.columns)
        if self.name == "PRIMARY":
            return f"ADD PRIMARY KEY IF NOT EXISTS ({columns})"
        return (
            f"ADD {'UNIQUE ' if self.unique else ''}INDEX IF NOT EXISTS `{self.name}` ({columns})"
        )


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key over one column, a constraint named ``name``."""

    name: str
    column: str
    table: str
    key: str = "id"

    @property
    def definition(self) -> str:
        """The constraint as ``CREATE TABLE`` and ``ADD`` write it."""
        return (
            f"CONSTRAINT `{self.name}` FOREIGN KEY (`{self.column}`)"
            f" REFERENCES `{self.table}` (`{self.key}`)"
        )


@dataclass(frozen=True, slots=True)
class Check:
    """A rule about one row."""

    name: str
    rule: str

    @property
    def definition(self) -> str:
        """The constraint as ``CREATE TABLE`` writes it."""
        return f"CONSTRAINT `{self.name}` CHECK ({self.rule})"

    @property
    def addition(self) -> str:
        """The constraint as ``ALTER TABLE`` adds it, which does nothing where it stands already."""
        return f"ADD CONSTRAINT IF NOT EXISTS `{self.name}` CHECK ({self.rule})"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with everything that belongs to it; its first key is the primary key."""

    name: str
    columns: tuple[Column, ...]
    keys: tuple[Key, ...]
    references: tuple[Reference, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def creation(self) -> str:
        """The statement that creates the table where it is missing."""
        parts: Sequence[Column | Key | Reference | Check] = [
            *self.columns,
            *self.keys,
            *self.references,
            *self.checks,
        ]
        lines = ",\n  ".join(part.definition for part in parts)
        return f"CREATE TABLE IF NOT EXISTS `{self.name}` (\n  {lines}\n) {OPTIONS}"

    @property
    def primary(self) -> str:
        """The name of the primary key's column."""
        return self.keys[0].columns[0]

    def with_column(self, changed: Column) -> Table:
        """Return the table with one column replaced by another of the same name."""
        columns = tuple(changed if each.name == changed.name else each for each in self.columns)
        return replace(self, columns=columns)
