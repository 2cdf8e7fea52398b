"""Amounts on their way to a provider and back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateways import amounts

FEN = st.integers(1, 9_999_999_999)


@given(FEN)
def test_fen_and_yuan_are_the_same_money(fen: int) -> None:
    """WX-6: from 0.01 to 99,999,999.99, as fen and as text, there and back."""
    yuan = amounts.yuan_of(fen)
    assert isinstance(yuan, Decimal)
    assert amounts.fen_of(yuan) == fen
    assert amounts.read(amounts.written(yuan)) == yuan
    assert amounts.written(yuan) == f"{fen // 100}.{fen % 100:02}"


@given(st.decimals("0.001", "99999999.999", places=3).filter(lambda d: d * 100 % 1 != 0))
def test_a_part_of_a_fen_is_no_amount(amount: Decimal) -> None:
    for write in (amounts.written, amounts.fen_of):
        with pytest.raises(ValueError, match="fen"):
            write(amount)


@pytest.mark.parametrize(
    ("text", "amount"), [("0.1", "0.10"), ("98", "98.00"), ("-10.00", "-10.00"), ("0.00", "0.00")]
)
def test_amounts_are_compared_as_numbers(text: str, amount: str) -> None:
    """ALI-2: ``0.1`` is ``0.10``."""
    assert amounts.written(amounts.read(text)) == amount


@pytest.mark.parametrize(
    "text",
    *[
        [
            "",
            " 1",
            "1 ",
            "1.",
            ".5",
            "1.005",
            "1e2",
            "NaN",
            "Infinity",
            "+1",
            "1,000.00",
            "１",
            "1\n",
        ]
    ],
)
def test_anything_but_a_plain_number_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        amounts.read(text)
