"""How a column that stands differs from its declaration, and the clause that makes them agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from models.migrations import objections
from models.migrations.survey import FoundColumn, FoundTable
from models.migrations.tables import CHARSET, COLLATION, Column, Table
from models.migrations.widths import Unlike, wide_enough

_NEW_CHARSET = f" CHARACTER SET {CHARSET} COLLATE {COLLATION}"


@dataclass(slots=True)
class Change:
    """What happens to one column: a clause of ``ALTER TABLE`` (empty: nothing) and its words.

    ``says`` are pairs (what is done, to what), so that a table's columns can be summed up.
    ``of_type`` tells that the type or the character set changes, for which foreign keys over the
    column have to step aside. ``wrong`` are contradictions, ``notes`` what is left as it is.
    """

    column: str
    clause: str = ""
    says: list[tuple[str, str]] = field(default_factory=list)
    of_type: bool = False
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def altered(connection: Connection, table: Table, found: FoundTable) -> Iterator[Change]:
    """Yield what has to happen to the columns of a table that stands already."""
    for column in table.columns:
        there = found.columns.get(column.name)
        if there is None:
            yield _added(connection, table, column)
        else:
            yield _completed(connection, table, column, there)


def _added(connection: Connection, table: Table, column: Column) -> Change:
    if not column.can_be_invented and objections.has_rows(connection, table.name):
        wrong = f"{table.name}: the column {column.name} is missing and its rows need a value in it"
        return Change(column.name, wrong=[wrong])
    if column.type.startswith("varchar"):
        column = replace(column, type=f"{column.type}{_NEW_CHARSET}")
    clause = f"ADD COLUMN IF NOT EXISTS {column.definition}"
    return Change(column.name, clause, [("add", column.name)])


def _completed(connection: Connection, table: Table, column: Column, there: FoundColumn) -> Change:
    change = Change(column.name)
    try:
        wide = wide_enough(there.type, column.type)
    except Unlike:
        change.wrong = [f"{table.name}: {column.name} is {there.type}, not {column.type}"]
        return change
    if wide != there.type:
        change.says.append(("widen", f"{column.name} from {there.type} to {wide}"))
    charset = _charset(connection, table, there, change)
    if charset and charset != _charset_clause(there):
        change.says.append((f"convert to {COLLATION}", column.name))
    change.of_type = bool(change.says)
    change.says += _lesser(column, there)
    if there.null and not column.null:
        change.wrong += objections.empty_values(connection, table, column.name)
    if change.says:
        change.clause = f"MODIFY COLUMN {_merged(column, there, wide + charset)}"
    return change


def _charset(connection: Connection, table: Table, there: FoundColumn, change: Change) -> str:
    """Return the character set clause a text shall have; note it when the old one must stay."""
    if there.collation is None:
        return ""
    doubt = objections.doubtful_bytes(connection, table, there)
    if doubt is None:
        return _NEW_CHARSET
    keys = {name for key in table.keys for name in key.columns}
    if there.name in keys or there.name in {each.column for each in table.references}:
        change.wrong.append(doubt)
    else:
        change.notes.append(f"{doubt}: its character set is left as it is")
    return _charset_clause(there)


def _charset_clause(there: FoundColumn) -> str:
    return f" CHARACTER SET {there.charset} COLLATE {there.collation}"


def _lesser(column: Column, there: FoundColumn) -> Iterator[tuple[str, str]]:
    """Yield what is said about nullability, default and extra."""
    if there.null != column.null:
        yield "allow no value in" if column.null else "require a value in", column.name
    if column.default is not None and not _same_text(column.default, there.default):
        yield "set the default of", column.name
    if column.extra and column.extra.lower() not in there.extra.lower():
        yield f"set {column.extra} of", column.name


def _same_text(mine: str, theirs: str | None) -> bool:
    return theirs is not None and mine.lower() == theirs.lower()


def _merged(column: Column, there: FoundColumn, kind: str) -> str:
    """Write the column with our rules and what it had beyond them: a default, a comment."""
    default = column.default
    if default is None and there.default not in {None, "NULL"}:
        default = there.default
    extra = column.extra or there.extra
    if there.comment:
        extra += " COMMENT '" + there.comment.replace("\\", "\\\\").replace("'", "''") + "'"
    return Column(column.name, kind, column.null, default, extra.strip()).definition
