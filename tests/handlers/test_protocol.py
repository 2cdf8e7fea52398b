"""What every endpoint shares: envelope, languages, CORS, faults, ids of requests, copies."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from handlers import ROUTES
from handlers.access import verbs_of
from handlers.base import LARGEST_BODY
from handlers.faults import FAULTS
from handlers.openapi import path_of
from models.errors import Unavailable
from services import Services
from tests.factories import Bags
from tests.http import Client, Reply

ORIGIN = "https://shop.example"
MINE = re.compile(r"[0-9a-f]{16}")
JSON = "application/json; charset=utf-8"
EVERYWHERE = sorted(
    re.sub(r"{\w+}", "1", path_of(pattern, verb))
    for pattern, handler in ROUTES
    for _, verb in list(verbs_of(handler))[:1]
)

WITHOUT_PUT = sorted(
    re.sub(r"{\w+}", "1", path_of(pattern, verb))
    for pattern, handler in ROUTES
    for name, verb in list(verbs_of(handler))[:1]
    if "PUT" not in dict(verbs_of(handler))
)


def enveloped(reply: Reply, status: int, code: int) -> bool:
    """Say whether an error has the published shape, with its text under both names."""
    body = reply.json
    return (
        (reply.status, body["code"]) == (status, code)
        and body["error"] == body["errmsg"]
        and isinstance(body["error"], str)
        and reply.headers["Content-Type"] == JSON
        and reply.headers["X-Content-Type-Options"] == "nosniff"
        and "X-Request-Id" in reply.headers
        and reply.headers["Vary"] == "Origin"
    )


async def test_an_unknown_address_is_a_404(client: Client) -> None:
    """With the envelope, for every verb."""
    for path in ("/", "/v1", "/v1/goods", "/v1/goods/nothing", "/favicon.ico", "/v1/goods/detail"):
        assert enveloped(await client.get(path), 404, 404), path
    for verb in ("POST", "PUT", "DELETE", "PATCH"):
        assert enveloped(await client.send(verb, "/v1/nothing", b"{}"), 404, 404)


@pytest.mark.parametrize(
    "path",
    [
        "//v1/goods/index",
        "/v1//goods/index",
        "/v1/goods/index//",
        "/v1/goods/index;x",
        "/v1/goods;x/index",
        "/v1/goods/./index",
        "/v1/goods/%2e/index",
        "/v1/goods/%2e%2e/goods/index",
        "/v1/goods/../goods/index",
        "/v1%2fgoods%2findex",
        "/V1/goods/index",
        "/v1/goods/INDEX",
        "/v1/goods/index%00",
        "/v1/goods/index%20",
        "/v1/goods/inde%78x",
        "/%76%31/goods/index",
    ],
)
async def test_an_address_has_one_spelling(client: Client, path: str) -> None:
    """SEC-8: no second way to write a path leads to a route, with which a guard could be passed."""
    assert enveloped(await client.get(path), 404, 404)


async def test_a_wrong_method_is_a_405_and_names_the_right_ones(client: Client) -> None:
    """``Allow`` holds what the route does and no more."""
    reply = await client.send("DELETE", "/v1/goods/sku", b"{}")
    assert enveloped(reply, 405, 405)
    assert reply.headers["Allow"] == "GET, POST, HEAD, OPTIONS"
    for path in WITHOUT_PUT:
        reply = await client.send("PUT", path, b"{}")
        assert enveloped(reply, 405, 405)
        for verb in reply.headers["Allow"].split(", "):
            assert (await client.send(verb, path)).status != 405
    assert (await client.send("BREW", "/v1/goods/index")).status == 405


async def test_a_body_that_is_no_json_is_a_400(client: Client) -> None:
    """Whatever its label says."""
    for body in (b"", b"{", b"spuid=1", b"\xff", b'{"spuid": 1} x', b"[" * 5000, b"NaN"):
        for label in (
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
        ):
            reply = await client.send("POST", "/v1/goods/sku", body, content_type=label)
            assert enveloped(reply, 400, 400), body


async def test_a_large_body_is_a_413(client: Client) -> None:
    """64 KiB are read, one byte more is refused, in every route, before anything is done."""
    fits = b'{"spuid": 1, "x": "' + b"x" * (LARGEST_BODY - 21) + b'"}'
    assert len(fits) == LARGEST_BODY
    assert (await client.send("POST", "/v1/goods/sku", fits)).code == 10203
    for path in ("/v1/goods/sku", "/v1/goods/search"):
        assert enveloped(await client.send("POST", path, fits + b" "), 413, 413)
    assert enveloped(await client.send("GET", "/v1/goods/index", fits + b" "), 413, 413)


async def test_a_body_without_end_is_cut_off(client: Client) -> None:
    """Above 1 MiB nothing more is read: the connection is closed, the process lives."""
    head = b"POST /v1/goods/sku HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n"
    answer = await client.raw(head)
    assert b" 200 " not in answer.split(b"\r\n")[0]
    assert (await client.get("/healthz")).code == 200


async def test_a_header_without_end_is_cut_off(client: Client) -> None:
    """Above 16 KiB of headers the connection is closed, the process lives."""
    answer = await client.raw(
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 20_000 + b"\r\n\r\n"
    )
    assert b"200 OK" not in answer
    ok = await client.raw(
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: "
        + b"x" * 15_000
        + b"\r\n\r\n"
    )
    assert b"200 OK" in ok


async def test_a_defect_says_nothing_about_itself(
    services: Services, client: Client, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """500 with the envelope; the log has the traceback and the id of the request."""

    async def broken(*_: object, **__: object) -> None:
        raise ValueError("the secret of the database")

    monkeypatch.setattr("services.goods.GoodsService.choose", broken)
    reply = await client.post("/v1/goods/sku", {"spuid": 1}, x_request_id="request-17", origin="x")
    assert enveloped(reply, 500, 500)
    assert b"secret" not in reply.body
    assert reply.json["error"] == "服务器内部错误"
    log = capsys.readouterr().out
    assert "the secret of the database" in log
    assert "request-17" in log
    assert reply.headers["Access-Control-Allow-Origin"] == "*"


async def test_an_absent_database_is_a_503(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """With ``Retry-After``, in the language asked for, without the name of what is away."""

    async def away(*_: object, **__: object) -> None:
        raise Unavailable("mysql: no answer in time", retry_after=7)

    monkeypatch.setattr("services.goods.GoodsService.choose", away)
    reply = await client.post("/v1/goods/sku", {"spuid": 1}, accept_language="en")
    assert enveloped(reply, 503, 503)
    assert reply.headers["Retry-After"] == "7"
    assert reply.json["error"] == FAULTS[503][1]
    assert b"mysql" not in reply.body


async def test_a_request_keeps_its_id(client: Client) -> None:
    """A sensible one is taken, any other replaced; no two requests get the same."""
    given = "Nginx-1.2_3abcdef"
    assert (await client.get("/nothing", x_request_id=given)).headers["X-Request-Id"] == given
    made = set()
    bad = ["", "short", "x" * 65, "has space1", "öäüöäüöäü", 'quote"quote', "a,b,c,d,e,f,g"]
    for value in bad:
        reply = await client.get("/healthz", x_request_id=value)
        assert MINE.fullmatch(reply.headers["X-Request-Id"]), value
        made.add(reply.headers["X-Request-Id"])
    assert len(made) == len(bad)


async def test_a_page_is_sent_once(client: Client, bags: Bags) -> None:
    """ETag and 304, also for the weak tags of a compressing proxy; a change brings another tag."""
    path = f"/v1/goods/detail/{bags.only}"
    reply = await client.get(path)
    tag = reply.headers["Etag"]
    assert re.fullmatch(r'"[0-9a-f]{24}"', tag)
    assert reply.headers["Cache-Control"] == "no-cache"
    for header in (tag, f"W/{tag}", f'"other", {tag}'):
        again = await client.get(path, if_none_match=header, origin="x")
        assert (again.status, again.body) == (304, b"")
        assert again.headers["Etag"] == tag
        assert again.headers["Access-Control-Allow-Origin"] == "*"
    for header in ('"other"', tag[:-2], ""):
        assert (await client.get(path, if_none_match=header)).status == 200
    other = await client.get(f"/v1/goods/detail/{bags.plain}")
    assert other.headers["Etag"] != tag


async def test_a_refusal_has_no_tag(client: Client) -> None:
    """Nobody keeps an error."""
    reply = await client.get("/v1/goods/detail/9")
    assert "Etag" not in reply.headers


@pytest.mark.parametrize("path", [path for path in EVERYWHERE if path != "/v1/goods/sku"])
async def test_head_is_get_without_a_body(client: Client, path: str) -> None:
    """The same headers, the same length, no bytes."""
    get, head = await client.get(path), await client.send("HEAD", path)
    assert (head.status, head.body) == (get.status, b"")
    assert head.headers.get("Etag") == get.headers.get("Etag")
    if path not in {"/metrics"}:
        assert head.headers["Content-Length"] == str(len(get.body))


async def test_a_message_that_is_no_http_does_no_harm(client: Client) -> None:
    """Garbage, wrong lengths, doubled headers: closed or refused, the next customer is served."""
    for message in (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET\r\n\r\n",
        b"POST /v1/goods/sku HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /v1/goods/sku HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"POST /v1/goods/sku HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /v1/goods/index?" + b"&a=1" * 1500 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    ):
        answer = await client.raw(message)
        assert b" 200 " not in answer.split(b"\r\n")[0], message
        assert b" 50" not in answer.split(b"\r\n")[0], message
    assert (await client.get("/healthz")).code == 200


async def test_a_customer_who_leaves_is_not_counted_for_ever(
    services: Services, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-22: the request is finished without him, and then nothing runs."""
    begun, go = asyncio.Event(), asyncio.Event()

    async def slow(*_: object, **__: object) -> int:
        begun.set()
        await go.wait()
        return 1

    monkeypatch.setattr("services.goods.GoodsService.choose", slow)
    _, writer = await asyncio.open_connection("127.0.0.1", client.port)
    writer.write(b"GET /v1/goods/sku?spuid=1 HTTP/1.1\r\nHost: x\r\n\r\n")
    await begun.wait()
    writer.close()
    await writer.wait_closed()
    go.set()
    async with asyncio.timeout(5):
        while b"dadashop_requests_running 1.0" not in (await client.get("/metrics")).body:
            await asyncio.sleep(0.01)
