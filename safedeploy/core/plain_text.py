"""Text from a host, made fit to be shown: no terminal escapes, no control characters, no endless lines.

A host may be hostile or merely broken; what it says must not move the cursor, set a title or fill the screen.
"""

from __future__ import annotations

import re
from typing import Any

# ECMA-48 control sequences, operating-system commands and the other string sequences, two-byte escapes.
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_].*?(?:\x07|\x1b\\|\x9c|$)|\x9b[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]", re.DOTALL
)
# C0 without tab and newline, DEL, C1, and the bidirectional and zero-width characters that can disguise text.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def plain_text(text: str, *, limit: int = 4000) -> str:
    """`text` without escapes and control characters; the middle is left out beyond `limit` characters."""
    if len(text) > 16 * limit:  # a bound on the work, not on what is shown
        text = text[: 8 * limit] + text[-8 * limit :]
    text = _CONTROLS.sub("", _ESCAPES.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))).strip()
    if len(text) <= limit:
        return text
    return f"{text[: limit // 2]}\n[... {len(text) - limit} characters left out ...]\n{text[-(limit // 2) :]}"


def plain(value: Any, *, limit: int = 4000) -> Any:
    """`plain_text` for every text in a JSON value, keys included."""
    if isinstance(value, str):
        return plain_text(value, limit=limit)
    if isinstance(value, list):
        return [plain(item, limit=limit) for item in value]
    if isinstance(value, dict):
        return {plain_text(str(key), limit=200): plain(item, limit=limit) for key, item in value.items()}
    return value
