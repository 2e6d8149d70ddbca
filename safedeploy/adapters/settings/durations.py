"""Durations as people write them: a number of seconds, or `90s`, `5m`, `1h30m`."""

from __future__ import annotations

import math
import re

TEXT = r"(?=\d)(\d+h)?(\d+m)?(\d+(\.\d+)?s)?"
_TEXT = re.compile(r"(?=\d)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?")
EXAMPLES = "a number of seconds or a text such as '90s', '5m' or '1h30m'"


def seconds(value: object) -> float:
    """Return the seconds that a value stands for. Raises ValueError, whose text says what is accepted."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if not math.isfinite(value):
            raise ValueError(f"must be {EXAMPLES}, not {value}")
        return float(value)
    if isinstance(value, str):
        match = _TEXT.fullmatch(value)
        if match is not None:
            hours, minutes, rest = match.groups()
            return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(rest or 0)
    raise ValueError(f"must be {EXAMPLES}, not {value!r}")
