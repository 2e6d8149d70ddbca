"""One JSON document from a host that may be hostile: read within bounds, or not at all. Pure.

What the standard reader lets pass and later code is not made for is refused here: numbers that are none (NaN, Infinity,
1e999), nesting that no recursion survives, so many values that a small text fills the memory. Halves of surrogate
pairs, which no file or terminal takes, become question marks. The playbooks' plugins carry the same text
(safedeploy_control/strict_json.py, which may not import this package); a test compares the two.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

# A whole answer of a host with ten thousand managed paths has a tenth of this. An empty list takes 64 bytes.
MOST_VALUES = 1_000_000
DEEPEST = 64


def read(text: str) -> Any:
    """The value. Raises ValueError."""
    if sum(text.count(sign) for sign in ",[{:") > MOST_VALUES:
        raise ValueError(f"more than {MOST_VALUES} values")
    try:
        value = json.loads(text, parse_constant=_refused, parse_float=_finite)
        _measure(value)
        if "\\u" in text:
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _refused(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"{digits[:20]} is no number")
    return value


def _measure(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    raise ValueError("nested too deeply")
