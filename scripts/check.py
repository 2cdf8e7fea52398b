"""Look at the code without running it: ruff, its formatting, mypy strict, the import rules.

Every check runs, whatever the others found; what they are told stands in pyproject.toml and
setup.cfg. The exit code is 1 when one of them has something to say.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress

from scripts.environment import ROOT
from scripts.progress import Progress, Step

IMPORT_LINTER = "from importlinter.cli import lint_imports_command as main; main()"
CHECKS: Mapping[str, tuple[str, ...]] = {
    "ruff": ("-m", "ruff", "check", "."),
    "format": ("-m", "ruff", "format", "--check", "."),
    "mypy": ("-m", "mypy"),
    "imports": ("-c", IMPORT_LINTER),
}
"""Arguments of Python for each; through Python, so that the environment may move."""

STEPS = (
    Step("ruff", "ruff: style and likely mistakes", 1),
    Step("format", "ruff: formatting", 1),
    Step("mypy", "mypy: types, strictly", 30),
    Step("imports", "import-linter: who may import whom", 3),
)


class CheckFailed(Exception):
    """A check has something to say; the message is all of it."""


def run_check(key: str) -> None:
    """Run one check from the root of the checkout; raises ``CheckFailed`` with what it wrote."""
    done = subprocess.run(
        [sys.executable, *CHECKS[key]],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CheckFailed(done.stdout)


def run_checks() -> list[str]:
    """Run all checks and show each with its time; return the names of those that failed."""
    progress = Progress(STEPS, ROOT / "var" / "check-times.json")
    failed: list[str] = []
    for step in STEPS:
        with suppress(CheckFailed), progress.step(step.key):
            try:
                run_check(step.key)
            except CheckFailed as fault:
                failed.append(step.key)
                progress.say(str(fault).rstrip())
                raise
    return failed


def main(arguments: list[str] | None = None) -> int:
    """Run all checks; 1 when one failed."""
    parser = argparse.ArgumentParser(
        prog="./scripts/check",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.parse_args(arguments)
    try:
        failed = run_checks()
    except KeyboardInterrupt:
        return 130
    print(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
