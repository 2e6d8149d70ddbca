"""Reads and writes the settings below /proc/sys of this process's present namespaces."""

from __future__ import annotations

import contextlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterable, Mapping


def read(names: Iterable[str]) -> dict[str, str]:
    """Those that this kernel has."""
    found = {}
    for name in names:
        with contextlib.suppress(OSError), open(f"/proc/sys/{name}", encoding="ascii") as stream:
            found[name] = stream.read()
    return found


def write(values: Mapping[str, str]) -> list[str]:
    """Write them; the names of those that have another value and keep it, as happens in a container."""
    present = read(values)
    wanted = {name: value for name, value in values.items() if present.get(name, "").split() != value.split()}
    return [name for name, value in wanted.items() if not _write(name, value)]


def _write(name: str, value: str) -> bool:
    try:
        with open(f"/proc/sys/{name}", "w", encoding="ascii") as stream:
            stream.write(value)
    except OSError:
        return False
    return True
