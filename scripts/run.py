"""Open the shop on this machine: ``./scripts/run``, see ``scripts/options.py``.

Checks what can be checked at once, opens, tends until interrupted, closes. Exit codes: 0 stopped on
request, 1 something did not start, 2 cannot start as asked, 130 interrupted before it was open.
"""

from __future__ import annotations

import resource
import signal
import sys
from pathlib import Path

from scripts.environment import ROOT
from scripts.opening import Opening, remove_made
from scripts.options import Options, read_options
from scripts.progress import write
from scripts.stack.alone import NotAlone, alone
from scripts.stack.identity import end_leftovers
from scripts.stack.ports import LOOPBACK, PortForbidden, PortTaken, require_free
from scripts.stack.private import private_folder
from scripts.stack.process import StartFailed
from scripts.stack.programs import Missing
from settings import BadSettings

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
MOST_FILES = 65536
INTERRUPTED = 130


class Refused(Exception):
    """The start is not possible as asked; the message says what to do."""


def require_ports(asked: Options) -> None:
    """Raise ``Refused`` when the shop or a process cannot listen where it should."""
    wanted = [(asked.listen, asked.port, "--port")]
    wanted += [(LOOPBACK, port, "--api-port") for port in asked.api_ports]
    for address, port, option in wanted:
        try:
            require_free(port, address)
        except PortTaken as fault:
            advice = f"stop what listens there, or choose another with {option}"
            raise Refused(f"{fault}: {advice}") from fault
        except PortForbidden as fault:
            raise Refused(f"{fault}; choose another with {option} or --listen") from fault


def prepared(asked: Options, root: Path) -> Opening:
    """Check everything that can be checked at once; raises ``Refused``."""
    var = private_folder(root / "var")
    end_leftovers(var / "run", say)
    require_ports(asked)
    if asked.fresh:
        say("Beginning anew: deleting data, pictures, passwords and logs in var/")
        remove_made(var)
    try:
        return Opening(asked, root, say)
    except BadSettings as fault:
        raise Refused("\n".join(fault.wrong)) from fault


def keep_open(opening: Opening, *, once: bool) -> int:
    """Open, tend and close; return the exit code."""
    is_open = False
    try:
        opening.open()
        is_open = True
        if not once:
            opening.tend()
    except KeyboardInterrupt:
        return 0 if is_open else INTERRUPTED
    finally:
        for ending in ENDINGS:
            signal.signal(ending, signal.SIG_IGN)
        say("\nStopping ...")
        opening.close()
        say("Stopped.")
    return 0


def say(text: str) -> None:
    """Write a line at once."""
    write(f"{text}\n", sys.stdout)


def allow_many_connections() -> None:
    """Raise the limit of open files as far as this user may: each connection is one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Run the shop until interrupted; return the exit code."""
    asked = read_options(arguments)
    for ending in ENDINGS:
        signal.signal(ending, signal.default_int_handler)
    allow_many_connections()
    try:
        with alone(private_folder(root / "var") / "lock"):
            return keep_open(prepared(asked, root), once=asked.once)
    except NotAlone as fault:
        wrong = f"./scripts/run already runs in this checkout (process {fault.pid})"
    except (Refused, Missing) as fault:
        wrong = str(fault)
    except StartFailed as fault:
        print(fault, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    print(wrong, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
