"""Which of two types of a column holds the values of both."""

from __future__ import annotations

import pytest

from models.migrations.widths import Unlike, wide_enough


@pytest.mark.parametrize(
    ("found", "wanted", "kept"),
    [
        ("int(11)", "int", "int(11)"),
        ("bigint(20) unsigned", "int", "bigint(20) unsigned"),
        ("smallint(6)", "int", "int"),
        ("smallint(5) unsigned", "int", "int unsigned"),
        ("tinyint(1)", "tinyint(1)", "tinyint(1)"),
        ("char(32)", "varchar(255)", "varchar(255)"),
        ("varchar(300)", "varchar(255)", "varchar(300)"),
        ("longtext", "varchar(100)", "longtext"),
        ("decimal(8,2)", "decimal(10,2)", "decimal(10,2)"),
        ("decimal(10,4)", "decimal(10,2)", "decimal(12,4)"),
        ("decimal(12,2)", "decimal(10,2)", "decimal(12,2)"),
        ("datetime", "datetime(6)", "datetime(6)"),
        ("datetime(6)", "datetime(6)", "datetime(6)"),
    ],
)
def test_a_type_never_gets_narrower(found, wanted, kept):
    assert wide_enough(found, wanted) == kept


@pytest.mark.parametrize(
    ("found", "wanted"),
    [("double", "decimal(10,2)"), ("timestamp(6)", "datetime(6)"), ("int(11)", "varchar(11)")],
)
def test_types_of_different_kinds_are_refused(found, wanted):
    with pytest.raises(Unlike):
        wide_enough(found, wanted)
