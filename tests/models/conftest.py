"""The pool of connections by itself, on the database of the tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from environment import Url
from models.database import Database, open_database
from resources import address_of
from tests.factories import Goods

Opener = Callable[..., AbstractAsyncContextManager[Database]]


@pytest.fixture
def opener(goods: Goods) -> Opener:
    """Open pools: ``opener(size=1, acquire_seconds=0.1, url=…)``."""

    def open_pool(
        *,
        size: int = 4,
        acquire_seconds: float = 2.0,
        statement_seconds: float = 2.0,
        url: Url = goods.url,
    ) -> AbstractAsyncContextManager[Database]:
        return open_database(
            address=address_of(url),
            size=size,
            acquire_seconds=acquire_seconds,
            statement_seconds=statement_seconds,
        )

    return open_pool


@pytest.fixture
async def database(opener: Opener) -> AsyncIterator[Database]:
    """A pool of four."""
    async with opener() as opened:
        yield opened
