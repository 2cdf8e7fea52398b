"""Whether the process can do its work: which databases answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Protocol

import structlog

PATIENCE = 1.0
"""Seconds a database has to answer."""

log = structlog.get_logger("services.health")


class Reachable(Protocol):
    """Something that answers when asked whether it is there."""

    def ping(self) -> Awaitable[object]:
        """Return when it has answered, raise when it has not."""


class HealthService:
    """Asks the databases."""

    def __init__(
        self, *, required: Mapping[str, Reachable], spare: Mapping[str, Reachable]
    ) -> None:
        """``required`` must answer for the shop to be ready, ``spare`` may be away."""
        self._required = required
        self._spare = spare

    async def check(self) -> tuple[bool, dict[str, bool]]:
        """Return whether everything required answers, and who does."""
        everyone = {**self._required, **self._spare}
        answers = await asyncio.gather(*(_answers(n, each) for n, each in everyone.items()))
        found = dict(zip(everyone, answers, strict=True))
        return all(found[name] for name in self._required), found


async def _answers(name: str, database: Reachable) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            await database.ping()
    except Exception as error:  # noqa: BLE001 - whatever it is, the database is not reachable
        log.warning("not reachable", database=name, error=repr(error))
        return False
    return True
