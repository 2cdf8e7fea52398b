"""Refunds a customer asks for: granted or declined by staff, sent once, goods back once."""

from __future__ import annotations

import asyncio

import pytest

from models.errors import RefundRefused, RemoteFailed, WrongState
from services import Services
from tests.factories import Bags
from tests.handlers.orders.market import Buyer, Market
from tests.payer import Payer
from tests.sandbox import SandboxClient

STAFF = "staff:1"
REFUND = "SELECT id FROM pays_refund"


async def asked_back(market: Market, services: Services, who: Buyer, payer: Payer, sku: int) -> str:
    """Buy, pay, and ask for the money; return the number of the order."""
    order = await market.bought(who, sku)
    await payer.pay(market, who, order)
    await services.pays.payment(who.id, order)
    body = {"reason": "不想要了"}
    reply = await market.ask("POST", f"{who.orders}/{order}/refund", body, who=who)
    assert reply.code == 200, reply.body
    return order


async def test_granted_is_sent_once_and_the_goods_come_back(
    market: Market,
    services: Services,
    anna: Buyer,
    bags: Bags,
    payer: Payer,
    sandbox: SandboxClient,
) -> None:
    """2→7→8; asked, granted and sent again and again it is one refund (ALI-6)."""
    before = market.stock(bags.plain)
    order = await asked_back(market, services, anna, payer, bags.plain)
    await asyncio.gather(*(services.refunds.grant(order, actor=STAFF) for _ in range(5)))
    assert market.status(order) == 7, "not refunded before the provider says so"
    refund = market.goods.one(REFUND)
    await asyncio.gather(*(services.refunds.repay(refund) for _ in range(5)))
    assert market.status(order) == 8
    assert [step[:2] for step in market.steps(order)] == [(None, 1), (1, 2), (2, 7), (7, 8)]
    assert market.stock(bags.plain) == before
    market.in_books(bags.plain)
    number = market.goods.one("SELECT out_trade_no FROM pays_attempt")
    refunds = sandbox.trade("alipay", number)["refunds"]
    assert [(each["request_no"], each["amount"]) for each in refunds] == [(f"R{number}", "19.90")]
    with pytest.raises(WrongState):
        await services.refunds.decline(order, actor=STAFF, note="太晚了")


async def test_declined_stays_paid_and_may_be_asked_again(
    market: Market, services: Services, anna: Buyer, bags: Bags, payer: Payer
) -> None:
    """7→2 with the reason in the time line; declining again is as good."""
    order = await asked_back(market, services, anna, payer, bags.plain)
    for _ in range(2):
        await services.refunds.decline(order, actor=STAFF, note="商品已打包")
    assert market.status(order) == 2
    story = (await market.ask("GET", f"{anna.orders}/{order}", who=anna)).json["data"]
    assert story["events"][-1]["note"] == "商品已打包"
    assert story["refunds"] == []
    with pytest.raises(WrongState):
        await services.refunds.grant(order, actor=STAFF)
    again = {"reason": "再次申请"}
    reply = await market.ask("POST", f"{anna.orders}/{order}/refund", again, who=anna)
    assert reply.code == 200
    await services.refunds.grant(order, actor=STAFF)


async def test_the_provider_takes_its_time(
    market: Market,
    services: Services,
    anna: Buyer,
    bags: Bags,
    payer: Payer,
    sandbox: SandboxClient,
) -> None:
    """Until it confirms, the order is being refunded and the task is not done."""
    order = await asked_back(market, services, anna, payer, bags.plain)
    await services.refunds.grant(order, actor=STAFF)
    refund = market.goods.one(REFUND)
    sandbox.fault("alipay", status=503, until_reset=True)
    with pytest.raises(RemoteFailed) as caught:
        await services.refunds.repay(refund)
    assert not caught.value.lasting
    assert market.status(order) == 7
    sandbox.mend()
    await services.refunds.repay(refund)
    assert market.status(order) == 8


@pytest.mark.parametrize("status", [1, 2, 3, 4, 6])
async def test_nothing_is_sent_back_that_was_not_asked_for(
    market: Market, services: Services, anna: Buyer, bags: Bags, status: int
) -> None:
    order = market.stand(await market.bought(anna, bags.plain), status)
    before = await market.snapshot()
    with pytest.raises(WrongState):
        await services.refunds.grant(order, actor=STAFF)
    with pytest.raises(WrongState):
        await services.refunds.grant("1", actor=STAFF)
    assert await market.snapshot() == before


async def test_an_order_without_a_payment_of_ours(
    market: Market, services: Services, anna: Buyer, bags: Bags
) -> None:
    """One that was taken over: there is nothing to send back from here."""
    order = market.stand(await market.bought(anna, bags.plain), 7)
    with pytest.raises(RefundRefused):
        await services.refunds.grant(order, actor=STAFF)
    assert market.status(order) == 7
