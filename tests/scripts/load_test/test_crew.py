"""The processes of the clients: together they begin, and one that fails is noticed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import msgspec
import pytest

from scripts.environment import ROOT
from scripts.load_test.crew import Crew
from scripts.load_test.worker import READY
from scripts.stack.process import StartFailed


def test_a_plan_that_cannot_be_read_is_said_and_nobody_waits(plan):
    broken = plan(customers=("nobody",) * 100_000)
    began = time.monotonic()
    with pytest.raises(StartFailed, match="did not start"), Crew([broken]):
        pass
    assert time.monotonic() - began < 20


def test_one_that_is_killed_is_counted(plan):
    with Crew([plan(seconds=30.0)]) as crew:
        crew.begin()
        (worker,) = crew._workers
        os.killpg(worker.pid, signal.SIGKILL)
        assert crew.wait() == 1


def test_a_stop_ends_them_well_and_early(plan):
    began = time.monotonic()
    with Crew([plan(seconds=60.0), plan(seconds=60.0, worker=1, workers=2)]) as crew:
        crew.begin()
        time.sleep(0.5)
        crew.stop()
        assert crew.wait() == 0
        assert crew.cpu > 0
    assert time.monotonic() - began < 30


def test_nobody_begins_when_nobody_says_so(plan, tmp_path):
    with Crew([plan()]):
        time.sleep(0.5)
    assert list(tmp_path.iterdir()) == []


def test_it_ends_when_its_parent_is_gone(plan):
    worker = subprocess.run(
        [sys.executable, "-P", "-m", "scripts.load_test.worker"],
        input=msgspec.json.encode(plan()) + b"\n",
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        timeout=30,
        check=False,
    )
    assert (worker.stdout, worker.returncode) == (READY, 1)
