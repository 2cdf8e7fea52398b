"""A job: the facts of one piece of work, stored as JSON beside the change that caused it."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from tasks.outside import Outside


class Job(msgspec.Struct, frozen=True):
    """Facts, and what to do with them. It is done at least once, so it must bear being repeated."""

    kind: ClassVar[str]
    """Its name in the table; never changes while rows of it may exist."""

    tries: ClassVar[int] = 10
    """How often it is tried before it is buried."""

    buried_with_facts: ClassVar[bool] = True
    """Whether it can be replayed after its burial; not what is secret and soon of no use."""

    async def run(self, number: int, outside: Outside) -> None:
        """Do it; ``number`` is the id of the task.

        Raises ``RemoteFailed`` or ``Unavailable`` to be tried again.
        """
        raise NotImplementedError

    def __repr__(self) -> str:
        """Facts may be secret: they do not show themselves in logs and tracebacks."""
        return f"<{type(self).__name__}>"
