"""Moments as the books hold them, ISO 8601 with a zone, and as the providers write them."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))


def stamp(moment: datetime) -> str:
    """Return a moment as the books hold it."""
    return moment.isoformat(timespec="milliseconds")


def moment_of(text: str) -> datetime:
    """Return the moment the books hold."""
    return datetime.fromisoformat(text)


def beijing(text: str, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    """Return the moment the books hold as the clocks of Beijing show it; nothing for none."""
    return f"{moment_of(text).astimezone(BEIJING):{form}}" if text else ""


def rfc3339(text: str) -> str:
    """Return the moment the books hold as WeChat Pay writes it, in whole seconds of Beijing."""
    return moment_of(text).astimezone(BEIJING).isoformat(timespec="seconds") if text else ""


def is_day(text: str) -> bool:
    """Tell whether this is a day, ``YYYY-MM-DD``."""
    try:
        return f"{date.fromisoformat(text)}" == text
    except ValueError:
        return False
