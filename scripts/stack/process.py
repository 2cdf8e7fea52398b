"""A child process: started with its own log, waited for, asked to stop, killed, frozen.

Children live in process groups of their own, so that Ctrl-C reaches only the parent, which then
stops them in order. When the parent is killed the kernel sends them SIGTERM (``setpriv``), which
every server here takes as "save and go"; who was started is also kept in ``run/<name>.pid``.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from scripts.stack.identity import Identity

POLL_SECONDS = 0.05
TAIL_LINES = 15


class StartFailed(Exception):
    """A server did not come up; the message holds the end of its log."""


def tail(log: Path, lines: int = TAIL_LINES) -> str:
    """Return the last lines of a log, indented; an absent log is empty."""
    if not log.is_file():
        return ""
    text = log.read_text("utf-8", errors="replace").splitlines()
    return "\n".join(f"    {line}" for line in text[-lines:])


def bound_to_parent(command: list[str]) -> list[str]:
    """Make the kernel end a command when its parent is gone, where ``setpriv`` is there."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", *command] if setpriv else command


class Process(ABC):
    """One server of the stack; subclasses say how it is started and when it is ready.

    ``folder`` is the folder of the stack: the log goes to ``log/<name>.log``. Start it from the
    main thread: the kernel ends a child together with the thread that made it.
    """

    stop_signal = signal.SIGTERM
    grace_seconds = 10.0
    ready_seconds = 30.0

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.folder = folder
        self.log = folder / "log" / f"{name}.log"
        self._identity = Identity(folder / "run" / f"{name}.pid")
        self._child: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> list[str]:
        """Return the command that runs the server in the foreground."""

    @abstractmethod
    def ready(self) -> bool:
        """Tell whether it answers."""

    @abstractmethod
    def prepare(self) -> None:
        """Write what the server needs before it starts: folders, configuration, first contents."""

    def environment(self) -> Mapping[str, str]:
        """Return the whole environment of the child: ours without the settings of the shop."""
        return {name: text for name, text in os.environ.items() if not name.startswith("DADASHOP_")}

    @property
    def pid(self) -> int:
        """The process id of the running child; raises ``StartFailed`` when there is none."""
        if self._child is None:
            raise StartFailed(f"{self.name} was not started")
        return self._child.pid

    def start(self) -> None:
        """Prepare and start; returns at once, see ``wait``."""
        for folder in (self.log.parent, self.folder / "run"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.prepare()
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                bound_to_parent(self.command()),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=dict(self.environment()),
                start_new_session=True,
            )
        self._identity.remember(self._child.pid)

    def wait(self, seconds: float | None = None) -> None:
        """Block until it is ready; raise ``StartFailed`` when it dies or takes too long."""
        patience = self.ready_seconds if seconds is None else seconds
        deadline = time.monotonic() + patience
        while not self.ready():
            if not self.alive():
                raise StartFailed(f"{self.name} ended {self.fate()}:\n{tail(self.log)}")
            if time.monotonic() > deadline:
                late = f"{self.name} is not ready after {patience:.0f} s"
                raise StartFailed(f"{late}:\n{tail(self.log)}")
            time.sleep(POLL_SECONDS)

    def alive(self) -> bool:
        """Tell whether the child runs."""
        return self._child is not None and self._child.poll() is None

    def fate(self) -> str:
        """Say how the child ended, such as ``with code 1`` or ``by signal 9``."""
        code = self._child.poll() if self._child else None
        if code is None:
            return "not at all"
        return f"with code {code}" if code >= 0 else f"by signal {-code}"

    def ask_to_end(self) -> None:
        """Ask it to end and return at once, see ``stop``."""
        if self._child is not None:
            self._signal(signal.SIGCONT)
            with suppress(ProcessLookupError):
                self._child.send_signal(self.stop_signal)

    def stop(self) -> None:
        """Ask it to end and wait; kill it when the grace is over. Harmless when it is not there."""
        if self._child is None:
            return
        self.ask_to_end()
        try:
            self._child.wait(self.grace_seconds)
        except subprocess.TimeoutExpired:
            self.kill()
        self._identity.forget()

    def kill(self) -> None:
        """End it and its own children as a power cut would: SIGKILL."""
        self._signal(signal.SIGKILL)
        if self._child is not None:
            self._child.wait()

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen process go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self.alive():
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)
