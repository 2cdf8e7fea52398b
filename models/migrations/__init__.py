"""The tables of the shop and the way from any older state to them.

``versions/`` holds the migrations, numbered; alembic knows which of them a database has seen.
MariaDB commits at every DDL statement, so a migration is a list of single, re-runnable steps
(``IF NOT EXISTS``): one that was interrupted is simply run again.

To change the schema add ``versions/NNNN_what_it_adds.py`` with ``revision``, ``down_revision``, a
function ``steps(connection)`` that returns ``Step`` objects, and ``upgrade()`` that performs them.
There is no way down: a later migration repairs an earlier one. Published migrations, and
``published.py``, which belongs to 0001, are never edited.

``scripts/migrate`` drives all this; ``upgrade.py`` is its engine.
"""
