"""What holds for both payment providers, against their simulators, through the life of a trade."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from models.errors import RemoteFailed
from services.gateways.beijing import BEIJING
from services.ports import Bill, PaymentProvider, Repayment, TradeState
from tests.sandbox import SandboxClient
from tests.services.gateways.conftest import NUMBERS, Adapters, bill

PROVIDERS = ("alipay", "wechat")


def is_now(moment: datetime | None) -> bool:
    """Tell whether a moment of Beijing is not a minute ago."""
    now = datetime.now(UTC).astimezone(BEIJING).replace(tzinfo=None)
    return moment is not None and abs(now - moment) < timedelta(minutes=1)


class Shop:
    """One adapter, and the buyer at the other side."""

    def __init__(self, name: str, adapters: Adapters, sandbox: SandboxClient) -> None:
        self.name = name
        made = {"alipay": adapters.alipay, "wechat": adapters.wechat}
        self.gateway: PaymentProvider = made[name]()[0]
        self.sandbox = sandbox

    async def opened(self, asked: Bill) -> str:
        """Get the buyer to the page; return the number of the trade."""
        way = await self.gateway.way(asked)
        assert bool(way.pay_url) != bool(way.code_url)
        if way.pay_url:
            assert self.sandbox.visit(way.pay_url).status == 200
        return asked.out_trade_no

    async def paid(self, asked: Bill) -> str:
        """Let the buyer pay; return the number of the trade."""
        number = await self.opened(asked)
        self.sandbox.pay(self.name, number)
        return number

    def repayment(self, number: str, amount: str = "98.00", total: str = "98.00") -> Repayment:
        """Return what shall go back."""
        return Repayment(number, f"R{number}", Decimal(amount), Decimal(total), "重复付款")


@pytest.fixture(params=PROVIDERS)
def shop(request: pytest.FixtureRequest, adapters: Adapters, sandbox: SandboxClient) -> Shop:
    """Each provider in turn."""
    return Shop(request.param, adapters, sandbox)


async def test_nobody_has_heard_of_it(shop: Shop) -> None:
    """Unknown stays unknown, also when it is closed."""
    for ask in (shop.gateway.query, shop.gateway.close):
        trade = await ask("20261127nobody")
        assert (trade.state, trade.trade_no) == (TradeState.UNKNOWN, "")


async def test_waiting_then_paid(shop: Shop) -> None:
    """The amount comes back in yuan, the provider's number with the payment."""
    asked = bill(next(NUMBERS))
    number = await shop.opened(asked)
    assert (await shop.gateway.query(number)).state is TradeState.WAITING
    shop.sandbox.pay(shop.name, number)
    trade = await shop.gateway.query(number)
    assert (trade.state, trade.amount) == (TradeState.PAID, Decimal("98.00"))
    assert is_now(trade.at)
    assert trade.trade_no == shop.sandbox.trade(shop.name, number)["trade_no"]


async def test_a_declined_payment_may_be_tried_again(shop: Shop) -> None:
    """Declined is waiting."""
    number = await shop.opened(bill(next(NUMBERS)))
    shop.sandbox.pay(shop.name, number, "declined")
    assert (await shop.gateway.query(number)).state is TradeState.WAITING


async def test_the_same_bill_gives_the_same_way(shop: Shop) -> None:
    """Asked again, also after a lost answer: byte for byte."""
    asked = bill(next(NUMBERS))
    assert await shop.gateway.way(asked) == await shop.gateway.way(asked)


async def test_closed_cannot_be_paid(shop: Shop) -> None:
    """WX-5, ALI-7: closing is final, and closing again says the same."""
    number = await shop.opened(bill(next(NUMBERS)))
    for _ in range(2):
        assert (await shop.gateway.close(number)).state is TradeState.CLOSED
    body = {"provider": shop.name, "out_trade_no": number, "outcome": "paid"}
    assert shop.sandbox.ask("/api/pay", "POST", body=body).status != 200
    assert (await shop.gateway.query(number)).state is TradeState.CLOSED


async def test_closing_what_is_paid_says_so(shop: Shop) -> None:
    """WX-5: the answer of closing is that it is paid."""
    number = await shop.paid(bill(next(NUMBERS)))
    trade = await shop.gateway.close(number)
    assert (trade.state, trade.amount) == (TradeState.PAID, Decimal("98.00"))


