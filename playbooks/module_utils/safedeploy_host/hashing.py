"""SHA-256 for commands that hash little, which most do.

hashlib loads OpenSSL, and that takes as long as the code of Python itself needs for some hundred kilobytes.
"""

from __future__ import annotations

import contextlib
import sys
from functools import lru_cache
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LITTLE = 128 * 1024
_OWN = ("_sha2", "_sha256")  # since Python 3.12, and before; a Python may be built without


class _Hashed:
    size = 0


def sha256(content: bytes = b"", *, following: int = 0) -> Any:
    """A hash object as hashlib's, of `content`; `following`: how many bytes will be added to it."""
    _Hashed.size += len(content) + following
    own = None if "_hashlib" in sys.modules or _Hashed.size > LITTLE else _own()
    if own is not None:
        return own(content)
    import hashlib

    return hashlib.sha256(content)


def hexadecimal(content: bytes) -> str:
    """The digest of `content` in hexadecimal digits."""
    digits: str = sha256(content).hexdigest()
    return digits


@lru_cache(maxsize=1)
def _own() -> Any:
    for name in _OWN:
        with contextlib.suppress(ImportError, AttributeError):
            return import_module(name).sha256
    return None
