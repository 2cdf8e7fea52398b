"""Telling the pages of goods what orders have left on the shelf: a few seconds later, all at once.

An order must not wait until every process has forgotten a page, and a hot SKU is ordered hundreds
of times a second; so the pages lag behind by at most ``EVERY_SECONDS`` and what telling takes. An
order never trusts a page.
"""

from __future__ import annotations

from services.pages import PageService

EVERY_SECONDS = 2.0
LOOK_BACK_SECONDS = 8.0
"""Longer than a transaction and a missed turn last: a SKU may be told again, never forgotten."""


class StockNews:
    """Makes the pages untrue that show a stock orders have changed."""

    def __init__(self, *, pages: PageService) -> None:
        self._pages = pages

    async def tell(self) -> int:
        """Tell what was ordered or given back just now; return of how many SKUs."""
        async with self._pages.outdating() as (tables, tags):
            skus = await tables.stock.moved_by_orders(LOOK_BACK_SECONDS)
            tags.update(f"sku:{sku_id}" for sku_id in skus)
        return len(skus)
