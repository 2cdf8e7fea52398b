"""``./scripts/load``: whole runs on small shops, and what is refused."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from scripts.load_test.journal import entries
from tests.leaks import found_in

ROOT = Path(__file__).parents[2]
SMALL = ("--users", "300", "--skus", "60", "--processes", "2")
PATIENCE = 120


def started(*arguments, **names):
    kept = {name: text for name, text in os.environ.items() if not name.startswith("DADASHOP_")}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "scripts.load", *map(str, arguments)],
        env=kept | {"PYTHONPATH": str(ROOT)} | names,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def load(*arguments, **names):
    with started(*arguments, **names) as process:
        out, err = process.communicate(timeout=PATIENCE)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def results(folder):
    return json.loads((folder / "results.json").read_text("utf-8"))


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def external(shop, environment, api, ran):
    """A running shop on a database of its own, with goods: how it is named, and its process."""
    names = environment | {"DADASHOP_MYSQL_URL": shop.url}
    filled = ran("demo", shop, "--skus", 30, "--without-pictures")
    assert filled.returncode == 0, filled.stderr
    shop.run("UPDATE goods_sku SET stock = stock + 100000")
    shop.run(
        "INSERT INTO goods_stock_ledger (sku_id, delta, reason) SELECT id, 100000, 'staff'"
        " FROM goods_sku"
    )
    return names, lambda: api(DADASHOP_MYSQL_URL=shop.url)


def test_a_mix_of_five_seconds(tmp_path):
    out = tmp_path / "out"
    done = load("--seconds", 5, "--clients", 8, *SMALL, "--out", out)
    assert done.returncode == 0, done.stdout + done.stderr
    found, written = results(out), list(entries(out / "requests.jsonl"))
    kinds = Counter(each.kind for each in written)
    assert {"browse.index", "cart.add", "order.place", "pay.show", "login"} - set(kinds) == {
        "login"
    }
    told = found["requests"]
    assert {kind: told[kind]["count"] for kind in kinds} == kinds
    assert told["all"]["count"] == len(written) - kinds["cashier"] > 100
    assert (told["all"]["failed"], told["all"]["lost"]) == (0, 0), done.stdout
    latencies = sorted(each.latency_ms for each in written if each.kind != "cashier")
    assert told["all"]["latency_ms"]["max"] == latencies[-1]
    assert latencies[0] <= told["all"]["latency_ms"]["p50"] <= told["all"]["latency_ms"]["p99"]
    assert 5 <= found["seconds"] < 15
    assert found["goodput_per_second"] == pytest.approx(told["all"]["ok"] / found["seconds"], 0.01)
    assert found["innodb_flush_log_at_trx_commit"] == 1
    assert found["cpu_seconds"]["shop"] > 0
    assert found["audit"] == "clean"
    assert found["promises"]["orders"] == kinds["order.place"] > 0
    assert found["promises"]["broken"] == []
    assert "innodb_flush_log_at_trx_commit=1" in done.stdout
    with Image.open(out / "timeline.png") as picture:
        assert len(picture.getcolors(1 << 24)) > 20
    for text in (done.stdout, done.stderr, *(f.read_text("utf-8") for f in out.glob("*.[jl]*"))):
        assert found_in(text.encode()) == []


def test_a_hot_sku_in_an_open_loop_is_sold_out_and_not_oversold(tmp_path):
    out = tmp_path / "out"
    arguments = ("--rate", 40, "--seconds", 4, "--stock", 50, "--workers", 2)
    done = load("order-hot", *arguments, *SMALL, "--out", out)
    assert done.returncode == 0, done.stdout + done.stderr
    orders = results(out)["requests"]["order.place"]
    assert orders["count"] == pytest.approx(160, abs=60)
    assert (orders["ok"], orders["failed"], orders["lost"]) == (50, 0, 0)
    assert orders["replies"]["200/10403"] == orders["refused"] > 0
    clients = {each.client.split(".")[0] for each in entries(out / "requests.jsonl")}
    assert clients == {"o0", "o1"}, "both processes of the clients took part"
    assert re.search(r"orders +\d", done.stdout)


def test_an_interruption_prints_what_there_is(tmp_path):
    out = tmp_path / "out"
    process = started("login", "--seconds", 100, "--clients", 3, *SMALL, "--out", out)
    wait_for((out / "requests.jsonl.0").exists)
    time.sleep(2)
    process.send_signal(signal.SIGINT)
    told, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, told + err
    assert "(interrupted)" in told
    assert "Traceback" not in err
    assert results(out)["requests"]["login"]["ok"] > 0
    assert results(out)["seconds"] < 60
    assert sorted(path.name for path in out.iterdir()) == [
        "requests.jsonl",
        "results.json",
        "timeline.png",
    ]


def test_orders_without_an_answer_are_found_with_their_keys(external, shop, tmp_path):
    names, opened = external
    process, out = opened(), tmp_path / "out"
    log, place = out / "requests.jsonl", ("--external", "--target", process.url)
    arguments = ("--clients", 20, "--seconds", 4, "--users", 200, "--timeout", 5)
    loading = started("order-spread", *arguments, *place, "--out", out, **names)
    wait_for(lambda: shop.ask("SELECT COUNT(*) FROM orders_order_info") > [(20,)])
    process.kill()
    told, err = loading.communicate(timeout=PATIENCE)
    assert loading.returncode == 0, told + err
    lost = [each for each in entries(log) if each.unanswered]
    assert len(lost) >= 20

    again = opened()
    place = ("--external", "--target", again.url)
    first = load("--resend", log, *place, **names)
    assert first.returncode == 0, first.stdout + first.stderr
    assert f"{len(lost)} orders without an answer asked for again, 0 still open" in first.stdout
    second = load("--resend", log, *place, **names)
    assert "0 orders without an answer" in second.stdout
    keys = {each.idempotency_key for each in entries(log)}
    assert shop.ask("SELECT COUNT(*) FROM orders_order_info") == [(len(keys),)]


def test_without_a_shop_it_says_so(tmp_path):
    done = load(
        "--external",
        "--target",
        "http://127.0.0.1:1",
        "--out",
        tmp_path / "out",
        DADASHOP_MYSQL_URL="mysql://nobody:hidden@127.0.0.1:1/shop",
        DADASHOP_REDIS_DATA_URL="redis://127.0.0.1:1/0",
        DADASHOP_REDIS_PAGES_URL="redis://127.0.0.1:1/0",
        DADASHOP_TOKEN_SECRET="0123456789abcdef" * 2,
        DADASHOP_SMS_URL="http://127.0.0.1:1/sms",
        DADASHOP_DEMO="true",
    )
    assert done.returncode == 2
    assert "cannot reach MariaDB at 127.0.0.1:1" in done.stderr
    assert "hidden" not in done.stdout + done.stderr
    assert not (tmp_path / "out").exists()


def test_a_database_elsewhere_gets_no_accounts(tmp_path):
    done = load(
        "--external",
        "--target",
        "http://127.0.0.1:1",
        DADASHOP_MYSQL_URL="mysql://nobody:hidden@db.example.com/shop",
        DADASHOP_REDIS_DATA_URL="redis://127.0.0.1:1/0",
        DADASHOP_REDIS_PAGES_URL="redis://127.0.0.1:1/0",
        DADASHOP_TOKEN_SECRET="0123456789abcdef" * 2,
        DADASHOP_DEMO="true",
    )
    assert done.returncode == 2
    assert "the database is at db.example.com" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("buy-everything",), "invalid choice: 'buy-everything'"),
        (("--clients", "0"), "--clients: must be between 1 and"),
        (("--clients", "many"), "--clients"),
        (("--rate", "0"), "--rate: must be more than 0"),
        (("--rate", "nan"), "--rate: must be more than 0"),
        (("--rate", "5", "--clients", "5"), "not allowed with"),
        (("--seconds", "-1"), "--seconds"),
        (("--users", "0"), "--users"),
        (("--external", "--target", "http://shop.example.com"), "this machine alone"),
        (("--external", "--target", "http://127.0.0.1.example.com:80"), "this machine alone"),
        (("--external", "--target", "http://127.0.0.1@example.com:80"), "this machine alone"),
        (("--external", "--target", "https://127.0.0.1"), "this machine alone"),
        (("--external", "--target", "http://127.0.0.1:99999"), "is no address"),
        (("--target", "http://127.0.0.1:8000"), "belong together"),
        (("--external",), "belong together"),
        (("--resend", __file__), "name it with --external"),
        (("--resend", "/nowhere/log"), "there is no file"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, says):
    done = load(*arguments)
    assert done.returncode == 2
    assert says in done.stderr


def test_results_are_never_written_over(tmp_path):
    (tmp_path / "requests.jsonl").write_text("mine")
    done = load("--out", tmp_path)
    assert done.returncode == 2
    assert "holds the results of another run" in done.stderr
    assert (tmp_path / "requests.jsonl").read_text() == "mine"
