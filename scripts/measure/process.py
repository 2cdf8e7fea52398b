"""What the kernel says of a process: CPU time and memory, from ``/proc``."""

from __future__ import annotations

import os
from pathlib import Path

KIB = 1024


def cpu_seconds(pid: int) -> float:
    """Return user and system time the process has used, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid: int) -> int:
    """Return the memory the process holds, in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * KIB
    raise ValueError(f"process {pid} holds no memory")
