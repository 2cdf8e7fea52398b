"""Whatever a client sends to a goods route, it gets a code of the goods, never a 5xx (SEC-6)."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import Bags
from tests.http import Client, Reply

GOODS = range(10200, 10300)
BAD_TEXTS = [
    "",
    "undefined",
    "null",
    "true",
    "0",
    "-1",
    "2.5",
    "1e3",
    "２",
    " 1",
    "1 ",
    "1_0",
    "99999999999999999999",
    "x" * 10_000,
    "'",
    '"; DROP TABLE goods_sku; --',
    "1 OR 1=1",
    "%00",
    "\x00",
    "é" * 50,
    "🛍",
]
BAD_VALUES: list[Any] = [*BAD_TEXTS, None, True, False, 0, -1, 2.5, 10**30, [], [1], {}, {"a": 1}]
LIST_PARAMETERS = ("page", "pagesize", "sort", "min_price", "max_price", "brand")
HARMLESS = {"min_price": {"", "0", "2.5"}, "max_price": {"", "0", "2.5"}, "brand": {""}}
SQL = (b"sql", b"mariadb", b"goods_sku", b"traceback", b"pymysql")


def said_no(reply: Reply, codes: range = GOODS) -> None:
    """The reply is a refusal of the goods and tells nothing of what is behind."""
    assert reply.status == 200, (reply.status, reply.body[:200])
    assert reply.code in codes, reply.body[:200]
    assert reply.json["error"] == reply.json["errmsg"]
    assert not any(word in reply.body.lower() for word in SQL)


@pytest.mark.parametrize("route", ["detail", "catalogs"])
async def test_ids_in_the_path(client: Client, route: str) -> None:
    """Anything that is no id of ours in the path is a business error."""
    for text in BAD_TEXTS:
        if text:
            said_no(await client.get(f"/v1/goods/{route}/{quote(text, safe='')}"))
    for raw in ("%ff", "%c0%80", "%E4%BD", "%27", "%2e", "987654321"):
        said_no(await client.get(f"/v1/goods/{route}/{raw}"))


@pytest.mark.parametrize("name", LIST_PARAMETERS)
async def test_parameters_of_a_list(client: Client, bags: Bags, name: str) -> None:
    """Each parameter of a list is checked; an empty price or brand counts as not sent."""
    for text in BAD_TEXTS:
        reply = await client.get(f"/v1/goods/catalogs/{bags.full}", query={name: text})
        if text in HARMLESS.get(name, set()):
            assert reply.code == 200
        else:
            said_no(reply)


async def test_pages_of_a_search(client: Client, bags: Bags) -> None:
    """The page of a search is checked, its text is not refused for what stands in it."""
    del bags
    for text in BAD_TEXTS:
        said_no(await client.get("/v1/goods/search", query={"q": "包", "page": text}))
        found = await client.get("/v1/goods/search", query={"q": text})
        assert found.status == 200
        assert found.code in {200, 10205}


@pytest.mark.parametrize("name", ["spuid", "1"])
async def test_the_choice_of_a_sku(client: Client, bags: Bags, name: str) -> None:
    """A product or a value that is none is refused, in JSON and in a query."""
    good = {"spuid": bags.tote, "1": 1}
    for value in BAD_VALUES:
        said_no(await client.post("/v1/goods/sku", good | {name: value}))
        if isinstance(value, str):
            query = {key: str(each) for key, each in (good | {name: value}).items()}
            said_no(await client.get("/v1/goods/sku", query=query))


@pytest.mark.parametrize("path", ["/v1/goods/sku", "/v1/goods/search"])
async def test_bodies_that_are_no_object(client: Client, path: str) -> None:
    """JSON of another shape is refused; what is no JSON at all is a fault of the protocol."""
    for value in BAD_VALUES:
        if not isinstance(value, dict):
            said_no(await client.send("POST", path, json.dumps(value).encode()))
    deep = b"[" * 20_000 + b"]" * 20_000
    for body in (b"{", b'{"spuid": 1,}', b"\xff\xfe", deep):
        reply = await client.send("POST", path, body)
        assert reply.status in {200, 400}
        assert reply.code in {400, *GOODS}
    twice = b'{"spuid": 1, "spuid": "x", "q": "a", "q": 5}'
    said_no(await client.send("POST", path, twice))


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=50),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3)
    ),
    max_leaves=10,
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(value=st.dictionaries(st.sampled_from(["spuid", "q", "page", "1", "x"]), JSON_VALUES))
async def test_any_json(client: Client, value: dict[str, Any]) -> None:
    """No object whatever brings a POST route to a 5xx."""
    for path in ("/v1/goods/sku", "/v1/goods/search"):
        reply = await client.post(path, value)
        assert reply.status == 200
        assert reply.code in {200, *GOODS}
