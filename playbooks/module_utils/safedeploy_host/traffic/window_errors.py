"""What kinds of messages httpd wrote to its error logs between two moments: when first, when last, how often. Pure.

httpd writes the host's own time, without a zone. Source: server/log.c of httpd 2.4 (log_ctime).
"""

from __future__ import annotations

import re
import time

from ..probes import log_lines
from .errors import GRAVE, KINDS, SAMPLE, signature

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable

    Json = dict[str, Any]

_WHEN = re.compile(r"^\[(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.\d+)? (\d{4})\]")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moment(line: str) -> float | None:
    """When a line was written, in seconds since 1970; None when it does not tell in httpd's usual way."""
    found = _WHEN.match(line)
    if found is None or found[1] not in _MONTHS:
        return None
    month = _MONTHS.index(found[1]) + 1
    try:
        return time.mktime((int(found[6]), month, int(found[2]), int(found[3]), int(found[4]), int(found[5]), 0, 0, -1))
    except (ValueError, OverflowError):
        return None


class WindowErrors:
    """Adds up. A line without a time has that of the line before it: a message of several lines has one only."""

    def __init__(self, since: float, until: float) -> None:
        self._since, self._until = since, until
        self._found: dict[str, Json] = {}

    def add(self, lines: Iterable[str]) -> None:
        """Count the lines of one log."""
        at: float | None = None
        for line in lines:
            at = moment(line) or at
            if at is not None and not self._since <= at < self._until:
                continue
            one = signature(line)
            if one is None or (one[0] not in self._found and len(self._found) >= KINDS):
                continue
            self._add(line, *one, at)

    def to_json(self) -> list[Json]:
        """[{key, level, count, first, last, sample}], the gravest first; the times are null where lines have none."""
        return sorted(self._found.values(), key=lambda one: (GRAVE.index(one["level"]), -one["count"]))

    def _add(self, line: str, key: str, level: str, at: float | None) -> None:
        if key not in self._found:
            sample = log_lines.clean(line)[:SAMPLE]
            self._found[key] = {"key": key, "level": level, "count": 0, "first": at, "last": at, "sample": sample}
        known = self._found[key]
        known["count"] += 1
        known["last"] = at if known["last"] is None else max(known["last"], at or known["last"])
