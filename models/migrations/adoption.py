"""Taking over a database: what has to be added to the tables it has, and nothing else.

Columns get wider and never narrower, texts become utf8mb4 where that cannot spoil them, what is
missing is added, what is unknown is left alone. Everything is looked at before anything is
changed: rows that contradict a rule raise ``Contradiction`` and the database stays as it was.
A database without any of the tables simply gets all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from models.migrations import objections
from models.migrations.columns import altered
from models.migrations.objections import Contradiction
from models.migrations.steps import Step
from models.migrations.survey import FoundReference, FoundTable, Survey, survey
from models.migrations.tables import CHARSET, COLLATION, Reference, Table


@dataclass(slots=True)
class Plan:
    """The steps to take, and ``notes`` for people about what is left as it is."""

    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def planned(connection: Connection, tables: tuple[Table, ...]) -> Plan:
    """Compare the database with its declaration; raise ``Contradiction`` when rows forbid it."""
    return _Adoption(connection, survey(connection), tables).plan()


def recognised(connection: Connection, tables: tuple[Table, ...]) -> list[str]:
    """Return the names of the declared tables that the database has already."""
    found = survey(connection).tables
    return [table.name for table in tables if table.name in found]


class _Adoption:
    """One comparison. The order of the steps lets each find what it needs."""

    def __init__(self, connection: Connection, found: Survey, tables: tuple[Table, ...]) -> None:
        self._connection = connection
        self._found = found
        self._tables = tuple(self._fitted(table) for table in tables)
        self._wrong: list[str] = []
        self._notes: list[str] = []
        self._dropped: list[FoundReference] = []

    def plan(self) -> Plan:
        """Return the whole plan, or raise ``Contradiction`` with everything that is wrong."""
        present = [
            (table, self._found.tables[table.name])
            for table in self._tables
            if table.name in self._found.tables
        ]
        columns = [step for table, found in present for step in self._columns(table, found)]
        creations = [
            Step(f"create table {table.name}", table.creation)
            for table in self._tables
            if table.name not in self._found.tables
        ]
        keys = [step for table, found in present for step in self._keys(table, found)]
        checks = [step for table, found in present for step in self._checks(table, found)]
        references = [step for table, _ in present for step in self._references(table)]
        if self._wrong:
            raise Contradiction(self._wrong)
        drops = [_drop(reference) for reference in self._dropped]
        return Plan([*drops, *columns, *creations, *keys, *checks, *references], self._notes)

    def _fitted(self, table: Table) -> Table:
        """Give columns that refer to a wider key of the found database the type of that key."""
        for reference in table.references:
            parent = self._found.tables.get(reference.table)
            key = parent.columns.get(reference.key) if parent else None
            mine = next(each for each in table.columns if each.name == reference.column)
            if key is not None and not mine.type.startswith("varchar"):
                table = table.with_column(replace(mine, type=key.type))
        return table

    def _columns(self, table: Table, found: FoundTable) -> Iterator[Step]:
        """Yield one statement for everything about the columns: it copies a table only once."""
        said: dict[str, list[str]] = {}
        clauses = []
        for says, clause in _options(found):
            said[says] = []
            clauses.append(clause)
        for change in altered(self._connection, table, found):
            self._wrong += change.wrong
            self._notes += change.notes
            if change.clause:
                clauses.append(change.clause)
                for what, column in change.says:
                    said.setdefault(what, []).append(column)
            if change.of_type:
                self._free(table, change.column)
        if clauses:
            words = "; ".join(f"{what} {', '.join(names)}".strip() for what, names in said.items())
            yield Step(f"{table.name}: {words}", f"ALTER TABLE `{table.name}` {', '.join(clauses)}")

    def _free(self, table: Table, column: str) -> None:
        """Put foreign keys aside, under which MariaDB does not let a column change its type."""
        for reference in self._found.touching(table.name, column):
            if not self._declared(reference):
                self._wrong.append(
                    f"{table.name}: the type of {column} has to change, which the foreign key"
                    f" {reference.name} of {reference.child} forbids: drop it until afterwards"
                )
            elif reference not in self._dropped:
                self._dropped.append(reference)

    def _declared(self, reference: FoundReference) -> bool:
        return any(
            table.name == reference.child and _same(mine, reference)
            for table in self._tables
            for mine in table.references
        )

    def _keys(self, table: Table, found: FoundTable) -> Iterator[Step]:
        for key in table.keys:
            there = found.is_unique(key.columns) if key.unique else found.leads_with(key.columns)
            if key.unique and not set(key.columns) - set(found.columns):
                self._wrong += self._twins(table, found, key.columns, settled=there)
            if not there:
                yield Step(
                    f"{table.name}: add index {key.name}",
                    f"ALTER TABLE `{table.name}` {key.addition}",
                )

    def _twins(
        self, table: Table, found: FoundTable, columns: tuple[str, ...], *, settled: bool
    ) -> Iterator[str]:
        texts = {name: found.columns[name].collation is not None for name in columns}
        changed = any(found.columns[name].collation not in {None, COLLATION} for name in columns)
        if changed or not settled:
            yield from objections.twins(self._connection, table, texts)

    def _checks(self, table: Table, found: FoundTable) -> Iterator[Step]:
        for check in table.checks:
            if check.name not in found.checks:
                self._wrong += objections.broken_rule(self._connection, table, check)
                yield Step(
                    f"{table.name}: add check {check.rule}",
                    f"ALTER TABLE `{table.name}` {check.addition}",
                )

    def _references(self, table: Table) -> Iterator[Step]:
        for reference in table.references:
            stands = any(
                each.child == table.name and _same(reference, each) and each not in self._dropped
                for each in self._found.references
            )
            if not stands or reference.table not in self._found.tables:
                self._wrong += self._orphans(table, reference)
            if not stands:
                yield Step(
                    f"{table.name}: {reference.column} refers to {reference.table}",
                    f"ALTER TABLE `{table.name}` ADD {reference.definition}",
                )

    def _orphans(self, table: Table, reference: Reference) -> Iterator[str]:
        column = self._found.tables[table.name].columns.get(reference.column)
        if column is not None:
            yield from objections.orphans(
                self._connection,
                table,
                reference,
                text=column.collation is not None,
                parent=reference.table in self._found.tables,
            )


def _options(found: FoundTable) -> Iterator[tuple[str, str]]:
    """Yield what to say and what to do about the table as a whole."""
    if found.engine != "InnoDB":
        yield f"change {found.engine} to InnoDB", "ENGINE=InnoDB"
    if found.row_format not in {"DYNAMIC", "COMPRESSED"}:
        yield "use long index rows", "ROW_FORMAT=DYNAMIC"
    if found.collation != COLLATION:
        yield (
            f"use {CHARSET} for new columns",
            f"DEFAULT CHARACTER SET {CHARSET} COLLATE {COLLATION}",
        )


def _same(mine: Reference, found: FoundReference) -> bool:
    return (mine.column, mine.table, mine.key) == (found.column, found.table, found.key)


def _drop(reference: FoundReference) -> Step:
    return Step(
        f"{reference.child}: free {reference.column} while its type changes",
        f"ALTER TABLE `{reference.child}` DROP FOREIGN KEY IF EXISTS `{reference.name}`",
    )
