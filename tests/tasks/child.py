"""A child process that does tasks, and what it wrote down about them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from scripts.environment import ROOT
from tests.leaks import assert_silent

WORKER = Path(__file__).with_name("worker.py")
BOOK = "book"


class Child:
    """``worker.py`` with its options; all children of a test write into one book."""

    def __init__(self, folder: Path, url: str, number: int, options: Mapping[str, object]) -> None:
        self.folder = folder
        self._options = {"url": url, "book": str(folder / BOOK), "name": number, **options}
        self.path = folder / f"child-{number}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it works until it is ended."""
        with self.path.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(WORKER), json.dumps(self._options)],
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    @property
    def log(self) -> str:
        """What it said."""
        return self.path.read_text("utf-8", errors="replace")

    def fate(self) -> int | None:
        """Return its exit code, negative for a signal; None while it runs."""
        return None if self._process is None else self._process.poll()

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def end(self) -> int:
        """Ask it to end; return its exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(20)


def book(folder: Path, word: str) -> list[list[str]]:
    """Return the entries of a kind in the book, in the order in which they were written."""
    path = folder / BOOK
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    entries = [line.split(" ") for line in lines]
    return [entry[1:] for entry in entries if entry[0] == word]


@contextmanager
def children(folder: Path, url: str) -> Iterator[Callable[..., Child]]:
    """Start processes that do tasks: ``child(fault="hang")``; they end with the block.

    No log of them may hold a secret.
    """
    started: list[Child] = []

    def start(**options: object) -> Child:
        process = Child(folder, url, len(started), options)
        started.append(process)
        process.start()
        return process

    try:
        yield start
    finally:
        for process in started:
            process.kill()
    assert_silent(process.path for process in started)
