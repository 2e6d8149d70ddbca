"""When a request was made, by the time that its line in the access log has. Pure.

Known are httpd's usual time (%t), the epoch (%{sec}t, %{msec}t, %{usec}t) and formats of strftime, in one piece or in
several. Source: modules/loggers/mod_log_config.c of httpd 2.4.
"""

from __future__ import annotations

import calendar
import time
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping

    Json = dict[str, Any]

_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}
_EPOCH = {"sec": 1.0, "msec": 0.001, "usec": 0.000001}
_FRACTIONS = ("msec_frac", "usec_frac")


def moment(facts: Mapping[str, Any]) -> float | None:
    """Seconds since 1970, or None when the line does not tell."""
    if "time" in facts:
        return _usual(facts["time"])
    formats: list[str] = []
    texts: list[str] = []
    for field, text in facts.items():
        if not field.startswith("time:"):
            continue
        wanted = field[5:]
        for when in ("begin:", "end:"):
            wanted = wanted[len(when) :] if wanted.startswith(when) else wanted
        if wanted in _EPOCH:
            return float(text) * _EPOCH[wanted] if text.isascii() and text.isdigit() else None
        if wanted not in _FRACTIONS:
            formats.append(wanted)
            texts.append(text)
    return _other(" ".join(texts), " ".join(formats)) if formats else None


@lru_cache(maxsize=256)
def _usual(text: str) -> float | None:
    """The time of a text such as [22/Nov/2026:20:00:00 +0000]."""
    try:
        day, month, rest = text.strip("[]").split("/")
        year, hour, minute, second = rest[:-6].split(":")
        zone = int(rest[-4:-2]) * 3600 + int(rest[-2:]) * 60
        local = calendar.timegm((int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second)))
    except (ValueError, KeyError, IndexError):
        return None
    return float(local + zone if rest[-5] == "-" else local - zone)


@lru_cache(maxsize=256)
def _other(text: str, wanted: str) -> float | None:
    from datetime import datetime

    try:
        found = datetime.strptime(text, wanted)  # noqa: DTZ007 -- without a zone it is the host's own time
    except ValueError:
        return None
    if found.year < 1970:
        return None
    return found.timestamp() if found.tzinfo else time.mktime(found.timetuple())
