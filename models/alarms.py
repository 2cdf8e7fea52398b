"""Alarms: notices of payments that were not genuine, counted by day for people to look into."""

from __future__ import annotations

from models.connection import Connection

_RAISE = """INSERT INTO pays_alarm (provider, reason, out_trade_no, day, times, last_time)
  VALUES (%s, %s, %s, CURDATE(), 1, NOW(6))
  ON DUPLICATE KEY UPDATE times = times + 1, last_time = NOW(6)"""


class Alarms:
    """All alarms."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, provider: str, reason: str, out_trade_no: str = "") -> None:
        """Count one; the number is that of an attempt of ours, empty when it is not known."""
        await self._connection.change(_RAISE, provider, reason, out_trade_no)
