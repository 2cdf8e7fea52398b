"""Notices that must not be believed, and what is answered (PAY-2, PAY-3, PAY-6, ALI-8, WX-3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlencode

import pytest

from models.errors import Unavailable
from scripts.stack.stack import Stack
from services import Services
from tests.factories import Bags
from tests.handlers.orders.market import Buyer, Market
from tests.handlers.pays.telling import ACKNOWLEDGED, STATES, Provider
from tests.payer import Payer

FAIL = {"alipay": b"fail", "wechat": b'{"code":"FAIL"'}
PATHS = {"alipay": "/v1/pays/notify_url", "wechat": "/v1/pays/wechat/notify"}
PROVIDERS = ("alipay", "wechat")
ALARMS = "SELECT provider, reason, out_trade_no, times FROM pays_alarm ORDER BY reason"


@pytest.fixture
def tellers(market: Market, stack: Stack) -> dict[str, Provider]:
    """Both providers."""
    known = stack.sandbox.credentials
    return {name: Provider(name, known, market.client) for name in PROVIDERS}


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("amount", ["0.01", "19.89", "19.91", "1990.00"])
async def test_another_amount(
    market: Market,
    anna: Buyer,
    bags: Bags,
    payer: Payer,
    tellers: dict[str, Provider],
    name: str,
    amount: str,
) -> None:
    """Trap 3, PAY-3: signed and all, but not what the order costs."""
    order = await market.bought(anna, bags.plain)
    number = await payer.visit(market, anna, order, provider=name)
    before = await market.snapshot()
    reply = await tellers[name].tell(number, STATES[name][1], amount=amount)
    assert reply.status == 400
    assert reply.body.startswith(FAIL[name])
    alarms = market.goods.ask(ALARMS)
    assert alarms == [(name, "amount", number, 1)]
    market.goods.run("DELETE FROM pays_alarm")
    assert await market.snapshot() == before


@pytest.mark.parametrize("amount", ["19.9", "19.90", "019.90"])
async def test_the_same_amount_written_otherwise(
    market: Market,
    anna: Buyer,
    bags: Bags,
    payer: Payer,
    tellers: dict[str, Provider],
    amount: str,
) -> None:
    """ALI-2: amounts are compared as numbers."""
    order = await market.bought(anna, bags.plain)
    number = await payer.visit(market, anna, order)
    reply = await tellers["alipay"].tell(number, "TRADE_SUCCESS", amount=amount)
    if amount.startswith("0"):
        assert reply.status in {200, 400}
        assert (market.status(order) == 2) == (reply.body == b"success")
    else:
        assert reply.body == b"success"
        assert market.status(order) == 2


@pytest.mark.parametrize("name", PROVIDERS)
async def test_a_trade_number_belongs_to_one_attempt(
    market: Market, anna: Buyer, bags: Bags, payer: Payer, tellers: dict[str, Provider], name: str
) -> None:
    """Money that paid one order cannot pay another one, nor can a trade get a second number."""
    orders = [await market.bought(anna, sku) for sku in (bags.plain, bags.plain)]
    first, second = [await payer.visit(market, anna, each, provider=name) for each in orders]
    paid = STATES[name][1]
    assert (await tellers[name].tell(first, paid, trade_no="T1")).status == ACKNOWLEDGED[name][0]
    for number, trade_no in ((second, "T1"), (first, "T2")):
        assert (await tellers[name].tell(number, paid, trade_no=trade_no)).status == 400
    assert [market.status(order) for order in orders] == [2, 1]
    assert {row[1] for row in market.goods.ask(ALARMS)} == {"trade"}


@pytest.mark.parametrize("name", PROVIDERS)
async def test_an_attempt_at_another_provider(
    market: Market, anna: Buyer, bags: Bags, payer: Payer, tellers: dict[str, Provider], name: str
) -> None:
    """Each provider speaks of its own attempts only."""
    other = next(each for each in PROVIDERS if each != name)
    order = await market.bought(anna, bags.plain)
    number = await payer.visit(market, anna, order, provider=other)
    assert (await tellers[name].tell(number, STATES[name][1])).status == 400
    assert market.status(order) == 1
    assert [row[:2] for row in market.goods.ask(ALARMS)] == [(name, "unknown")]


@contextmanager
def away(services: Services) -> Iterator[None]:
    """Let the database be away for what settles."""

    def begin(*_: Any) -> Any:
        raise Unavailable("mysql: no answer in time")

    with patch.object(services.database, "begin", begin):
        yield


@pytest.mark.parametrize("name", PROVIDERS)
async def test_what_we_cannot_write_down_is_not_acknowledged(
    market: Market,
    services: Services,
    anna: Buyer,
    bags: Bags,
    payer: Payer,
    tellers: dict[str, Provider],
    name: str,
) -> None:
    """PAY-6, WX-3, ALI-4: 503 and no word of success; told again, it is paid."""
    order = await market.bought(anna, bags.plain)
    number = await payer.visit(market, anna, order, provider=name)
    with away(services):
        reply = await tellers[name].tell(number, STATES[name][1])
    assert reply.status == 503
    assert reply.body.startswith(FAIL[name])
    assert market.status(order) == 1
    reply = await tellers[name].tell(number, STATES[name][1])
    assert (reply.status, reply.body) == ACKNOWLEDGED[name]
    assert market.status(order) == 2


GARBAGE: tuple[bytes, ...] = (
    b"",
    b"{}",
    b"[]",
    b"null",
    b"a=b",
    b"\xff\xfe",
    b"sign=x&sign_type=RSA2",
    b"out_trade_no=1&trade_status=TRADE_SUCCESS&total_amount=19.90",
    b'{"id":"1","resource":{}}',
    b"x" * 60_000,
    b"&".join(b"a%d=1" % n for n in range(500)),
)


@pytest.mark.parametrize("name", PROVIDERS)
async def test_rubbish(market: Market, name: str) -> None:
    """Never a 5xx, never an acknowledgement; each one counts, and the table stays small."""
    for body in GARBAGE:
        reply = await market.client.send("POST", PATHS[name], body)
        assert reply.status == 400, body[:40]
        assert reply.body.startswith(FAIL[name])
    counted = market.goods.one("SELECT SUM(times) FROM pays_alarm")
    assert counted == len(GARBAGE)
    assert market.goods.one("SELECT COUNT(*) FROM pays_alarm") <= 3


@pytest.mark.parametrize("name", PROVIDERS)
async def test_who_may_call(market: Market, anna: Buyer, name: str) -> None:
    """ALI-8: POST only, no token and no cookie matters, and a body has its limit."""
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        reply = await market.client.send(method, PATHS[name])
        assert reply.status == 405
    for head in ({"authorization": anna.token}, {"cookie": "a=b"}):
        assert (await market.client.send("POST", PATHS[name], b"a=b", **head)).status == 400
    assert (await market.client.send("POST", PATHS[name], b"x" * 70_000)).status == 413


async def test_a_return_address_proves_nothing(
    market: Market, anna: Buyer, bags: Bags, payer: Payer, tellers: dict[str, Provider]
) -> None:
    """ALI-5: however it is forged it leads to the page, changes nothing and confirms nothing."""
    order = await market.bought(anna, bags.plain)
    number = await payer.visit(market, anna, order)
    query = tellers["alipay"].return_query(number)
    fields = dict(parse_qsl(query))
    forged = [
        urlencode(fields | {"total_amount": "0.01"}),
        urlencode({name: text for name, text in fields.items() if name != "sign"}),
        urlencode(fields | {"sign": "AAAA"}),
        f"{query}&out_trade_no=1",
        "",
        "%00=%ff",
        "a=b",
    ]
    before = await market.snapshot()
    for each in forged:
        reply = await market.client.get(f"/v1/pays/return_url?{each}")
        assert reply.status == 302
        assert reply.headers["Location"] == (
            f"{market.services.cashier._page.partition('gopay')[0]}pay_success.html?{each}"
        )
        assert (await market.client.get(f"/v1/orders/result/?{each}")).json["code"] == 50105
        assert await market.snapshot() == before
    for rough in (b"a=\xff\xfe", "名=值".encode(), b"a=%0d%0aX: 1", b"a=<script>"):
        line = b"GET /v1/pays/return_url?" + rough + b" HTTP/1.1\r\nHost: shop\r\n"
        answer = await market.client.raw(line + b"Connection: close\r\n\r\n")
        head = answer.split(b"\r\n\r\n")[0]
        assert head.split(b" ")[1] in {b"302", b"400"}, head
        assert b"\r\nX:" not in head
    assert (await market.client.get(f"/v1/orders/result/?{query}")).json["code"] == 50105
    assert market.status(order) == 1
