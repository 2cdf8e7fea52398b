"""Copies in memory, compared with a plain model that never forgets to count."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cache.memory import OVERHEAD, PER_TAG, Copy, Memory, Page

NAMES = st.sampled_from([f"page-{n}" for n in range(8)])
TAGS = st.lists(st.sampled_from([f"tag:{n}" for n in range(5)]), max_size=4)


def copy(size: int = 100, *tags: str, expires: float = 1e9) -> Copy:
    """Make a copy of so many bytes."""
    return Copy(Page(b"x" * size, '"etag"'), None, tags, expires)


class MemoryMachine(RuleBasedStateMachine):
    """Does anything in any order, beside a list of what should be there, oldest use first."""

    @initialize(limit=st.integers(1_000, 20_000))
    def begin(self, limit: int) -> None:
        self.limit = limit
        self.memory = Memory(limit)
        self.model: dict[str, Copy] = {}
        self.evicted = 0
        self.now = 0.0

    @rule(name=NAMES, size=st.integers(0, 12_000), tags=TAGS, life=st.integers(1, 5))
    def keep(self, name: str, size: int, tags: list[str], life: int) -> None:
        made = copy(size, *tags, expires=self.now + life)
        self.memory.keep(name, made)
        self.model.pop(name, None)
        if made.cost <= self.limit:
            self.model[name] = made
        while sum(each.cost for each in self.model.values()) > self.limit:
            del self.model[next(iter(self.model))]
            self.evicted += 1

    @rule(name=NAMES)
    def read(self, name: str) -> None:
        expected = self.model.pop(name, None)
        if expected is not None and expected.expires <= self.now:
            expected = None
        if expected is not None:
            self.model[name] = expected
        assert self.memory.of(name, self.now) is expected

    @rule(tags=TAGS)
    def forget(self, tags: list[str]) -> None:
        gone = [name for name, each in self.model.items() if set(each.tags) & set(tags)]
        for name in gone:
            del self.model[name]
        assert self.memory.forget(tags) == len(gone)

    @rule()
    def clear(self) -> None:
        self.memory.clear()
        self.model.clear()

    @rule(seconds=st.integers(1, 3))
    def wait(self, seconds: int) -> None:
        self.now += seconds

    @invariant()
    def agrees(self) -> None:
        """Bytes are counted right and never above the limit; no tag of a dropped copy remains."""
        assert self.memory.bytes == sum(each.cost for each in self.model.values()) <= self.limit
        assert list(self.memory._copies) == list(self.model)
        assert self.memory.evicted == self.evicted
        assert len(self.memory) == len(self.model)
        tags = {tag for each in self.model.values() for tag in each.tags}
        assert self.memory._tagged.keys() == tags


MemoryMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestMemory = MemoryMachine.TestCase


def test_the_least_recently_used_goes_first() -> None:
    """Reading counts as use, writing too; what is too large for the limit displaces nothing."""
    memory = Memory(3 * copy(1000).cost)
    for name in "abc":
        memory.keep(name, copy(1000))
    memory.of("a", 0)
    memory.keep("d", copy(1000))
    assert [name for name in "abcd" if memory.of(name, 0)] == ["a", "c", "d"]
    memory.keep("e", copy(5000))
    assert [name for name in "acde" if memory.of(name, 0)] == ["a", "c", "d"]
    assert memory.evicted == 1


def test_a_copy_that_grew_too_large_does_not_leave_the_old_one() -> None:
    """The old copy under the same name is gone even if the new one cannot be kept."""
    memory = Memory(2000)
    memory.keep("a", copy(100))
    memory.keep("a", copy(9000))
    assert memory.of("a", 0) is None
    assert memory.bytes == 0


def test_a_refusal_costs_something_too() -> None:
    """Unknown ids cannot fill the memory for nothing."""
    refusal = Copy(None, ValueError(), ("a", "b"), 1.0)
    assert refusal.cost == OVERHEAD + 2 * PER_TAG
