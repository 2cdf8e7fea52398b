"""The shop of the users module, for whose orders somebody pays."""

from __future__ import annotations

from tests.handlers.users.fixtures import anna, bob, edge, services, town

__all__ = ["anna", "bob", "edge", "services", "town"]
