"""A tool of the tests: a buyer who goes where the shop sends him and pays there."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.handlers.orders.market import Buyer, Market
from tests.sandbox import SandboxClient

METHODS = {"alipay": 1, "wechat": 2}


class Payer:
    """Pays at the simulators, which are asked in threads."""

    def __init__(self, sandbox: SandboxClient) -> None:
        self._sandbox = sandbox

    async def visit(self, door: Market, who: Buyer, order: str, *, provider: str = "alipay") -> str:
        """Choose a provider and open its page; return the number of the attempt there."""
        body = {"pay_method": METHODS[provider]}
        reply = await door.ask("POST", f"/v1/pays/{order}", body, who=who)
        assert reply.code == 200, reply.body
        return await self.see(reply.json["data"], provider=provider, door=door, order=order)

    async def see(self, payable: Any, *, provider: str, door: Market, order: str) -> str:
        """Open the page of a reply that says how to pay; return the number of the attempt."""
        if provider == "wechat":
            assert payable["code_url"].startswith("weixin://"), payable
            sql = """SELECT out_trade_no FROM pays_attempt
              WHERE order_id = %s AND provider = 'wechat' ORDER BY id DESC LIMIT 1"""
            return str(door.goods.one(sql, order))
        number = await self.open_page(payable["pay_url"])
        assert number is not None
        return number

    async def page(self, door: Market, who: Buyer, order: str) -> str:
        """Choose Alipay without going there; return the address of its page."""
        reply = await door.ask("POST", f"/v1/pays/{order}", {"pay_method": 1}, who=who)
        assert reply.code == 200, reply.body
        return str(reply.json["data"]["pay_url"])

    async def open_page(self, pay_url: str) -> str | None:
        """Open Alipay's page; return the number of the attempt, None when it is too late."""
        parts = urlsplit(pay_url)
        path = parts.path.partition("/sandbox")[2]
        answer = await asyncio.to_thread(self._sandbox.ask, f"{path}?{parts.query}")
        if answer.status != 200:
            return None
        (content,) = parse_qs(parts.query)["biz_content"]
        return str(json.loads(content)["out_trade_no"])

    async def decide(self, provider: str, number: str, outcome: str = "paid") -> int:
        """Do what the buyer does on the page; return the status, 200 when it could be done."""
        body = {"provider": provider, "out_trade_no": number, "outcome": outcome}
        answer = await asyncio.to_thread(self._sandbox.ask, "/api/pay", "POST", body=body)
        return answer.status

    async def pay(self, door: Market, who: Buyer, order: str, *, provider: str = "alipay") -> str:
        """Pay an order; return the number of the attempt."""
        number = await self.visit(door, who, order, provider=provider)
        assert await self.decide(provider, number) == 200
        return number
