"""Moments as providers of China write them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))


def moment_of(text: str) -> datetime | None:
    """Read a moment, ISO 8601 or ``YYYY-MM-DD HH:MM:SS``, as Beijing's without its zone.

    None for an empty or odd one: nothing but the day of a movement hangs on it.
    """
    try:
        return beijing(datetime.fromisoformat(text)).replace(tzinfo=None)
    except ValueError:
        return None


def beijing(moment: datetime) -> datetime:
    """Return a moment in Beijing's zone; one without a zone, as MySQL returns it, is Beijing's."""
    return moment.replace(tzinfo=BEIJING) if moment.tzinfo is None else moment.astimezone(BEIJING)
