"""``./scripts/run``: the life of a shop on this machine, and starts that are refused."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import socket
import stat
import time
from pathlib import Path

import pytest

from scripts.environment import read_environment
from scripts.opening import remove_made
from scripts.stack.identity import start_time
from scripts.stack.ports import is_free
from tests.checkout import Checkout, copied, read_until, run, wait_until_gone

EVERYTHING = {"mongo", "mariadb", "redis-data", "redis-pages", "sandbox", "nginx"}
NEEDED_BY_SH = ("sh", "readlink", "dirname", "cat", "cut", "sha256sum")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A copy of the checkout, in a folder with a space, in which a shop was opened once."""
    copy = copied(tmp_path_factory.mktemp("checkout") / "dada shop")
    first = copy.run("--once")
    assert first.returncode == 0, first.stdout + first.stderr
    return copy


class TestOpening:
    """The life of a shop."""

    def test_opens_works_and_leaves_nothing_behind(self, checkout: Checkout) -> None:
        with checkout.running() as process:
            living = checkout.living()
            apis = {f"api-{checkout.api_port}", f"api-{checkout.api_port + 1}"}
            assert set(living) == EVERYTHING | apis
            for path in ("/v1/goods/index", "/docs", "/dadashop/templates/index.html"):
                assert checkout.get(path) == 200
            process.send_signal(signal.SIGINT)
            rest, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        assert rest.rstrip().endswith("Stopped.")
        wait_until_gone(living, 0)
        assert is_free(checkout.port)

    def test_a_second_start_is_quick_and_goes_on_with_the_same(self, checkout: Checkout) -> None:
        with checkout.running(), checkout.redis() as redis, checkout.cursor() as cursor:
            redis.set("cart", "full")
            cursor.execute("CREATE TABLE IF NOT EXISTS kept (id INT) ENGINE=InnoDB")
            cursor.execute("SELECT COUNT(*) FROM goods_sku")
            goods = cursor.fetchone()
        began = time.monotonic()
        with checkout.running(), checkout.redis() as redis, checkout.cursor() as cursor:
            assert time.monotonic() - began < 15
            assert redis.get("cart") == b"full"
            assert cursor.execute("SHOW TABLES LIKE 'kept'") == 1
            cursor.execute("SELECT COUNT(*) FROM goods_sku")
            assert cursor.fetchone() == goods
            assert goods is not None
            assert goods[0] > 0

    def test_goes_on_when_nobody_reads_what_it_says(self, checkout: Checkout) -> None:
        command = " ".join(map(shlex.quote, checkout.command("--once")))
        done = run(["/bin/bash", "-o", "pipefail", "-c", f"{command} | head -n 1"])
        assert done.stdout.startswith("[1/6]")
        assert "Traceback" not in done.stderr
        assert not checkout.living()

    def test_the_other_verbs_find_it_while_it_runs(self, checkout: Checkout) -> None:
        written = checkout.root / "var" / "environment"
        with checkout.running():
            assert stat.S_IMODE(written.stat().st_mode) == 0o600
            assert stat.S_IMODE(written.parent.stat().st_mode) == 0o700
            assert read_environment(written)["DADASHOP_MYSQL_URL"].startswith("mysql://dadashop:")
            migrate = run([str(checkout.root / "scripts" / "migrate")])
        assert migrate.returncode == 0, migrate.stderr
        after = run([str(checkout.root / "scripts" / "migrate")])
        assert after.returncode == 2
        assert "start ./scripts/run first" in after.stderr

    def test_one_start_at_a_time(self, checkout: Checkout) -> None:
        with checkout.running() as process:
            second = checkout.run()
            assert second.returncode == 2
            assert f"already runs in this checkout (process {process.pid})" in second.stderr
            assert checkout.get("/v1/goods/index") == 200

    def test_a_killed_process_is_started_again(self, checkout: Checkout) -> None:
        with checkout.running() as process:
            name = f"api-{checkout.api_port}"
            old = checkout.living()[name]
            os.kill(old, signal.SIGKILL)
            told = read_until(process, f"{name} was started again")
            assert f"{name} ended by signal 9" in told
            assert checkout.living()[name] != old

    def test_a_killed_start_takes_all_with_it_and_the_next_one_works(
        self, checkout: Checkout
    ) -> None:
        with checkout.running() as process:
            living = checkout.living()
            process.kill()
            wait_until_gone(living)
        assert checkout.run("--once").returncode == 0

    def test_what_a_killed_start_left_is_ended(self, checkout: Checkout) -> None:
        with checkout.running() as process:
            frozen = checkout.living()["redis-data"]
            os.kill(frozen, signal.SIGSTOP)
            process.kill()
            process.wait()
        assert start_time(frozen) is not None
        done = checkout.run("--once")
        assert done.returncode == 0
        assert "Ended redis-data, left by an earlier start that was killed" in done.stdout
        assert start_time(frozen) is None


def test_beginning_anew_deletes_only_what_was_made_here(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    var = tmp_path / "var"
    for folder in (elsewhere, var / "mariadb" / "tables", var / "mine"):
        folder.mkdir(parents=True)
        (folder / "file").write_text("x", "utf-8")
    (var / "passwords").write_text("x", "utf-8")
    (var / "media").symlink_to(elsewhere)
    remove_made(var)
    assert [path.name for path in var.iterdir()] == ["mine"]
    assert (elsewhere / "file").exists()


class TestRefusals:
    """Starts that are not possible as asked, told before any work."""

    @pytest.mark.parametrize("option", ["--port", "--api-port"])
    def test_a_taken_port(self, checkout: Checkout, option: str) -> None:
        port = checkout.port if option == "--port" else checkout.api_port + 1
        with socket.create_server(("127.0.0.1", port)):
            began = time.monotonic()
            done = checkout.run()
        assert time.monotonic() - began < 5
        assert done.returncode == 2
        assert f"port {port} of 127.0.0.1 is taken" in done.stderr
        assert done.stderr.rstrip().endswith(f"choose another with {option}")
        assert not checkout.living()

    def test_a_wrong_setting(self, checkout: Checkout) -> None:
        done = checkout.run(DADASHOP_COLOUR="red", DADASHOP_LOG_LEVEL="LOUD")
        assert done.returncode == 2
        assert "DADASHOP_COLOUR is not a setting" in done.stderr
        assert "DADASHOP_LOG_LEVEL must be" in done.stderr

    def test_external_databases_that_are_not_named(self, checkout: Checkout) -> None:
        done = checkout.run("--external")
        assert done.returncode == 2
        assert "DADASHOP_MYSQL_URL is missing" in done.stderr

    def test_external_databases_are_not_deleted(self, checkout: Checkout) -> None:
        done = checkout.run("--external", "--fresh")
        assert done.returncode == 2
        assert "--fresh" in done.stderr

    def test_a_missing_server_that_may_not_be_installed(
        self, checkout: Checkout, tmp_path: Path
    ) -> None:
        for name in NEEDED_BY_SH:
            (tmp_path / name).symlink_to(str(shutil.which(name)))
        done = checkout.run(PATH=str(tmp_path))
        assert done.returncode == 2
        assert "apt-get install -y --no-install-recommends" in done.stderr
        for package in ("mariadb-server-core", "redis-server", "nginx"):
            assert package in done.stderr
        assert not checkout.living()


def test_external_databases_are_used(
    checkout: Checkout, migrated: object, environment: dict[str, str]
) -> None:
    done = checkout.run("--external", "--once", **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "[1/4]" in done.stdout
    assert "MariaDB" not in done.stdout
