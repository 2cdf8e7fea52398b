"""/v1/pays/<order_id>: how a payment stands, paying again, and the picture to be scanned."""

from __future__ import annotations

import asyncio
import re
from xml.etree import ElementTree as ET

import pytest

from services import Services
from tests.factories import Bags
from tests.handlers.orders.market import Buyer, Market
from tests.handlers.users.people import REFUSED
from tests.http import Reply
from tests.payer import METHODS, Payer
from tests.sandbox import SandboxClient

PROVIDERS = ("alipay", "wechat")
OPEN = "SELECT COUNT(*) FROM pays_attempt WHERE state = 'open' AND order_id = %s"


async def asked(market: Market, order: str, who: Buyer | None) -> Reply:
    """Ask how it stands; the provider is asked each time, as if nobody had asked before."""
    market.goods.run("UPDATE pays_attempt SET asked_time = NULL")
    return await market.ask("GET", f"/v1/pays/{order}", who=who)


async def pay(market: Market, order: str, who: Buyer, method: object) -> Reply:
    """Choose how to pay."""
    return await market.ask("POST", f"/v1/pays/{order}", {"pay_method": method}, who=who)


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_payment_is_seen_once(
    market: Market, anna: Buyer, bags: Bags, payer: Payer, provider: str
) -> None:
    order = await market.bought(anna, bags.plain)
    number = await payer.visit(market, anna, order, provider=provider)
    unpaid = {
        "code": 200,
        "status": 1,
        "paid_at": None,
        "pay_method": METHODS[provider],
        "refunds": [],
    }
    assert (await asked(market, order, anna)).json == unpaid
    await payer.decide(provider, number, "declined")
    assert (await asked(market, order, anna)).json == unpaid
    await payer.decide(provider, number)
    replies = await asyncio.gather(*(asked(market, order, anna) for _ in range(8)))
    assert 2 in {reply.json["status"] for reply in replies}
    paid = await asked(market, order, anna)
    assert paid.json["status"] == 2
    assert re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d", paid.json["paid_at"])
    assert market.steps(order)[1:] == [(1, 2, "provider")]
    assert market.row(order)["pay_method"] == METHODS[provider]
    mails = market.goods.ask("SELECT kind FROM tasks_outbox WHERE once = %s", f"mail.paid:{order}")
    assert mails == [("mail.paid",)]


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_choosing_the_same_again_is_the_same_attempt(
    market: Market, anna: Buyer, bags: Bags, provider: str
) -> None:
    """However often and at once: one attempt, one way; the other provider is another attempt."""
    order = await market.bought(anna, bags.plain)
    method = METHODS[provider]
    replies = await asyncio.gather(*(pay(market, order, anna, method) for _ in range(10)))
    assert len({reply.body for reply in replies}) == 1
    data = replies[0].json["data"]
    assert data["order_id"] == order
    assert (data["total_amount"], data["pay_method"]) == ("19.90", method)
    assert ("code_url" in data) == (provider == "wechat")
    assert market.goods.one(OPEN, order) == method  # alipay's was opened with the order
    again = await market.ask("GET", f"{anna.orders}?type=5&order_id={order}", who=anna)
    assert again.json["data"]["pay_url"] == data["pay_url"]
    assert market.row(order)["pay_method"] == method


async def test_the_other_provider_may_be_chosen_and_the_first_again(
    market: Market, anna: Buyer, bags: Bags
) -> None:
    """PAY-9: each attempt has a number of its own; coming back finds the one that is open."""
    order = await market.bought(anna, bags.plain)
    first, other, back = [(await pay(market, order, anna, n)).json["data"] for n in (1, 2, "1")]
    assert first == back
    assert other["code_url"]
    numbers = market.goods.ask("SELECT out_trade_no, provider FROM pays_attempt ORDER BY id")
    assert [provider for _, provider in numbers] == ["alipay", "wechat"]
    assert len({number for number, _ in numbers}) == 2
    tasks = market.goods.ask("SELECT once FROM tasks_outbox WHERE kind = 'pays.ask' ORDER BY id")
    assert [row[0] for row in tasks] == [f"pays.ask:{number}:0" for number, _ in numbers]


async def test_an_attempt_whose_time_is_over(market: Market, anna: Buyer, bags: Bags) -> None:
    """Nobody is sent to the provider with it; the closing of the order is on its way."""
    order = await market.bought(anna, bags.plain)
    market.goods.run("UPDATE pays_attempt SET expires_time = NOW() - INTERVAL 1 SECOND")
    market.goods.run("UPDATE orders_order_info SET created_time = created_time - INTERVAL 1 DAY")
    for method in (1, 2):
        assert (await pay(market, order, anna, method)).code == 10503
    assert market.goods.one("SELECT COUNT(*) FROM pays_attempt") == 1


@pytest.mark.parametrize("status", [2, 3, 4, 6, 7, 8])
async def test_only_what_is_unpaid_can_be_paid(
    market: Market, anna: Buyer, bags: Bags, status: int
) -> None:
    order = market.stand(await market.bought(anna, bags.plain), status)
    before = await market.snapshot()
    for method in (1, 2):
        assert (await pay(market, order, anna, method)).code == 10503
    picture = await market.ask("GET", f"/v1/pays/{order}/code.svg", who=anna)
    assert picture.code == 10503
    assert await market.snapshot() == before


