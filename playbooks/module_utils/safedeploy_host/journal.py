"""The intent of a switch in flight: written and synced before the first change, removed after the last.

A later start of the program that finds this record puts back the tree before the activation that it names, whether an
activation or its revert was interrupted.
"""

from __future__ import annotations

from . import fsio, records

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .protocol import Json


class Journal:
    """The record `journal.json`: kind ("activate" or "revert"), activation, record (as in state's `pending`)."""

    def __init__(self, path: str) -> None:
        self.path = path

    def read(self) -> Json | None:
        """The switch in flight, or None."""
        return records.load(self.path)

    def write(self, intent: Json) -> None:
        """Record a switch before it begins."""
        records.save(self.path, intent)

    def clear(self) -> None:
        """The switch is complete, or undone."""
        fsio.remove_file(self.path)
