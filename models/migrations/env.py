"""What alembic runs first: hand it the connection that ``upgrade.py`` opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
