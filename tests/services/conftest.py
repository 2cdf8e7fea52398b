"""The market of the tests of orders, for use cases that are called without HTTP."""

from __future__ import annotations

from tests.handlers.orders.fixtures import anna, bob, market

__all__ = ["anna", "bob", "market"]
