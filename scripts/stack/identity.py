"""Which process a file speaks of: its id together with the moment it was started.

Process ids are used again; id and start time together are not, so a file left by a killed parent
can never make us end a stranger.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

POLL_SECONDS = 0.05
LEFTOVER_GRACE = 30.0


def start_time(pid: int) -> str | None:
    """Return when a process was started, in clock ticks since boot; None when it is gone.

    Field 22 of ``/proc/<pid>/stat`` (proc(5)); a zombie counts as gone.
    """
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
    except OSError:
        return None
    after_name = text.rpartition(")")[2].split()
    return None if after_name[0] == "Z" else after_name[19]


class Identity:
    """The file ``<id> <start time>`` of one process."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def remember(self, pid: int) -> None:
        """Write down a process that runs."""
        self._path.write_text(f"{pid} {start_time(pid)}\n", "utf-8")

    def forget(self) -> None:
        """Remove the file."""
        self._path.unlink(missing_ok=True)

    def pid(self) -> int | None:
        """Return the id of the process, if it is still that very process."""
        try:
            pid, started = self._path.read_text("utf-8").split()
        except (OSError, ValueError):
            return None
        return int(pid) if pid.isdecimal() and start_time(int(pid)) == started else None

    def end(self, friendly: signal.Signals, grace: float) -> bool:
        """End the process, with SIGKILL after ``grace`` seconds; tell whether it was running."""
        pid = self.pid()
        if pid is not None:
            _signal(pid, signal.SIGCONT)
            _signal(pid, friendly)
            if not self._gone_within(grace):
                _signal_group(pid, signal.SIGKILL)
                self._gone_within(grace)
        self.forget()
        return pid is not None

    def _gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.pid() is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True


def end_leftovers(folder: Path, say: Callable[[str], None]) -> None:
    """End every process whose file a killed parent left in ``folder``, the last one first."""
    for path in sorted(folder.glob("*.pid"), key=lambda each: each.stat().st_mtime, reverse=True):
        if Identity(path).end(signal.SIGTERM, LEFTOVER_GRACE):
            say(f"Ended {path.stem}, left by an earlier start that was killed")


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _signal_group(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, number)
