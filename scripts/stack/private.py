"""Files and folders that only their owner may read, and a short place for sockets."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

LONGEST_SOCKET = 100
"""``sun_path`` holds 108 bytes with its end (unix(7)); a few are left for names made beside it."""


def private_folder(path: Path) -> Path:
    """Make a folder that only we may enter; ``PermissionError`` when it is somebody else's."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    return path


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    fresh.replace(path)


def socket_path(folder: Path, name: str) -> Path:
    """Return where a socket goes: in ``folder``, or in a short one when the path is too long."""
    wanted = folder / name
    if len(os.fsencode(wanted)) <= LONGEST_SOCKET:
        return wanted
    mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"dadashop-{os.getuid()}-{mark}" / name
