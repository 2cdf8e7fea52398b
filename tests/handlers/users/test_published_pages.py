"""What the published pages really send, and what they must find in the reply."""

from __future__ import annotations

import hmac
import json
import time
from typing import Any

import jwt
import pytest

from services.guest_cart import GuestLine
from settings import Settings
from tests.handlers.users.people import ADDRESS, PASSWORD, Person, Town

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
NESTED = "[" * 5000 + "]" * 5000
LINE = {"id": 1, "count": 2}


async def test_json_labelled_as_a_form_is_json(town: Town, anna: Person) -> None:
    body = json.dumps({"username": "anna", "password": PASSWORD}).encode()
    for label in (FORM, "text/plain", "multipart/form-data", "multipart/form-data; boundary=x"):
        reply = await town.client.send("POST", "/v1/users/login", body, content_type=label)
        assert reply.code == 200
    reply = await town.client.send("POST", "/v1/tokens/", body, authorization="null")
    assert set(reply.json) == {"code", "username", "token", "data", "carts_count"}
    assert reply.json["data"] == {"token": reply.json["token"]}
    assert reply.headers["Cache-Control"] == "no-store"


async def test_delete_may_bring_a_body(town: Town, anna: Person) -> None:
    await town.ask("POST", f"{anna.path}/address", ADDRESS, who=anna, content_type=FORM)
    number = town.goods.one("SELECT id FROM users_address")
    path = f"{anna.path}/address/{number}"
    reply = await town.ask("DELETE", path, {"id": number}, who=anna, content_type=FORM)
    assert reply.json == {"code": 200, "data": "删除地址成功"}


async def test_a_bad_token_is_ignored_where_everybody_may_go(town: Town, anna: Person) -> None:
    body = {"username": "anna", "password": PASSWORD}
    for header in ("null", "undefined", "", "a.b.c", "Bearer x", anna.token[:-3]):
        reply = await town.ask("POST", "/v1/users/login", body, authorization=header)
        assert reply.code == 200


CARTS: list[tuple[str, Any, list[GuestLine]]] = [
    ("nothing", None, []),
    ("empty text", "", []),
    ("array", [LINE], [GuestLine(1, 2)]),
    ("texts", [{"id": "1", "count": "2", "selected": 1}], [GuestLine(1, 2)]),
    ("JSON text", json.dumps([LINE]), [GuestLine(1, 2)]),
    ("garbage", "[{'id'", []),
    ("text null", "null", []),
    ("number", 5, []),
    ("object", LINE, []),
    ("truth", True, []),
    ("nested text", NESTED, []),
    ("doubles", [LINE, {"id": "1", "count": 7}, {"id": 1, "count": 3}], [GuestLine(1, 7)]),
    ("negative", [{"id": 1, "count": -2}, {"id": -1, "count": 2}, LINE], [GuestLine(1, 2)]),
    (
        "bad items",
        [None, 1, "x", [], {}, {"id": True, "count": 1}, {"id": 2, "count": 1.5}, LINE],
        [GuestLine(1, 2)],
    ),
    ("huge numbers", [{"id": 10**30, "count": 1}, {"id": 3, "count": 10**30}, LINE],
     [GuestLine(1, 2)]),
]  # fmt: skip


@pytest.mark.parametrize(("carts", "lines"), [c[1:] for c in CARTS], ids=[c[0] for c in CARTS])
async def test_no_cart_blocks_a_sign_in(
    town: Town, anna: Person, carts: Any, lines: list[GuestLine]
) -> None:
    body = {"username": "anna", "password": PASSWORD, "carts": carts}
    reply = await town.client.send("POST", "/v1/users/login", json.dumps(body).encode())
    assert (reply.code, reply.json["carts_count"]) == (200, len(lines))
    assert town.edge.carts.merges == [(anna.id, lines)]


async def test_a_cart_of_hundreds_is_cut(town: Town, anna: Person) -> None:
    carts = [{"id": n, "count": 1} for n in range(1, 1501)]
    body = {"username": "anna", "password": PASSWORD, "carts": carts}
    assert (await town.client.post("/v1/users/login", body)).code == 200
    ((_, lines),) = town.edge.carts.merges
    assert [line.sku_id for line in lines] == list(range(1, 101))


