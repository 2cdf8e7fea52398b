"""The market for the tests of this folder."""

from __future__ import annotations

from tests.handlers.orders.fixtures import anna, bob, market

__all__ = ["anna", "bob", "market"]
