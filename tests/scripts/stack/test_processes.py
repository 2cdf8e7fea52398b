"""Child processes: how they fail, how they end, and that none is left."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.environment import ROOT
from scripts.stack.identity import Identity, end_leftovers, start_time
from scripts.stack.job import run_verb
from scripts.stack.ports import Ports
from scripts.stack.process import Process, StartFailed
from tests.conftest import PrivateServers

PARENT = """
import pathlib, sys
from scripts.stack.redis import RedisServer
server = RedisServer(pathlib.Path(sys.argv[1]), int(sys.argv[2]), "secret", durable=True)
server.start()
server.wait()
print(server.pid, flush=True)
sys.stdin.read()
"""

WORKER = """
import pathlib, subprocess, sys, time
worker = subprocess.Popen(["/bin/sleep", "60"])
pathlib.Path(sys.argv[1]).write_text(str(worker.pid))
time.sleep(60)
"""

EMPLOYER = """
import os, pathlib, sys
from scripts.stack.job import run_command
folder = pathlib.Path(sys.argv[1])
command = [sys.executable, str(folder / "worker.py"), str(folder / "pid")]
run_command(command, os.environ, log=folder / "log")
"""


def wait_for(happened: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until something is so; fails when it never is."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


class Sleeper(Process):
    """A process that does nothing for a minute, or ends at once with a last word."""

    def __init__(self, name: str, folder: Path, *, script: str = "exec sleep 60") -> None:
        super().__init__(name, folder)
        self.script = script

    def prepare(self) -> None: ...

    def command(self) -> list[str]:
        return ["/bin/sh", "-c", self.script]

    def ready(self) -> bool:
        return False


class TestProcess:
    """Starting, failing, stopping."""

    def test_one_that_dies_is_told_with_its_last_words(self, tmp_path: Path) -> None:
        process = Sleeper("broken", tmp_path, script="echo no such table >&2; exit 3")
        process.start()
        with pytest.raises(StartFailed, match=r"(?s)broken ended with code 3:.*no such table"):
            process.wait()

    def test_one_that_is_late_is_told(self, private: PrivateServers) -> None:
        process = Sleeper("late", private.folder)
        process.start()
        with pytest.raises(StartFailed, match="late is not ready after 0 s"):
            process.wait(0.2)
        process.stop()
        assert process.fate() == f"by signal {signal.SIGTERM.value}"

    def test_a_stubborn_one_is_killed(self, tmp_path: Path) -> None:
        process = Sleeper("deaf", tmp_path, script="trap '' TERM; sleep 60 & wait; sleep 60")
        process.grace_seconds = 0.5
        process.start()
        time.sleep(0.2)
        process.stop()
        assert process.fate() == f"by signal {signal.SIGKILL.value}"

    def test_children_end_with_a_killed_parent(self, tmp_path: Path) -> None:
        port = str(Ports().of("redis"))
        parent = subprocess.Popen(
            [sys.executable, "-c", PARENT, str(tmp_path), port],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )
        with parent:
            assert parent.stdout is not None
            pid = int(parent.stdout.readline())
            assert start_time(pid) is not None
            parent.kill()
        wait_for(lambda: start_time(pid) is None)


class TestJob:
    """A verb run to its end."""

    def test_a_failure_is_told_with_its_last_words(self, tmp_path: Path) -> None:
        with pytest.raises(
            StartFailed, match=r"(?s)scripts/migrate ended with code 2:.*COLOUR is not"
        ):
            run_verb("migrate", {"DADASHOP_COLOUR": "red"}, log=tmp_path / "migrate.log")

    @pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
    def test_its_workers_end_with_us(self, tmp_path: Path, ending: signal.Signals) -> None:
        (tmp_path / "worker.py").write_text(WORKER, "utf-8")
        parent = subprocess.Popen([sys.executable, "-c", EMPLOYER, str(tmp_path)], cwd=ROOT)
        with parent:
            pid_file = tmp_path / "pid"
            wait_for(lambda: pid_file.exists() and pid_file.read_text("utf-8") != "")
            pid = int(pid_file.read_text("utf-8"))
            assert start_time(pid) is not None
            parent.send_signal(ending)
        wait_for(lambda: start_time(pid) is None)


class TestLeftovers:
    """Files that a killed parent left behind."""

    def test_our_process_is_ended(self, tmp_path: Path) -> None:
        child = subprocess.Popen(["/bin/sleep", "60"])
        Identity(tmp_path / "server.pid").remember(child.pid)
        said: list[str] = []
        with child:
            end_leftovers(tmp_path, said.append)
        assert child.returncode == -signal.SIGTERM
        assert "server" in said[0]
        assert not list(tmp_path.iterdir())

    def test_a_stranger_with_the_same_id_is_left_alone(self, tmp_path: Path) -> None:
        stranger = subprocess.Popen(["/bin/sleep", "60"])
        (tmp_path / "server.pid").write_text(f"{stranger.pid} 12345\n", "utf-8")
        said: list[str] = []
        with stranger:
            end_leftovers(tmp_path, said.append)
            assert stranger.poll() is None
            stranger.kill()
        assert not said

    @pytest.mark.parametrize("text", ["", "abc 1", "12", "-1 5", "999999999 1"])
    def test_nonsense_is_nobody(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "server.pid").write_text(text, "utf-8")
        assert Identity(tmp_path / "server.pid").pid() is None