async def test_time_to_pay_ends(shop: Shop) -> None:
    """ALI-7: after its time nobody can pay it."""
    asked = bill(next(NUMBERS), minutes=0.04)
    await shop.opened(asked)
    late = asked.expires_at.replace(tzinfo=BEIJING) - datetime.now(UTC)
    assert late < timedelta(seconds=5)
    while datetime.now(UTC) < asked.expires_at.replace(tzinfo=BEIJING):
        await shop.gateway.query(asked.out_trade_no)
    body = {"provider": shop.name, "out_trade_no": asked.out_trade_no, "outcome": "paid"}
    assert shop.sandbox.ask("/api/pay", "POST", body=body).status != 200


@pytest.mark.parametrize("amount", ["0.01", "98.00", "99999999.99"])
async def test_money_goes_back_once(shop: Shop, amount: str) -> None:
    """ALI-6: the same request three times is one refund, and the trade was paid all the same."""
    number = await shop.paid(bill(next(NUMBERS), amount))
    wanted = shop.repayment(number, amount, amount)
    for _ in range(3):
        repaid = await shop.gateway.repay(wanted)
        assert (repaid.done, repaid.amount) == (True, Decimal(amount))
        assert is_now(repaid.at)
    refunds = shop.sandbox.trade(shop.name, number)["refunds"]
    assert [(each["request_no"], each["amount"]) for each in refunds] == [(f"R{number}", amount)]
    after = await shop.gateway.query(number)
    assert after.state is (TradeState.CLOSED if shop.name == "alipay" else TradeState.PAID)


async def test_a_refund_whose_answer_is_lost(shop: Shop) -> None:
    """ALI-6: accepted, then silence: asking again finds it done, and it is one refund."""
    number = await shop.paid(bill(next(NUMBERS)))
    shop.sandbox.fault(shop.name, drop_after_accept=True)
    try:
        repaid = await shop.gateway.repay(shop.repayment(number))
    except RemoteFailed:
        repaid = await shop.gateway.repay(shop.repayment(number))
    assert repaid.done
    assert len(shop.sandbox.trade(shop.name, number)["refunds"]) == 1


async def test_a_refund_that_takes_its_time(shop: Shop) -> None:
    """Pending is not done; asked again with the same number it is, once."""
    number = await shop.paid(bill(next(NUMBERS)))
    shop.sandbox.fault(shop.name, refund_pending=2)
    seen = [(await shop.gateway.repay(shop.repayment(number))).done for _ in range(4)]
    assert seen[0] is False
    assert seen[-1] is True
    assert len(shop.sandbox.trade(shop.name, number)["refunds"]) == 1


async def test_what_was_never_paid_cannot_go_back(shop: Shop) -> None:
    """A refusal for good: the money is not there."""
    with pytest.raises(RemoteFailed) as caught:
        await shop.gateway.repay(shop.repayment("20261127nobody"))
    assert caught.value.lasting


@pytest.mark.parametrize("fault", [{"unsigned": True}, {"garbage": True}, {"status": 500}])
async def test_an_unsigned_reply_is_no_answer(shop: Shop, fault: dict[str, object]) -> None:
    """WX-7: nobody knows how it stands, and it may be asked again."""
    number = await shop.paid(bill(next(NUMBERS)))
    for call in (shop.gateway.query, shop.gateway.close):
        shop.sandbox.fault(shop.name, **fault, until_reset=True)
        with pytest.raises(RemoteFailed) as caught:
            await call(number)
        assert not caught.value.lasting
        shop.sandbox.mend()
    assert (await shop.gateway.query(number)).state is TradeState.PAID


async def test_the_bill_of_the_day_names_what_moved(shop: Shop) -> None:
    """Payments and refunds of today, in yuan, under their numbers."""
    kept, back = await shop.paid(bill(next(NUMBERS))), await shop.paid(bill(next(NUMBERS), "1.50"))
    await shop.opened(bill(next(NUMBERS)))
    await shop.gateway.repay(shop.repayment(back, "1.50", "1.50"))
    lines = await shop.gateway.statement(datetime.now(BEIJING).date())
    found = {(line.out_trade_no, line.request_no, line.amount) for line in lines}
    assert found == {
        (kept, "", Decimal("98.00")),
        (back, "", Decimal("1.50")),
        (back, f"R{back}", Decimal("-1.50")),
    }
    assert {line.trade_no for line in lines} == {
        shop.sandbox.trade(shop.name, number)["trade_no"] for number in (kept, back)
    }
    assert (
        list(await shop.gateway.statement(datetime.now(BEIJING).date() - timedelta(days=9))) == []
    )
