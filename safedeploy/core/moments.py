"""Moments as people write them: a date, a date with a time, or how long ago. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_AGO = re.compile(r"(\d{1,6})([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def since(text: str, now: datetime) -> datetime:
    """The moment of `2026-03-01`, `2026-03-01T12:00` (in the zone of `now` if it names none) or `7d`.

    Raises ValueError with what would be right.
    """
    ago = _AGO.fullmatch(text.strip())
    try:
        if ago is not None:
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        found = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text!r} is neither a date (2026-03-01, 2026-03-01T12:00) nor a time ago (7d, 12h)"
        ) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=now.tzinfo)