async def test_ten_thousand_items_never_fail_within_the_module(town: Town, anna: Person) -> None:
    """The body is 413 by the rule of every route; the reader itself takes any length."""
    carts = [{"id": n, "count": 1} for n in range(1, 10_001)]
    reply = await town.client.post("/v1/users/login", {"username": "anna", "carts": carts})
    assert (reply.status, reply.code) == (413, 413)
    assert town.edge.carts.merges == []


async def test_a_failed_login_merges_nothing(town: Town, anna: Person) -> None:
    for body in ({"username": "anna", "password": "wrong"}, {"username": "x", "password": "y"}):
        reply = await town.client.post("/v1/users/login", body | {"carts": [LINE]})
        assert reply.code == 10102
    assert town.edge.carts.merges == []


async def test_a_guest_cart_comes_along_at_registration(town: Town) -> None:
    body = await town.application(carts=json.dumps([LINE]))
    reply = await town.ask("POST", "/v1/users/register", body, content_type=FORM)
    assert (reply.code, reply.json["carts_count"]) == (200, 1)
    assert town.edge.carts.merges == [(town.user(body["uname"]).id, [GuestLine(1, 2)])]
    refused = await town.application(uname=body["uname"], carts=[LINE])
    assert (await town.ask("POST", "/v1/users/register", refused)).code == 10101
    assert len(town.edge.carts.merges) == 1


@pytest.mark.parametrize("code", ["", "x", "a.b.c", "%00", "%FF%FE", "undefined", "9" * 5000])
async def test_a_malformed_activation_code_is_refused(town: Town, code: str) -> None:
    carl = town.person("carl", active=False)
    before = town.snapshot()
    reply = await town.client.get(f"/v1/users/activation?code={code}")
    assert reply.json == {
        "code": 10103,
        "error": "激活链接无效或已过期",
        "errmsg": "激活链接无效或已过期",
    }
    assert (await town.client.get("/v1/users/activation")).code == 10103
    for token in (carl.token, f"Bearer%20{carl.token}"):
        assert (await town.client.get(f"/v1/users/activation?code={token}")).code == 10103
    assert town.snapshot() == before


@pytest.mark.parametrize(("age", "code"), [(-120, 10103), (3600, 200)])
async def test_an_activation_link_ends(
    town: Town, shop_settings: Settings, age: int, code: int
) -> None:
    carl = town.person("carl", active=False)
    key = hmac.digest(str(shop_settings.token_secret).encode(), b"activation", "sha256")
    link = jwt.encode({"uid": carl.id, "exp": int(time.time()) + age}, key, "HS256")
    assert (await town.client.get("/v1/users/activation", query={"code": link})).code == code
    assert town.user("carl").is_active == (code == 200)


async def test_a_link_is_good_again_and_welcomes_once(town: Town) -> None:
    carl = town.person("carl", active=False)
    link = town.services.tokens.activation_code(carl.id)
    claims = jwt.decode(link, options={"verify_signature": False})
    assert 3 * 86400 - 60 < claims["exp"] - time.time() <= 3 * 86400
    for path in ("/v1/users/activation", "/v1/users/activation/", "/v1/users/activation"):
        reply = await town.client.get(path, query={"code": link})
        assert reply.json == {"code": 200, "data": "激活成功"}
    kinds = [kind for (kind,) in town.goods.ask("SELECT kind FROM tasks_outbox")]
    assert kinds == ["mail.welcome"]


async def test_a_disabled_account_is_not_activated(town: Town) -> None:
    carl = town.person("carl", active=False)
    link = town.services.tokens.activation_code(carl.id)
    await town.services.users.disable(carl.id)
    assert (await town.client.get("/v1/users/activation", query={"code": link})).code == 10103
    assert town.user("carl").is_active == 0


async def test_activation_is_sent_again_once_a_minute(town: Town, anna: Person) -> None:
    carl = town.person("carl", active=False)
    reply = await town.ask("POST", "/v1/users/activation", who=carl)
    assert reply.json == {"code": 200, "data": "发送成功"}
    assert "active.html?code=" in (await town.letter(carl.email)).text
    reply = await town.ask("POST", "/v1/users/activation", who=carl)
    assert reply.code == 10105
    assert 1 <= int(reply.headers["Retry-After"]) <= 60
    # An account that is active already gets no mail.
    assert (await town.ask("POST", "/v1/users/activation", who=anna)).code == 200
    assert town.goods.one("SELECT COUNT(*) FROM tasks_outbox") == 1
