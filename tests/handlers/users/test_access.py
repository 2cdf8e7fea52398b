"""Who may do what: every verb that is not public, with every kind of bad credential.

The matrix is made of the routes themselves: a route that neither table knows fails.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from handlers import ROUTES
from handlers.access import access_of, undeclared, verbs_of
from settings import Settings
from tests.handlers.users.forged import bad_headers, base64url, claims_of, signed
from tests.handlers.users.people import ADDRESS, PASSWORD, REFUSED, Person, Town

SKU = 990_001
ORDERS = {status: f"900000000000000{status}" for status in (1, 2, 3)}
"""An order of Anna in each of these states, by its state."""
ORDER = """INSERT INTO orders_order_info (order_id, user_profile_id, total_amount, total_count,
    status, receiver, address, receiver_mobile) VALUES (%s, %s, '10.00', 0, %s, '王', '北京', '')"""
ATTEMPT = """INSERT INTO pays_attempt (order_id, provider, out_trade_no, amount, code_url,
    expires_time) VALUES (%s, 'wechat', 'access', '10.00', 'weixin://x', NOW() + INTERVAL 1 DAY)"""
# Route and verb: the path, with {u} for the user, {n} for her name alone and {id} for an address of
# hers, and the body.
GUARDED: dict[tuple[str, str], tuple[str, Any]] = {
    (r"/v1/users/activation/?", "POST"): ("/v1/users/activation", None),
    (r"/v1/users/([^/]+)/password/?", "POST"): (
        "{u}/password",
        {"oldpassword": PASSWORD, "password1": "next-secret", "password2": "next-secret"},
    ),
    (r"/v1/users/([^/]+)/address/?", "GET"): ("{u}/address", None),
    (r"/v1/users/([^/]+)/address/?", "POST"): ("{u}/address", ADDRESS),
    (r"/v1/users/([^/]+)/address/default/?", "POST"): ("{u}/address/default", {"id": "{id}"}),
    (r"/v1/users/([^/]+)/address/([^/]+)/?", "PUT"): ("{u}/address/{id}", {"tag": "公司"}),
    (r"/v1/users/([^/]+)/address/([^/]+)/?", "DELETE"): ("{u}/address/{id}", None),
    (r"/v1/users/([^/]+)/tokens/?", "DELETE"): ("{u}/tokens", None),
    (r"/v1/users/([^/]+)/?", "GET"): ("{u}", None),
    (r"/v1/carts/([^/]+)/?", "GET"): ("/v1/carts/{n}", None),
    (r"/v1/carts/([^/]+)/?", "POST"): ("/v1/carts/{n}", {"sku_id": SKU, "count": 1}),
    (r"/v1/carts/([^/]+)/?", "PUT"): ("/v1/carts/{n}", {"state": "selectall"}),
    (r"/v1/carts/([^/]+)/?", "DELETE"): ("/v1/carts/{n}", {"sku_id": SKU}),
    (r"/v1/orders/([^/]+)/advance/?", "GET"): (
        f"/v1/orders/{{n}}/advance?settlement_type=1&sku_id={SKU}&buy_num=1",
        None,
    ),
    (r"/v1/orders/([^/]+)/?", "GET"): ("/v1/orders/{n}", None),
    (r"/v1/orders/([^/]+)/?", "POST"): (
        "/v1/orders/{n}",
        {"address_id": "{id}", "settlement_type": 1, "sku_id": SKU, "buy_count": 1},
    ),
    (r"/v1/orders/([^/]+)/?", "PUT"): ("/v1/orders/{n}", {"order_id": ORDERS[3]}),
    (r"/v1/orders/([^/]+)/([^/]+)/?", "GET"): (f"/v1/orders/{{n}}/{ORDERS[1]}", None),
    (r"/v1/orders/([^/]+)/([^/]+)/?", "DELETE"): (f"/v1/orders/{{n}}/{ORDERS[1]}", None),
    (r"/v1/orders/([^/]+)/([^/]+)/refund/?", "POST"): (
        f"/v1/orders/{{n}}/{ORDERS[2]}/refund",
        {"reason": "不想要了"},
    ),
    (r"/v1/pays/([^/]+)/?", "GET"): (f"/v1/pays/{ORDERS[1]}", None),
    (r"/v1/pays/([^/]+)/?", "POST"): (f"/v1/pays/{ORDERS[1]}", {"pay_method": 1}),
    (r"/v1/pays/([^/]+)/code\.svg", "GET"): (f"/v1/pays/{ORDERS[1]}/code.svg", None),
}
PUBLIC = {
    (r"/v1/users/?", "POST"),
    (r"/v1/users/register/?", "POST"),
    (r"/v1/users/check/?", "GET"),
    (r"/v1/users/activation/?", "GET"),
    (r"/v1/users/login/?", "POST"),
    (r"/v1/tokens/?", "POST"),
    (r"/v1/users/sms/code/?", "POST"),
    (r"/v1/users/password/sms/?", "POST"),
    (r"/v1/users/password/verification/?", "POST"),
    (r"/v1/users/password/new/?", "POST"),
    (r"/v1/users/weibo/authorization/?", "GET"),
    (r"/v1/users/weibo/users/?", "GET"),
    (r"/v1/users/weibo/users/?", "POST"),
    (r"/v1/users/weibo/users/binduser/?", "POST"),
    (r"/v1/goods/index/?", "GET"),
    (r"/v1/goods/catalogs/([^/]*)/?", "GET"),
    (r"/v1/goods/detail/([^/]*)/?", "GET"),
    (r"/v1/goods/sku/?", "GET"),
    (r"/v1/goods/sku/?", "POST"),
    (r"/v1/goods/search/?", "GET"),
    (r"/v1/goods/search/?", "POST"),
    (r"/v1/orders/result/?", "GET"),
    (r"/v1/pays/return_url/?", "GET"),
    (r"/healthz", "GET"),
    (r"/readyz", "GET"),
    (r"/metrics", "GET"),
    (r"/openapi\.json", "GET"),
    (r"/docs/?", "GET"),
}
SIGNED = {(r"/v1/pays/notify_url/?", "POST"), (r"/v1/pays/wechat/notify/?", "POST")}
"""Who asks here proves himself by the signature under what he says (PAY-2)."""
NAMED = tuple(f"/v1/{noun}/([^/]+)" for noun in ("users", "carts", "orders"))
VERBS = [(pattern, name, verb) for pattern, kind in ROUTES for name, verb in verbs_of(kind)]
OPEN = ("public", "provider")
CLOSED = [(pattern, name) for pattern, name, verb in VERBS if access_of(verb) not in OPEN]


def test_every_verb_declares_access_and_stands_in_one_table() -> None:
    assert [each for _, kind in ROUTES for each in undeclared(kind)] == []
    assert {(p, name) for p, name, verb in VERBS if access_of(verb) == "public"} == PUBLIC
    assert {(p, name) for p, name, verb in VERBS if access_of(verb) == "provider"} == SIGNED
    assert set(CLOSED) == set(GUARDED)


def test_every_route_that_names_a_user_asks_for_that_user() -> None:
    for pattern, name in CLOSED:
        (verb,) = [v for p, n, v in VERBS if (p, n) == (pattern, name)]
        named = pattern.startswith(NAMED)
        assert access_of(verb) == ("signed in, the user of the path" if named else "signed in")


def filled(route: tuple[str, str], person: Person, address: int) -> tuple[str, Any]:
    """Return the path and the body of a row for one user."""
    path, body = GUARDED[route]
    name = person.path.rpartition("/")[2]
    path = path.replace("{u}", person.path).replace("{n}", name).replace("{id}", str(address))
    return path, json.loads(json.dumps(body).replace("{id}", str(address)))


async def refused(town: Town, route: tuple[str, str], path: str, body: Any, **head: str) -> bool:
    reply = await town.ask(route[1], path, body, **head)
    return (reply.status, reply.json) == (200, REFUSED)


@pytest.fixture
def key(shop_settings: Settings) -> bytes:
    """The key that tokens are signed with."""
    return str(shop_settings.token_secret).encode()


@pytest.fixture
async def address(town: Town, anna: Person) -> int:
    """An address of Anna, which is her default; she has orders, and there is something to buy."""
    town.goods.sku(town.goods.spu(town.goods.catalog(), town.goods.brand()), id=SKU)
    reply = await town.ask("POST", f"{anna.path}/address", ADDRESS, who=anna)
    assert reply.code == 200
    for status, number in ORDERS.items():
        town.goods.run(ORDER, number, anna.id, status)
    town.goods.run(ATTEMPT, ORDERS[1])
    return int(town.goods.one("SELECT id FROM users_address"))


@pytest.mark.parametrize("route", CLOSED, ids=lambda route: f"{route[1]} {route[0]}")
async def test_no_bad_credential_opens(
    route: tuple[str, str], town: Town, anna: Person, bob: Person, address: int, key: bytes
) -> None:
    path, body = filled(route, anna, address)
    headers = bad_headers(anna, bob, town, key)
    if "{" in GUARDED[route][0]:
        # Without a name in the path another token is good, for the things of that other user.
        headers["token of another"] = bob.token
        headers["Bearer of another"] = f"Bearer {bob.token}"
    before = town.snapshot()
    entered = []
    for name, header in headers.items():
        head = {} if header is None else {"authorization": header}
        if not await refused(town, route, path, body, **head):
            entered.append(name)
    assert entered == []
    assert town.snapshot() == before
    # The control: the same request with a good token, made by hand, is let in.
    token = signed(claims_of(anna, town), key)
    reply = await town.ask(route[1], path, body, authorization=f"Bearer {token}")
    assert reply.headers["Content-Type"] == "image/svg+xml" or reply.code == 200


@pytest.mark.parametrize("route", CLOSED, ids=lambda route: f"{route[1]} {route[0]}")
async def test_neither_the_disabled_nor_the_deleted_enter(
    route: tuple[str, str], town: Town, anna: Person, address: int, key: bytes
) -> None:
    path, body = filled(route, anna, address)
    await town.services.users.disable(anna.id)
    before = town.snapshot()
    for token in (anna.token, signed(claims_of(anna, town), key)):
        assert await refused(town, route, path, body, authorization=token)
    assert town.snapshot() == before
    # Deleted behind the back of the services; the knowledge of a missing user lasts for seconds.
    carl = town.person("carl")
    token = carl.token
    town.goods.run("DELETE FROM users_user_profile WHERE id = %s", carl.id)
    path, body = filled(route, carl, address)
    assert await refused(town, route, path, body, authorization=token)


async def test_the_path_names_the_user_in_any_case_and_any_script(town: Town, anna: Person) -> None:
    lan = town.person("小兰_1")
    assert (await town.ask("GET", f"{lan.path}/address", who=lan)).code == 200
    assert (await town.ask("GET", "/v1/users/ANNA/address", who=anna)).code == 200
    for name in ("%61nnaa", "ann%C3%A1", "anna%00", "anna%20", "%EF%BD%81nna", "bo%62"):
        reply = await town.ask("GET", f"/v1/users/{name}/address", who=anna)
        assert (name, reply.json) == (name, REFUSED)


async def test_a_user_cannot_reach_the_address_of_another(
    town: Town, anna: Person, bob: Person, address: int
) -> None:
    before = town.snapshot()
    asked = [
        ("PUT", f"{bob.path}/address/{address}", {"tag": "公司"}),
        ("DELETE", f"{bob.path}/address/{address}", None),
        ("POST", f"{bob.path}/address/default", {"id": address}),
    ]
    replies = await asyncio.gather(*(town.ask(*each, who=bob) for each in asked))
    assert [reply.code for reply in replies] == [10111] * 3
    assert town.snapshot() == before


def test_the_matrix_knows_its_own_signatures() -> None:
    """Check the maker of tokens by the example of RFC 7515, appendix A.1."""
    key = base64.urlsafe_b64decode(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow=="
    )
    text = (
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQog"
        "Imh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    )
    digest = hmac.new(key, text.encode(), hashlib.sha256).digest()
    assert base64url(digest) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