async def test_bad_methods(market: Market, anna: Buyer, bags: Bags) -> None:
    order = await market.bought(anna, bags.plain)
    before = await market.snapshot()
    for method in (None, 0, 3, -1, "", "x", 1.5, True, [1], {}, "１"):
        reply = await pay(market, order, anna, method)
        assert (reply.status, reply.code) == (200, 10500), method
    reply = await market.ask("POST", f"/v1/pays/{order}", {}, who=anna)
    assert reply.code == 10500
    assert await market.snapshot() == before


async def test_the_picture_holds_what_is_scanned(market: Market, anna: Buyer, bags: Bags) -> None:
    """An SVG drawn here; there is none before WeChat is chosen."""
    order = await market.bought(anna, bags.plain)
    path = f"/v1/pays/{order}/code.svg"
    assert (await market.ask("GET", path, who=anna)).code == 10503
    await pay(market, order, anna, 2)
    picture = await market.ask("GET", path, who=anna)
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert picture.headers["Cache-Control"] == "no-store"
    assert ET.fromstring(picture.body).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314 - ours
    assert (await market.ask("GET", path, who=anna)).body == picture.body


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_provider_that_is_away(
    market: Market, anna: Buyer, bags: Bags, payer: Payer, sandbox: SandboxClient, provider: str
) -> None:
    """The order stays as it was and the customer is told; when it is back all goes on."""
    order = await market.bought(anna, bags.plain)
    sandbox.fault(provider, status=503, until_reset=True)
    if provider == "wechat":
        assert (await pay(market, order, anna, 2)).code == 10501
        later = await market.buy(anna, bags.skus[0], pay_method=2)
        assert (later.code, later.json["data"]["code_url"]) == (200, "")
    else:
        assert (await asked(market, order, anna)).json["status"] == 1
        cancelled = await market.ask("DELETE", f"{anna.orders}/{order}", who=anna)
        assert (cancelled.code, market.status(order)) == (10501, 1)
    sandbox.mend()
    await payer.pay(market, anna, order, provider=provider)
    assert (await asked(market, order, anna)).json["status"] == 2


async def test_one_provider_that_is_away_does_not_hide_the_other(
    market: Market, anna: Buyer, bags: Bags, payer: Payer, sandbox: SandboxClient
) -> None:
    """Both were opened; the one that answers has the money."""
    order = await market.bought(anna, bags.plain)
    await payer.visit(market, anna, order)
    await payer.pay(market, anna, order, provider="wechat")
    sandbox.fault("alipay", status=503, until_reset=True)
    assert (await asked(market, order, anna)).json["status"] == 2


async def test_nobody_learns_about_the_order_of_another(
    market: Market, anna: Buyer, bob: Buyer, bags: Bags, payer: Payer, sandbox: SandboxClient
) -> None:
    """SEC-1: 10405 by every way, nothing is told, asked or changed."""
    order = await market.bought(anna, bags.plain)
    number = await payer.pay(market, anna, order)
    times = sandbox.trade("alipay", number)["times"]
    before = await market.snapshot()
    assert (await market.ask("GET", f"/v1/pays/{order}")).json == REFUSED
    for given in (order, "1", "0" * 65, "abc", "%C3%A9"):
        assert (await market.ask("GET", f"/v1/pays/{given}", who=bob)).code == 10405, given
        assert (await market.ask("GET", f"/v1/pays/{given}/code.svg", who=bob)).code == 10405
        assert (await pay(market, given, bob, 1)).code == 10405
        stream = await market.ask("GET", f"/v1/pays/{given}", who=bob, accept="text/event-stream")
        assert stream.code == 10405
    assert await market.snapshot() == before
    assert sandbox.trade("alipay", number)["times"] == times


async def test_a_buyer_who_waits_does_not_wear_the_provider_out(
    market: Market, anna: Buyer, bags: Bags, payer: Payer, sandbox: SandboxClient
) -> None:
    """Twenty looks within seconds are one question, over all processes."""
    order = await market.bought(anna, bags.plain)
    number = await payer.visit(market, anna, order)
    times = sandbox.trade("alipay", number)["times"]
    await asyncio.gather(*(market.ask("GET", f"/v1/pays/{order}", who=anna) for _ in range(20)))
    assert sandbox.trade("alipay", number)["times"] == times + 1


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_paid_after_it_was_closed_goes_back(
    market: Market, services: Services, anna: Buyer, bags: Bags, payer: Payer, provider: str
) -> None:
    """PAY-8: the money is sent back by itself, and the customer sees it."""
    order = await market.bought(anna, bags.plain)
    number = await payer.visit(market, anna, order, provider=provider)
    market.stand(order, 6)
    assert await payer.decide(provider, number) == 200
    await services.attempts.ask(number, 0)
    (refund_id,) = (row[0] for row in market.goods.ask("SELECT id FROM pays_refund"))
    shown = (await market.ask("GET", f"/v1/pays/{order}", who=anna)).json["refunds"]
    assert [(each["amount"], each["state"], each["reason"]) for each in shown] == [
        ("19.90", "pending", "late")
    ]
    for _ in range(2):
        await services.refunds.repay(refund_id)
    story = await market.ask("GET", f"{anna.orders}/{order}", who=anna)
    (refund,) = story.json["data"]["refunds"]
    assert (refund["state"], refund["pay_method"]) == ("done", METHODS[provider])
    assert market.status(order) == 6
