"""One process of the shop from its start to its end: what stops it, and what it says then."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

import server
from environment import Url
from handlers.base import LARGEST_BODY
from scripts.environment import ROOT
from scripts.stack.api import Api
from scripts.stack.ports import Ports
from server import BODY_SECONDS, IDLE_SECONDS, LARGEST_HEADER
from services import Services
from settings import Settings
from tests.factories import connect
from tests.http import Client, customer
from tests.shop import served

Start = Callable[..., Api]
SLOW = "/v1/goods/sku?spuid=1&2=3"


def ended(process: Api, *, seconds: float = 10) -> int:
    """Wait until a process has ended; return its exit code."""
    assert process._child is not None
    return process._child.wait(seconds)


def logged(process: Api) -> list[dict[str, object]]:
    """Return the lines of the log, each of which is JSON."""
    return [json.loads(line) for line in process.log.read_text("utf-8").splitlines()]


@contextmanager
def locked(url: Url) -> Iterator[Callable[[], None]]:
    """Make every choice of a SKU wait in MySQL until the block ends, or until told."""
    with connect(url) as holder, holder.cursor() as cursor:
        cursor.execute("LOCK TABLES goods_sale_attr_value WRITE")
        yield lambda: cursor.execute("UNLOCK TABLES")


async def waiting(client: Client) -> None:
    """Wait until a request is being answered beside the one that asks."""
    async with asyncio.timeout(5):
        while b"dadashop_requests_running 2.0" not in (await client.get("/metrics")).body:
            await asyncio.sleep(0.01)


async def refused(port: int) -> None:
    """Wait until nobody is let in any more."""
    async with asyncio.timeout(5):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                return
            except ConnectionResetError:  # it stood in the queue when the door was shut
                continue
            writer.close()
            await asyncio.sleep(0.01)


async def test_an_orderly_end_finishes_what_runs(api: Start, migrated: Settings) -> None:
    """F-20: nobody new is let in, the others learn it, the running request is answered, code 0."""
    process = api()
    async with customer(process.port) as slow, customer(process.port) as other:
        with locked(migrated.mysql.url) as unlock:
            running = asyncio.create_task(slow.get(SLOW))
            await waiting(other)
            os.kill(process.pid, signal.SIGTERM)
            await refused(process.port)
            ready = await other.get("/readyz")
            assert (ready.status, ready.json["ready"], ready.json["draining"]) == (503, False, True)
            assert ready.headers["Connection"] == "close"
            assert not running.done()
            assert process.alive()
            unlock()
            reply = await running
    assert (reply.status, reply.code) == (200, 10203)
    assert ended(process) == 0
    lines = logged(process)
    assert [line["finished"] for line in lines if line["event"] == "stopped"] == [True]
    assert [line["route"] for line in lines if line["event"] == "request"].count(
        "/v1/goods/sku"
    ) == 1


async def test_the_end_does_not_wait_for_ever(api: Start, migrated: Settings) -> None:
    """What does not finish in the time that is set is given up, and the log says so."""
    process = api(DADASHOP_HTTP_DRAIN_SECONDS="0")
    async with customer(process.port) as slow, customer(process.port) as other:
        with locked(migrated.mysql.url):
            running = asyncio.create_task(slow.get(SLOW))
            await waiting(other)
            os.kill(process.pid, signal.SIGTERM)
            assert await asyncio.to_thread(ended, process, seconds=5) == 0
            await asyncio.gather(running, return_exceptions=True)
    assert [line["finished"] for line in logged(process) if line["event"] == "stopped"] == [False]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_an_idle_connection_does_not_delay_the_end(api: Start, number: int) -> None:
    """Kept open by a browser, with nothing on it: the process ends at once."""
    process = api(DADASHOP_HTTP_DRAIN_SECONDS="20")
    async with customer(process.port) as client:
        assert (await client.get("/healthz")).code == 200
        began = time.monotonic()
        os.kill(process.pid, number)
        assert await asyncio.to_thread(ended, process) == 0
        assert time.monotonic() - began < 5


def launched(environment: dict[str, str], *arguments: str) -> tuple[int, str]:
    """Start a server that cannot start; return its exit code and what it wrote."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "server.py"), *arguments],
        env={"PATH": os.environ["PATH"]} | environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    text = done.stdout + done.stderr
    assert "Traceback" not in text
    return done.returncode, text


@pytest.fixture
def nobody() -> str:
    """The place of a server that is not there."""
    return f"127.0.0.1:{Ports().of('nobody')}"


