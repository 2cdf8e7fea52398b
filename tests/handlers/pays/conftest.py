"""A market whose buyers pay at the simulators."""

from __future__ import annotations

import pytest

from tests.handlers.orders.fixtures import anna, bob, market
from tests.payer import Payer
from tests.sandbox import SandboxClient

__all__ = ["anna", "bob", "market"]


@pytest.fixture
def payer(sandbox: SandboxClient) -> Payer:
    """The buyer at the other side."""
    return Payer(sandbox)
