"""Distinct clients, in bounded room, so that those of several hosts can be put together without naming anybody. Pure.

The k smallest hashes of all that were added: exact below k, within some 3 % above. Source: Bar-Yossef et al., Counting
Distinct Elements in a Data Stream, RANDOM 2002 (k minimum values). `safedeploy/core/log_window.py` reads them.
"""

from __future__ import annotations

import hashlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Json = dict[str, Any]

K = 1024
BYTES = 6


class Sketch:
    """Of texts. Two with the same `salt` can be merged; with another they tell nothing of each other."""

    def __init__(self, salt: bytes) -> None:
        self._salt = salt[: hashlib.blake2b.MAX_KEY_SIZE]
        self._hashes: set[int] = set()
        self._limit: int | None = None

    def add(self, text: str) -> None:
        """Add one; the same text again changes nothing."""
        digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=BYTES, key=self._salt).digest()
        number = int.from_bytes(digest, "big")
        if self._limit is not None and number > self._limit:
            return
        self._hashes.add(number)
        if len(self._hashes) >= 4 * K:
            self._hashes = set(sorted(self._hashes)[:K])
            self._limit = max(self._hashes)

    def to_json(self) -> Json:
        """{hashes, exact}: the smallest in order, and whether these are all."""
        found = sorted(self._hashes)
        return {"hashes": found[:K], "exact": self._limit is None and len(found) <= K}
