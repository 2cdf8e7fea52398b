"""Where no account is set nobody can pay, and nothing that claims to be a notice is one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from models.errors import NoticeRefused, RemoteFailed
from services.gateways.no_provider import NoProvider
from services.ports import PaymentProvider, Repayment, ReturnReader, Trade, TradeState, Way
from tests.services.gateways.alipay_desk import BILL, form, notice


async def test_nobody_says_no_to_everything() -> None:
    provider: PaymentProvider = NoProvider("alipay")
    assert provider.name == "alipay"
    assert await provider.way(BILL) == Way()
    unknown = Trade(BILL.out_trade_no, TradeState.UNKNOWN)
    assert await provider.query(BILL.out_trade_no) == unknown
    assert await provider.close(BILL.out_trade_no) == unknown
    assert list(await provider.statement(date(2026, 11, 27))) == []
    with pytest.raises(RemoteFailed) as caught:
        await provider.repay(Repayment("P1", "R1", Decimal(1), Decimal(1), ""))
    assert caught.value.lasting


def test_nobody_believes_even_a_genuine_notice() -> None:
    reader: ReturnReader = NoProvider("alipay")
    with pytest.raises(NoticeRefused, match="seller"):
        NoProvider("alipay").read_notice({}, form(notice()))
    with pytest.raises(NoticeRefused, match="seller"):
        reader.read_return(form(notice()).decode())
