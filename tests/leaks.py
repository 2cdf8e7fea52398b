"""What must never stand in a log: tokens, hashes, contacts, passwords (SEC-4)."""

from __future__ import annotations

import re
from pathlib import Path

FORBIDDEN = {
    "a token": re.compile(rb"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    "a hash of a password": re.compile(rb"\$argon2"),
    "a phone number": re.compile(rb"(?<![0-9A-Za-z.])1[3-9][0-9]{9}(?![0-9A-Za-z])"),
    "an e-mail address": re.compile(rb"[A-Za-z0-9._-]+@[A-Za-z0-9-]+\.[a-z]{2,}"),
    "a password of the tests": re.compile(rb"secret1[0-9]|nouveau77|encore88"),
    "a code beside its name": re.compile(rb"(code|verify)\W{1,4}[0-9]{6}\b"),
}


def leaked(log: Path) -> list[str]:
    """Name what stands in a log and must not."""
    text = log.read_bytes() if log.is_file() else b""
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(text)]
