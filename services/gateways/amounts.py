"""Amounts as payment providers write them: yuan with two decimals, or whole fen; never a float."""

from __future__ import annotations

import re
from decimal import Decimal

CENT = Decimal("0.01")
WRITTEN = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,2})?")


def written(amount: Decimal) -> str:
    """Write yuan with two decimals; raise ``ValueError`` when that would change the amount."""
    return f"{_exact(amount):f}"


def read(text: str) -> Decimal:
    """Read yuan, ``0.1`` like ``0.10``; raise ``ValueError`` for anything but a plain number."""
    if not WRITTEN.fullmatch(text):
        raise ValueError("not an amount")
    return Decimal(text).quantize(CENT)


def fen_of(amount: Decimal) -> int:
    """Return yuan as fen; raise ``ValueError`` for a part of a fen."""
    return int(_exact(amount).scaleb(2))


def yuan_of(fen: int) -> Decimal:
    """Return fen as yuan."""
    return Decimal(fen).scaleb(-2)


def _exact(amount: Decimal) -> Decimal:
    rounded = amount.quantize(CENT)
    if rounded != amount:
        raise ValueError("a part of a fen")
    return rounded
