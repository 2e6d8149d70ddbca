"""What a watch has learnt, and how far it has read: in a file of this user, there whole or not at all.

A file that is damaged or of another version is as none: then it learns anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

VERSION = 1
LARGEST = 16 << 20


def read(path: Path) -> dict[str, Any]:
    """What was kept; empty where there is nothing that can be used."""
    try:
        if path.stat().st_size > LARGEST:
            return {}
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) and value.get("version") == VERSION else {}


def write(path: Path, value: dict[str, Any]) -> None:
    """Keep it. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({**value, "version": VERSION}, file)
    beside.replace(path)
