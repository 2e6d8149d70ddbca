"""Numbers of things, as they are written."""

from __future__ import annotations


def hosts(number: int) -> str:
    """`1 host`, `2 hosts`."""
    return f"{number} host{'' if number == 1 else 's'}"
