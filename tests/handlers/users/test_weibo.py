"""Signing in by Weibo: a state once, a ticket once, never the real Weibo uid."""

from __future__ import annotations

import pytest

from tests.handlers.users.people import PASSWORD, Person, Town

BIND = "/v1/users/weibo/users/binduser"
OPEN = "/v1/users/weibo/users"
SESSION = {"code", "username", "token", "data", "carts_count"}


async def test_a_bound_weibo_signs_in(town: Town, anna: Person) -> None:
    ticket = await town.ticket("wb-77")
    assert "77" not in ticket
    body = {"uid": ticket, "username": "anna", "password": PASSWORD}
    reply = await town.client.post(BIND, body)
    assert (reply.code, set(reply.json), reply.json["username"]) == (200, SESSION, "anna")
    assert (await town.client.post(BIND, body)).code == 10116
    again = await town.came_back("wb-77")
    assert (again.code, set(again.json), again.json["username"]) == (200, SESSION, "anna")
    assert (await town.client.post(BIND, body | {"uid": await town.ticket("wb-78")})).code == 10117
    await town.services.users.disable(anna.id)
    assert (await town.came_back("wb-77")).code == 10115


async def test_a_new_account_is_bound(town: Town) -> None:
    body = {"uid": await town.ticket("wb-1"), "username": "weibo_lan", "password": PASSWORD}
    body |= {"phone": "13700000001", "email": "wl@example.com"}
    reply = await town.client.post(OPEN, body)
    assert (reply.code, set(reply.json)) == (200, SESSION)
    user = town.user("weibo_lan")
    assert user.is_active == 0
    assert town.goods.ask("SELECT wuid, user_profile_id FROM users_weibo_profile") == [
        ("wb-1", user.id)
    ]
    assert (await town.client.post(OPEN, body)).code == 10116


async def test_a_refusal_gives_the_ticket_back(town: Town, anna: Person) -> None:
    ticket = await town.ticket("wb-1")
    before = town.snapshot()
    body = {"uid": ticket, "username": "ANNA", "password": PASSWORD}
    body |= {"phone": "13700000001", "email": "wl@example.com"}
    assert (await town.client.post(OPEN, body)).code == 10101
    assert (await town.client.post(BIND, body | {"password": "wrong"})).code == 10102
    assert (await town.client.post(OPEN, body | {"phone": "1"})).code == 10100
    assert town.snapshot() == before
    assert (await town.client.post(BIND, body)).code == 200


@pytest.mark.parametrize("query", [{}, {"code": "a"}, {"code": "a", "state": "guess"}])
async def test_a_state_that_is_not_ours(town: Town, query: dict[str, str]) -> None:
    assert (await town.client.get(OPEN, query=query)).code == 10116
    assert town.edge.weibo.asked == []


async def test_weibo_refuses_and_a_state_is_good_once(town: Town) -> None:
    assert (await town.came_back("bad")).code == 10115
    state = (
        (await town.client.get("/v1/users/weibo/authorization"))
        .json["oauth_url"]
        .split("state=")[1]
    )
    query = {"code": "wb-1", "state": state}
    codes = [(await town.client.get(OPEN, query=query)).code for _ in range(2)]
    assert codes == [201, 10116]
