"""Instants as text, and back. Everything that is stored says UTC."""

from __future__ import annotations

import time


def iso(epoch: float) -> str:
    """An instant in seconds since 1970 as ISO 8601 in UTC, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch))
