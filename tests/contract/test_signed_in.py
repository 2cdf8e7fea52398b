"""Whatever a signed-in customer sends to carts, orders or pays, it is never a 5xx (SEC-6)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from models.users import User
from scripts.stack.api import Api
from services.tokens import TokenService
from settings import Settings
from tests.contract.test_bad_input import BAD_TEXTS, BAD_VALUES, JSON_VALUES, said_no
from tests.contract.test_description import CHECKS, live, schema
from tests.factories import Bags, connect
from tests.handlers.orders.fixtures import anna, market
from tests.handlers.orders.market import Buyer, Market
from tests.http import Reply

__all__ = ["anna", "live", "market", "schema"]

CARTS, ORDERS = range(10300, 10400), range(10400, 10500)
MEMBERS = (
    "sku_id", "count", "state", "address_id", "settlement_type", "buy_count", "pay_method",
    "expected_total", "order_id", "reason",
)  # fmt: skip
OURS = ("/v1/carts/", "/v1/orders/", "/v1/pays/")
PASSING = {"settlement_type": {"0", "1", 0}, "type": {"0"}, "page": {""}, "pagesize": {""}}


def routes(anna: Buyer) -> list[tuple[str, str]]:
    """Return every way to send something."""
    return [
        *((verb, anna.cart) for verb in ("POST", "PUT", "DELETE")),
        *((verb, anna.orders) for verb in ("POST", "PUT")),
        ("POST", f"{anna.orders}/1234567890123456/refund"),
    ]


def codes(path: str) -> range:
    """Return the codes of the module a path belongs to."""
    return CARTS if path.startswith("/v1/carts") else ORDERS


async def test_each_member_of_a_cart(market: Market, anna: Buyer, bags: Bags) -> None:
    """Ids, counts and states that are none are refused, and the cart stays as it is."""
    await market.put_in(anna, bags.plain)
    before = await market.snapshot()
    good = {"sku_id": bags.plain, "count": 1}
    for value in BAD_VALUES:
        for verb, body in (
            ("POST", good | {"sku_id": value}),
            ("POST", good | {"count": value}),
            ("PUT", {"state": value, "sku_id": bags.plain}),
            ("PUT", {"state": "add", "sku_id": value}),
            ("PUT", {"state": "set", "sku_id": bags.plain, "count": value}),
            ("DELETE", {"sku_id": value}),
        ):
            said_no(await market.ask(verb, anna.cart, body, who=anna), CARTS)
    assert await market.snapshot() == before


@pytest.mark.parametrize(
    "name", ["type", "page", "pagesize", "settlement_type", "sku_id", "buy_num", "order_id"]
)
async def test_parameters_of_orders(market: Market, anna: Buyer, bags: Bags, name: str) -> None:
    """Each parameter of a list, of the page before the order and of paying again."""
    await market.put_in(anna, bags.plain)
    before = await market.snapshot()
    places = {
        "order_id": ("", {"type": "5"}),
        "settlement_type": ("/advance", {}),
        "sku_id": ("/advance", {"settlement_type": "1", "buy_num": "1"}),
        "buy_num": ("/advance", {"settlement_type": "1", "sku_id": str(bags.plain)}),
    }
    path, beside = places.get(name, ("", {}))
    for text in BAD_TEXTS:
        query = urlencode(beside | {name: text})
        reply = await market.ask("GET", f"{anna.orders}{path}?{query}", who=anna)
        if text in PASSING.get(name, set()):
            assert reply.status == reply.code == 200
        else:
            said_no(reply, ORDERS)
    assert await market.snapshot() == before


async def test_parts_of_paths(market: Market, anna: Buyer) -> None:
    """What is no order in the path is a business error."""
    for text in (*BAD_TEXTS, "%ff", "9" * 64, "1" * 17):
        if not text:
            continue
        part = text if text == "%ff" else quote(text, safe="")
        for verb, path, body in (
            ("GET", f"{anna.orders}/{part}", None),
            ("DELETE", f"{anna.orders}/{part}", None),
            ("POST", f"{anna.orders}/{part}/refund", {"reason": "x"}),
            ("GET", f"/v1/pays/{part}", None),
        ):
            said_no(await market.ask(verb, path, body, who=anna), ORDERS)


async def test_bodies_of_another_shape(market: Market, anna: Buyer) -> None:
    """JSON that is no object is a bad parameter, what is no JSON a fault of the protocol."""
    before = await market.snapshot()
    for verb, path in routes(anna):
        for value in BAD_VALUES:
            if not isinstance(value, dict):
                said_no(await market.ask(verb, path, [value], who=anna), codes(path))
        for body in (b"", b"{", b'{"sku_id": 1,}', b"\xff\xfe", b"NaN"):
            head = {"authorization": anna.token}
            assert (await market.client.send(verb, path, body, **head)).status == 400
    assert await market.snapshot() == before


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(value=st.dictionaries(st.sampled_from(MEMBERS), JSON_VALUES))
async def test_any_json(market: Market, anna: Buyer, value: dict[str, Any]) -> None:
    """No object whatever brings a route to a 5xx, nor makes it order something."""
    for verb, path in routes(anna):
        reply: Reply = await market.client.send(
            verb, path, json.dumps(value).encode(), authorization=anna.token
        )
        assert reply.status == 200
        assert reply.code in {200, *codes(path)}
    assert market.count("orders_order_info") == 0


@pytest.fixture
def customer(live: Api, migrated: Settings) -> tuple[str, str]:
    """Name and token of somebody in the database of the process."""
    del live
    sql = "SELECT id, username, token_version FROM users_user_profile WHERE is_active LIMIT 1"
    with connect(migrated.mysql.url) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        found = cursor.fetchone()
    assert found is not None
    number, name, version = found
    user = User(number, name, "", "", "", 1, 0, version)
    secret = str(migrated.token_secret)
    tokens = TokenService(secret=secret, database=None, pages=None)  # type: ignore[arg-type]
    return name, tokens.issued(user)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_no_reply_to_a_customer_is_undocumented(
    schema: Any, customer: tuple[str, str], mode: GenerationMode
) -> None:
    """DOC-2: generated requests of somebody signed in find no 5xx and nothing undescribed."""
    name, token = customer
    let_in = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        nothing_to_spoil = not (operation.query or operation.body)
        if not operation.path.startswith(OURS) or (
            mode is GenerationMode.NEGATIVE and nothing_to_spoil
        ):
            continue

        @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def holds(case: Any) -> None:
            nonlocal let_in
            if "username" in case.path_parameters:
                case.path_parameters["username"] = name
            reply = case.call_and_validate(headers={"Authorization": token}, checks=CHECKS)
            if reply.status_code == 200 and case.method != "HEAD":
                let_in += reply.json()["code"] != 403

        holds()
    assert let_in > 100