def test_a_taken_port_is_said(migrated: Settings, environment: dict[str, str]) -> None:
    """Code 2, the port, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        code, text = launched(environment, "--port", port)
    assert code == 2
    assert "cannot listen" in text
    assert port in text
    assert "--port" in text


@pytest.mark.parametrize(
    ("name", "scheme", "missing"),
    [("MYSQL_URL", "mysql", "mysql"), ("REDIS_DATA_URL", "redis", "redis_data")],
)
def test_a_missing_database_is_said(
    migrated: Settings,
    environment: dict[str, str],
    nobody: str,
    name: str,
    scheme: str,
    missing: str,
) -> None:
    """INS-1: code 1, which one, where it was looked for, what to mend; not its password."""
    url = f"{scheme}://shop:hidden@{nobody}/0"
    code, text = launched(environment | {f"DADASHOP_{name}": url}, "--port", "0")
    assert code == 1
    assert "hidden" not in text
    (line,) = [json.loads(line) for line in text.splitlines() if "cannot start" in line]
    assert (line["missing"], line["at"]) == (missing, nobody)
    assert f"DADASHOP_{name}" in line["fix"]


def test_missing_tables_are_said(stack: object, environment: dict[str, str]) -> None:
    """INS-1: code 1, and the command that makes them."""
    url = Url(environment["DADASHOP_MYSQL_URL"])
    with connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE DATABASE dadashop_no_tables")
    bare = {"DADASHOP_MYSQL_URL": url.removesuffix(url.name) + "dadashop_no_tables"}
    code, text = launched(environment | bare, "--port", "0")
    assert code == 1
    assert "./scripts/migrate" in text


def test_wrong_settings_are_said_together(environment: dict[str, str]) -> None:
    """Code 2, one line for each, before anything is opened."""
    wrong = {"DADASHOP_MYSQL_POOL_SIZE": "0", "DADASHOP_DEMMO": "1", "DADASHOP_MYSQL_URL": "x"}
    code, text = launched(environment | wrong)
    assert code == 2
    assert len(text.splitlines()) == 3
    for name in wrong:
        assert name in text


async def test_a_spare_database_is_not_needed_to_start(api: Start, nobody: str) -> None:
    """Pages and histories may be away from the first moment on."""
    process = api(
        DADASHOP_REDIS_PAGES_URL=f"redis://{nobody}/0", DADASHOP_MONGO_URL=f"mongodb://{nobody}/x"
    )
    async with customer(process.port) as client:
        assert (await client.get("/v1/goods/index")).code == 200
        databases = (await client.get("/readyz")).json["databases"]
    assert databases == {"mysql": True, "redis_data": True, "redis_pages": False, "mongo": False}


async def test_nothing_sent_can_write_a_line_of_the_log(api: Start) -> None:
    """SEC-4: no address, no query, no token comes into the log, and no line is forged."""
    process = api()
    async with customer(process.port) as client:
        await client.get("/v1/goods/search?q=hidden%0a%7b%22event%22:%22forged%22%7d")
        await client.get("/v1/goods/detail/hidden%0d%0aforged", authorization="hidden")
        await client.get("/hidden/forged%0a", x_request_id="forged%0aforged")
        await client.post("/v1/goods/sku", {"hidden": "forged"})
        await client.send("FORGED", "/hidden")
        await client.raw(b"FORGED hidden\r\n\r\n")
    process.stop()
    text = process.log.read_text("utf-8")
    assert "hidden" not in text
    assert "forged" not in text.lower()
    events = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    asked = [line for line in events if line["event"] == "request" and line["route"] != "/readyz"]
    assert len(asked) == 5
    assert {line["route"] for line in asked} == {
        "/v1/goods/search",
        "/v1/goods/detail/{sku_id}",
        "/v1/goods/sku",
        "unknown",
    }


def test_the_limits_are_the_promised_ones() -> None:
    """Issue "The shop opens": body 64 KiB, headers 16 KiB, idle 75 s, body time-out 15 s."""
    assert (LARGEST_BODY, LARGEST_HEADER) == (64 * 1024, 16 * 1024)
    assert (IDLE_SECONDS, BODY_SECONDS) == (75, 15)


async def test_slow_customers_are_hung_up_on(
    services: Services, shop_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F-12: a body that does not come, headers that do not end, a connection nobody uses."""
    monkeypatch.setattr(server, "BODY_SECONDS", 0.2)
    monkeypatch.setattr(server, "IDLE_SECONDS", 0.2)
    async with served(services, shop_settings) as client:
        body = b"POST /v1/goods/sku HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
        headers = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow"
        for message in (body, headers, b""):
            began = time.monotonic()
            assert b" 200 " not in await client.raw(message)
            assert 0.15 < time.monotonic() - began < 2
        answer = await client.raw(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b" 200 " in answer, "answered first, then hung up on"
    assert services.database.in_use == 0
