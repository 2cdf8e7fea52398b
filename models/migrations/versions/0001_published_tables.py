"""The published tables, new or taken over from the Django shop."""

from collections.abc import Iterable

from alembic import op
from sqlalchemy import Connection

from models.migrations import adoption, published
from models.migrations.steps import Step, run_in

revision = "0001"
down_revision = None


def steps(connection: Connection) -> Iterable[Step]:
    """Return what is missing between the database and the published tables."""
    return adoption.planned(connection, published.TABLES).steps


def upgrade() -> None:
    """Create or complete the published tables."""
    run_in(op.get_context(), steps)
