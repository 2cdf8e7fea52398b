"""What providers say, by every way, of orders in every state: only the legal moves happen.

Eight states of the order (one: it is gone) × four of the provider × first and repeated × notice,
return and question. The moves are written down by hand; a repetition changes no byte of any row.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from scripts.stack.stack import Stack
from services import Services
from services.ports import Repayment
from tests.factories import Bags
from tests.handlers.orders.market import Buyer, Market
from tests.handlers.pays.telling import ACKNOWLEDGED, CLOSED, PAID, STATES, Provider
from tests.payer import Payer

ORDERS = (1, 2, 3, 4, 6, 7, 8, None)
"""None: the order is gone, as after a mistake by hand."""
MONEY = {
    1: (2, "paid", None),
    2: (2, "surplus", "double"),
    3: (3, "surplus", "double"),
    4: (4, "surplus", "double"),
    6: (6, "surplus", "late"),
    7: (7, "surplus", "double"),
    8: (8, "surplus", "double"),
    None: (None, "surplus", "late"),
}
"""What becomes of (order, attempt, refund) when the provider has the money of an open attempt."""
NOT_CONFIRMED = (
    b'{"code":50105,"error":"\xe6\x94\xaf\xe4\xbb\x98\xe7\xbb\x93\xe6\x9e\x9c\xe6\x9c\xaa\xe7\xa1\xae'
    b'\xe8\xae\xa4","errmsg":"\xe6\x94\xaf\xe4\xbb\x98\xe7\xbb\x93\xe6\x9e\x9c\xe6\x9c\xaa\xe7\xa1\xae'
    b'\xe8\xae\xa4"}'
)


class Case(NamedTuple):
    """An order in some state, with an attempt that is open at a provider."""

    order: str
    number: str
    state: int | None


class Stage:
    """Puts orders into their states and looks at what became of them."""

    def __init__(self, market: Market, anna: Buyer, payer: Payer, sku: int) -> None:
        self.market = market
        self._anna = anna
        self._payer = payer
        self._sku = sku
        market.goods.run("UPDATE goods_sku SET stock = 50 WHERE id = %s", sku)

    async def set(self, state: int | None, provider: str) -> Case:
        """Order, open the page, then put the order where it shall be."""
        order = await self.market.bought(self._anna, self._sku)
        number = await self._payer.visit(self.market, self._anna, order, provider=provider)
        if state is None:
            for table, column in (
                ("orders_order_goods", "order_info_id"),
                ("orders_order_info", "order_id"),
            ):
                self.market.goods.run(f"DELETE FROM {table} WHERE {column} = %s", order)
        else:
            self.market.stand(order, state)
        return Case(order, number, state)

    def became(self, case: Case) -> tuple[int | None, str, str | None]:
        """Return where (order, attempt, refund) stand now."""
        goods = self.market.goods
        found = goods.ask("SELECT status FROM orders_order_info WHERE order_id = %s", case.order)
        attempt = "SELECT state FROM pays_attempt WHERE out_trade_no = %s"
        refund = goods.ask("SELECT reason FROM pays_refund WHERE order_id = %s", case.order)
        assert len(refund) <= 1
        return (
            found[0][0] if found else None,
            str(goods.one(attempt, case.number)),
            str(refund[0][0]) if refund else None,
        )

    async def rows(self) -> dict[str, Any]:
        """Return every row there is, without the clock of questions."""
        self.market.goods.run("UPDATE pays_attempt SET asked_time = NULL")
        return await self.market.snapshot()


def expected(case: Case, *, paid: bool, closed: bool) -> tuple[int | None, str, str | None]:
    """Return where everything should stand."""
    if paid:
        return MONEY[case.state]
    return case.state, "closed" if closed else "open", None


@pytest.fixture
def stage(market: Market, anna: Buyer, bags: Bags, payer: Payer) -> Stage:
    """A shop with enough to sell."""
    return Stage(market, anna, payer, bags.plain)


@pytest.mark.parametrize(
    ("name", "said"), [(name, said) for name, states in STATES.items() for said in states]
)
async def test_notices(stage: Stage, stack: Stack, name: str, said: str) -> None:
    """ALI-3, PAY-1, PAY-5, PAY-6: acknowledged to the byte, whatever the order is, and once."""
    provider = Provider(name, stack.sandbox.credentials, stage.market.client)
    for state in ORDERS:
        case = await stage.set(state, name)
        reply = await provider.tell(case.number, said)
        assert (reply.status, reply.body) == ACKNOWLEDGED[name]
        wanted = expected(case, paid=said in PAID, closed=said in CLOSED)
        assert stage.became(case) == wanted, state
        before = await stage.rows()
        for again in (said, *STATES[name]) if said in PAID else (said,):
            reply = await provider.tell(case.number, again)
            assert (reply.status, reply.body) == ACKNOWLEDGED[name]
            assert await stage.rows() == before, (state, again)


async def played(services: Services, payer: Payer, name: str, number: str, said: str) -> None:
    """Bring the provider's trade into a state, without a word to us."""
    provider = services.pays._providers[name]
    if said in {"paid", "refunded"}:
        assert await payer.decide(name, number) == 200
    if said == "refunded":
        whole = Decimal("19.90")
        assert (await provider.repay(Repayment(number, f"R{number}", whole, whole, "x"))).done
    if said == "closed":
        await provider.close(number)


SAID = ("waiting", "paid", "closed", "refunded")


def judged(name: str, said: str) -> dict[str, bool]:
    """Tell what a state means; all money gone back is closed at Alipay, a refund at WeChat."""
    is_paid = said == "paid" or (said == "refunded" and name == "wechat")
    return {"paid": is_paid, "closed": not is_paid and said != "waiting"}


@pytest.mark.parametrize("said", SAID)
@pytest.mark.parametrize("name", ["alipay", "wechat"])
async def test_questions(
    stage: Stage, services: Services, payer: Payer, name: str, said: str
) -> None:
    """The sweep: the same moves; asked again nothing changes but the next question."""
    for state in ORDERS:
        case = await stage.set(state, name)
        await played(services, payer, name, case.number, said)
        await services.attempts.freshen(case.order)
        wanted = expected(case, **judged(name, said))
        assert stage.became(case) == wanted, state
        before = await stage.rows()
        await services.attempts.freshen(case.order)
        assert await stage.rows() == before, state


@pytest.mark.parametrize("said", SAID)
async def test_returns(
    stage: Stage, services: Services, stack: Stack, payer: Payer, said: str
) -> None:
    """ALI-5: what Alipay says counts, not the address; only what paid its order is confirmed."""
    provider = Provider("alipay", stack.sandbox.credentials, stage.market.client)
    for state in ORDERS:
        case = await stage.set(state, "alipay")
        await played(services, payer, "alipay", case.number, said)
        query = provider.return_query(case.number)
        reply = await stage.market.client.get(f"/v1/orders/result/?{query}")
        wanted = expected(case, **judged("alipay", said))
        assert stage.became(case) == wanted, state
        if wanted[1] == "paid":
            data = {"order_id": case.order, "total_amount": "19.90"}
            assert reply.json == {"code": 200, "data": data}
        else:
            assert reply.body == NOT_CONFIRMED
        before = await stage.rows()
        again = await stage.market.client.get(f"/v1/orders/result/?{query}")
        back = await stage.market.client.get(f"/v1/pays/return_url?{query}")
        assert again.body == reply.body
        assert (back.status, back.headers["Location"].partition("?")[2]) == (302, query)
        assert await stage.rows() == before, state
