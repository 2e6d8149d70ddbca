"""Members of a host's JSON by the type that they should have, and fit to be shown. Pure.

Every member may be missing or null. A wrong type raises TypeError: what a host says is understood or refused, and never
half believed. Texts lose terminal escapes and control characters, and lists are cut where nobody reads on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safedeploy.core.plain_text import plain, plain_text

MOST = 200


class Shape:
    """A mapping that came from a host. Raises TypeError when it is none."""

    def __init__(self, value: Any) -> None:
        if not isinstance(value, Mapping):
            raise TypeError(f"a mapping is expected, not {type(value).__name__}")
        self._value = value

    def text(self, key: str) -> str | None:
        """A text."""
        value = self._value.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            raise _wrong(key, value)
        return plain_text(value)

    def truth(self, key: str) -> bool | None:
        """True or false."""
        value = self._value.get(key)
        if value is not None and not isinstance(value, bool):
            raise _wrong(key, value)
        return value

    def number(self, key: str) -> float | None:
        """A number; anything else counts as missing, for agents that send the time as a text."""
        value = self._value.get(key)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    def part(self, key: str) -> Shape:
        """A mapping within; an empty one when it is missing."""
        value = self._value.get(key)
        return Shape({} if value is None else value)

    def mapping(self, key: str) -> Mapping[str, Any] | None:
        """A mapping within, as plain values."""
        value = self._value.get(key)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise _wrong(key, value)
        found: Mapping[str, Any] = plain(value)
        return found

    def mappings(self, key: str, *, with_text: str) -> tuple[Mapping[str, Any], ...]:
        """A list of mappings, the last ones when there are too many; each must have the text `with_text`."""
        found = tuple(plain(item) for item in self._list(key)[-MOST:])
        for item in found:
            if not isinstance(item, Mapping) or not isinstance(item.get(with_text), str):
                raise _wrong(key, item)
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, and how many more there are."""
        value = self._list(key)
        found = tuple(plain_text(str(item)) for item in value[:MOST])
        return (*found, f"and {len(value) - MOST} more") if len(value) > MOST else found

    def _list(self, key: str) -> list[Any]:
        value = self._value.get(key)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            raise _wrong(key, value)
        return list(value)


def _wrong(key: str, value: Any) -> TypeError:
    return TypeError(f"{key} is a {type(value).__name__}")
