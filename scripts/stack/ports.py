"""Free ports of 127.0.0.1 below 32768, chosen once and remembered.

From 32768 on the kernel hands out ports to outgoing connections; a server there would sooner or
later find its port in use.
"""

from __future__ import annotations

import errno
import json
import random
import socket
from pathlib import Path

FIRST, LAST = 20000, 32767
LOOPBACK = "127.0.0.1"


class PortTaken(Exception):
    """Something else listens there."""

    def __init__(self, address: str, port: int) -> None:
        super().__init__(f"port {port} of {address} is taken")
        self.port = port


class PortForbidden(Exception):
    """This user may not listen there, or the address is not one of this machine."""

    def __init__(self, address: str, port: int, why: str) -> None:
        super().__init__(f"cannot listen on port {port} of {address}: {why}")
        self.port = port


def require_free(port: int, address: str = LOOPBACK) -> None:
    """Raise ``PortTaken`` or ``PortForbidden`` unless a server could listen there now."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as fault:
            if fault.errno == errno.EADDRINUSE:
                raise PortTaken(address, port) from fault
            raise PortForbidden(address, port, fault.strerror or str(fault)) from fault


def is_free(port: int) -> bool:
    """Tell whether a server could listen on a port of 127.0.0.1 now."""
    try:
        require_free(port)
    except (PortTaken, PortForbidden):
        return False
    return True


class Ports:
    """One port for each name; kept in a JSON file when there is one."""

    def __init__(self, memory: Path | None = None) -> None:
        self._memory = memory
        self._chosen = _remembered(memory)

    def of(self, name: str) -> int:
        """Return the port of a server that is about to start: the last one, if still free."""
        port = self._chosen.get(name)
        if port is None or not is_free(port):
            port = self._chosen[name] = self._choose()
            self._save()
        return port

    def _choose(self) -> int:
        used = set(self._chosen.values())
        candidates = (random.randint(FIRST, LAST) for _ in range(10_000))
        return next(port for port in candidates if port not in used and is_free(port))

    def _save(self) -> None:
        if self._memory is not None:
            self._memory.write_text(json.dumps(self._chosen, indent=2), "utf-8")


def _remembered(memory: Path | None) -> dict[str, int]:
    """Read the ports of the last start; without a readable file all are chosen anew."""
    if memory is None or not memory.is_file():
        return {}
    try:
        ports = json.loads(memory.read_text("utf-8"))
        return {str(name): int(port) for name, port in ports.items()}
    except (ValueError, AttributeError, TypeError):
        return {}
