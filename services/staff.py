"""What all services of the back office share: a change that makes pages untrue."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from models.connection import Duplicate, Referenced
from models.database import Tables
from models.errors import BadStaffParameter, NothingThere, StillUsed
from services.pages import PageService

Values = Mapping[str, object]
"""Columns and what to put into them, already checked for type and length."""


class StaffService:
    """Changes the goods: one transaction each, which also names the pages it makes untrue."""

    def __init__(self, *, pages: PageService) -> None:
        self._pages = pages

    @asynccontextmanager
    async def _change(self) -> AsyncIterator[tuple[Tables, set[str]]]:
        """Open the transaction; put the outdated tags into the set.

        Raises ``NothingThere`` when a row referred to is missing, ``StillUsed`` when the row is
        still referred to.
        """
        try:
            async with self._pages.outdating() as (tables, tags):
                yield tables, tags
        except Referenced as error:
            raise (NothingThere() if error.missing else StillUsed()) from error
        except Duplicate as error:
            raise BadStaffParameter from error
