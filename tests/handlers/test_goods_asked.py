"""/v1/goods/sku and /v1/goods/search: what can be asked in several ways."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.factories import Bags
from tests.handlers.test_goods import ids
from tests.http import Client


async def test_a_choice_finds_its_sku(client: Client, bags: Bags) -> None:
    """By POST and GET, with numbers and texts, in any order: a bare number."""
    wanted = {"spuid": bags.tote, str(bags.size): bags.large, str(bags.colour): bags.red}
    for values in (wanted, {k: str(v) for k, v in wanted.items()}, wanted | {"x": None, "y": 1}):
        reply = await client.post("/v1/goods/sku", values)
        assert reply.json == {"code": 200, "data": bags.skus[1]}
        query = {k: v for k, v in values.items() if v}
        assert (await client.get("/v1/goods/sku", query=query)).body == reply.body


async def test_a_choice_must_be_whole_and_for_sale(client: Client, bags: Bags) -> None:
    """Compared as sets: one attribute too few or too many, or a withdrawn one, is 10203."""
    colour, size, tote = str(bags.colour), str(bags.size), bags.tote
    whole = {"spuid": tote, colour: bags.red, size: bags.small}
    wrong: list[dict[str, Any]] = [
        {"spuid": tote},
        {"spuid": tote, colour: bags.red},
        whole | {"987654": 1},
        whole | {size: bags.blue},
        {"spuid": tote, colour: bags.small, size: bags.red},
        {"spuid": tote, colour: bags.blue, size: bags.large},
        whole | {"spuid": bags.clutch},
        whole | {"spuid": 987654},
    ]
    for values in wrong:
        assert (await client.post("/v1/goods/sku", values)).code == 10203, values
        assert (await client.get("/v1/goods/sku", query=values)).code == 10203, values


@pytest.mark.parametrize(
    "token", ["null", "undefined", "", "Bearer x", "a.b.c", "💥".encode().hex()]
)
async def test_a_token_never_closes_the_goods(client: Client, bags: Bags, token: str) -> None:
    """Trap C 18: pages send ``authorization: null``; on a public route a bad token is no token."""
    choice = {"spuid": bags.tote, str(bags.size): bags.large, str(bags.colour): bags.red}
    assert (await client.post("/v1/goods/sku", choice, authorization=token)).code == 200
    for path in ("index", f"detail/{bags.only}", f"catalogs/{bags.full}", "search?q=a"):
        assert (await client.get(f"/v1/goods/{path}", authorization=token)).code == 200


async def test_a_search_takes_a_form_json_or_a_query(client: Client, bags: Bags) -> None:
    """Trap C 18: the body is read by what it is, whatever its label says."""
    asked = {"q": "iphone 耳机", "page": "1"}
    form = urlencode(asked).encode()
    text = '{"q": "iphone 耳机", "page": 1}'.encode()
    labels = (
        "application/x-www-form-urlencoded; charset=UTF-8",
        "application/json",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "text/plain",
        "nonsense",
    )
    expected = await client.get("/v1/goods/search", query=asked)
    assert ids(expected) == [bags.only]
    for body in (form, text, b"\n  " + text):
        for label in labels:
            reply = await client.send("POST", "/v1/goods/search", body, content_type=label)
            assert reply.body == expected.body, (body, label)
    assert (await client.post("/v1/goods/search", asked)).body == expected.body


async def test_the_shape_of_a_search(client: Client, bags: Bags) -> None:
    """Both spellings of the base, ``result: true``, the paginator; nothing found is no error."""
    found = (await client.get("/v1/goods/search", query={"q": "托特"})).json
    assert found["base_url"] == found["baseurl"] == "/media/"
    assert found["result"] is True
    assert found["paginator"] == {"pagesize": 9, "total": 3}
    assert [card["skuid"] for card in found["data"]] == bags.skus[::-1], "what sells best first"
    none = await client.get("/v1/goods/search", query={"q": "没有这样的东西"})
    assert (none.code, none.json["data"], none.json["paginator"]["total"]) == (200, [], 0)
    assert (await client.get("/v1/goods/search?q=%E6%89%98&page=2")).code == 10200
    for nothing in ("", "?q=", "?q=%20%20", "?page=1"):
        assert (await client.get(f"/v1/goods/search{nothing}")).code == 10205
    assert (await client.post("/v1/goods/search", {})).code == 10205


async def test_what_is_typed_is_found_as_it_is(client: Client, bags: Bags) -> None:
    """I18N-1: emoji and full width over HTTP; typed quotes and operators are no commands."""
    for text in ("🎧", "ＩＰＨＯＮＥ", '"iPhone" +耳机*', "iphone' OR '1'='1"):
        reply = await client.get("/v1/goods/search", query={"q": text})
        expected = [] if "OR" in text else [bags.only]
        assert ids(reply) == expected, text
