"""Install the pinned packages into the virtual environment this runs in, and show the time.

Started by ``scripts/verb`` before anything else exists, hence nothing but the standard library. An
interrupted installation is simply begun again by the next verb.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from scripts.progress import Progress, Step

STEP = Step("install", "Installing the pinned packages into .venv", 60)
PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet")
INTERRUPTED = 130


class NotInstalled(Exception):
    """pip failed; the message is what it wrote."""


def install(lock: Path) -> None:
    """Run pip on a lock file with hashes; raises ``NotInstalled``.

    The file names every package, so pip need not look for any: left to resolve an extra such as
    ``coverage[toml]``, it would choose a release newer than the pinned one and refuse its hash.
    """
    done = subprocess.run(
        [sys.executable, *PIP, "--require-hashes", "--no-deps", "-r", str(lock)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotInstalled(done.stdout)


def main(arguments: list[str] | None = None) -> int:
    """Install the lock file that is the only argument; 0 when every package is in place."""
    (name,) = sys.argv[1:] if arguments is None else arguments
    lock = Path(name)
    progress = Progress([STEP], lock.parent / "var" / "install-times.json", sys.stderr)
    try:
        with progress.step(STEP.key):
            install(lock)
    except NotInstalled as fault:
        print(f"{fault}\npip could not install the packages of {lock}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; the next start begins the installation again.", file=sys.stderr)
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
