"""Test the shop: the checks of ./scripts/check, then every test, on servers of their own.

Without arguments everything runs. With arguments they are handed to pytest (paths, -k, -x, --lf),
and the checks are left out unless --checks is among them. The servers the tests need are private
and thrown away afterwards; a running ./scripts/run is not disturbed. Missing programs (MariaDB,
Redis, Nginx, chromium, a Chinese font) are installed with apt when that is allowed.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from scripts.check import run_checks
from scripts.environment import ROOT, own_names
from scripts.stack.private import private_folder
from scripts.stack.programs import (
    BROWSER,
    CHINESE_FONT,
    SERVERS,
    Missing,
    has_chinese_font,
    install,
    missing_packages,
)

TIMES = ROOT / "var" / "test-times.json"
FIRST_TIME_SECONDS = 1800.0
USAGE = "usage: ./scripts/test [--checks] [arguments of pytest]"


class ChecksFailed:
    """A plugin of pytest that repeats, before its closing line, which checks failed."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = list(names)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the names of the failed checks; what they said stands at the beginning."""
        if self._names:
            terminalreporter.section("checks failed (see the beginning)", red=True)
            terminalreporter.line(", ".join(self._names))


def ensure_programs() -> None:
    """Install what the tests need from the system; raises ``Missing`` when that is not allowed."""
    packages = missing_packages({**SERVERS, **BROWSER})
    if not has_chinese_font():
        packages.append(CHINESE_FONT)
    if packages:
        print(f"Installing with apt (usually 60 s): {' '.join(packages)}", flush=True)
    install(packages, private_folder(ROOT / "var") / "log" / "apt.log")


def from_root(argument: str) -> str:
    """Make an argument that names an existing path absolute: pytest is started in the checkout."""
    path, separator, test = argument.partition("::")
    is_path = not argument.startswith("-") and Path(path).exists()
    return f"{Path(path).resolve()}{separator}{test}" if is_path else argument


def run_tests(arguments: list[str], failed: list[str]) -> int:
    """Run pytest in the checkout, without the settings of any shop; return its exit code."""
    rest = [from_root(argument) for argument in arguments]
    for name in own_names(os.environ):
        del os.environ[name]
    os.chdir(ROOT)
    return int(pytest.main(rest, plugins=[ChecksFailed(failed)]))


def expected_seconds() -> float:
    """Return how long all tests took the last time they passed."""
    try:
        return float(json.loads(TIMES.read_text("utf-8"))["all"])
    except (OSError, ValueError, KeyError, TypeError):
        return FIRST_TIME_SECONDS


def main(arguments: list[str] | None = None) -> int:
    """Run what was asked for; the exit code of pytest, or 1 when only a check failed."""
    asked = sys.argv[1:] if arguments is None else list(arguments)
    if asked in (["--help"], ["-h"]):
        print(f"{USAGE}\n\n{__doc__}")
        return 0
    rest = [argument for argument in asked if argument != "--checks"]
    try:
        ensure_programs()
        failed = run_checks() if not rest or "--checks" in asked else []
    except Missing as fault:
        print(fault, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    began = time.monotonic()
    if not rest:
        print(f"All tests, about {expected_seconds():.0f} s", flush=True)
    code = run_tests(rest, failed)
    if not rest and code == 0:
        TIMES.write_text(json.dumps({"all": round(time.monotonic() - began, 1)}), "utf-8")
    return code or (1 if failed else 0)


if __name__ == "__main__":
    sys.exit(main())
