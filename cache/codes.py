"""One-time codes: six digits that prove a phone or an e-mail address for a few minutes.

Key ``codes:<purpose>:<digest of the subject>``: a hash of ``code`` and ``wrong``. Subjects are
digested, so that no phone number stands in a key. Each question is one script; a server that is
away makes it raise ``Unavailable``: without codes nothing that needs one goes on.
"""

from __future__ import annotations

import hashlib
import secrets

from redis.asyncio import Redis

from cache.away import away_as_unavailable

MOST_WRONG = 5
_PLACE = """
if redis.call('SET', KEYS[2], 1, 'NX', 'EX', ARGV[3]) then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'code', ARGV[1], 'wrong', 0)
  redis.call('EXPIRE', KEYS[1], ARGV[2])
  return 1
end
return 0
"""
_CHECK = """
local code, wrong = unpack(redis.call('HMGET', KEYS[1], 'code', 'wrong'))
if not code or tonumber(wrong) >= tonumber(ARGV[2]) then return 0 end
if code == ARGV[1] then
  if ARGV[3] == '1' then redis.call('DEL', KEYS[1]) end
  return 1
end
redis.call('HINCRBY', KEYS[1], 'wrong', 1)
return 0
"""


def fresh_code() -> str:
    """Return six random digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


class Codes:
    """The codes of one purpose, such as registration."""

    def __init__(self, redis: Redis, purpose: str, *, life: int, pause: int) -> None:
        """A code lives ``life`` seconds; a subject gets no other within ``pause`` seconds."""
        self._redis = redis
        self._purpose = purpose
        self._life = life
        self._pause = pause
        self._place = redis.register_script(_PLACE)
        self._check = redis.register_script(_CHECK)

    async def place(self, subject: str, code: str) -> bool:
        """Let a code wait for the subject; False when one was placed a moment ago."""
        keys = self._keys(subject)
        with away_as_unavailable():
            return bool(await self._place(keys=keys, args=[code, self._life, self._pause]))

    async def withdraw(self, subject: str) -> None:
        """Forget the code and the pause; only for a code that is certain not to be sent."""
        with away_as_unavailable():
            await self._redis.delete(*self._keys(subject))

    async def right(self, subject: str, code: str, *, use: bool) -> bool:
        """Say whether it is the waiting code; five wrong ones end it, ``use`` ends a right one."""
        keys = self._keys(subject)[:1]
        with away_as_unavailable():
            return bool(await self._check(keys=keys, args=[code, MOST_WRONG, int(use)]))

    def _keys(self, subject: str) -> list[str]:
        digest = hashlib.blake2b(subject.encode(), digest_size=16).hexdigest()
        return [f"codes:{self._purpose}:{digest}", f"codes:{self._purpose}:pause:{digest}"]
