"""What is written down, and what must not be."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from scripts.load_test.journal import entries, open_creates
from tests.leaks import found_in
from tests.scripts.load_test.conftest import PASSWORD, loaded
from tests.scripts.load_test.test_tally import entry


def text_of(plan):
    return Path(plan.journal).read_text("utf-8")


@pytest.mark.parametrize("scenario", ["shop-mix", "cart-add", "order-spread", "order-hot", "login"])
async def test_a_line_for_each_request_and_no_secret(stub, plan, scenario):
    given = plan(port=stub.port, clients=3, scenario=scenario)
    written = await loaded(given)
    assert len(written) == len(stub.seen) > 20
    assert sorted(each.method for each in written) == sorted(each.method for each in stub.seen)
    assert PASSWORD not in text_of(given)
    assert found_in(text_of(given).encode()) == []
    signed = [each for each in stub.seen if not each.path.startswith("/sandbox/")]
    assert all(each.headers["Authorization"] for each in signed), "though there were tokens"


async def test_an_order_is_written_down_with_its_key_its_body_and_its_number(stub, plan):
    written = await loaded(plan(port=stub.port, scenario="order-hot", seconds=0.2))
    sent = {
        request.headers["Idempotency-Key"]: body
        for request, body in zip(stub.seen, stub.bodies, strict=True)
    }
    assert len(sent) == len(written), "no key is used twice"
    assert {each.idempotency_key: each.body for each in written} == sent
    assert {each.body["sku_id"] for each in written} == {1}
    assert all(len(each.order_id) == 16 for each in written)


def test_half_a_line_of_a_dead_client_is_left_out(tmp_path):
    path = tmp_path / "log"
    line = msgspec.json.encode(entry())
    path.write_bytes(line + b"\n" + line[:40])
    assert len(list(entries(path))) == 1


def test_a_create_is_open_until_its_key_has_an_answer(tmp_path):
    path = tmp_path / "log"
    lost = {"status": None, "code": None, "unanswered": "TimeoutError"}
    lines = [
        entry(kind="order.place", idempotency_key="answered"),
        entry(kind="order.place", idempotency_key="open", **lost),
        entry(kind="order.place", idempotency_key="asked again", **lost),
        entry(kind="order.resend", idempotency_key="asked again"),
        entry(kind="order.place", idempotency_key="asked in vain", **lost),
        entry(kind="order.resend", idempotency_key="asked in vain", **lost),
        entry(kind="cart.add", **lost),
    ]
    path.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in lines))
    assert [each.idempotency_key for each in open_creates(path)] == ["open", "asked in vain"]
