"""What came most often, in bounded room: clients, paths and programs of a log that may name many of each. Pure."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ROOM = 20_000
SHOWN = 10
_LENGTH = 200


class Most:
    """Requests and errors of each text. When there are too many texts, those that came least are forgotten."""

    def __init__(self) -> None:
        self._found: dict[str, list[int]] = {}

    def add(self, text: str, failed: int) -> None:
        """One request; `failed` is 1 when the server failed at it."""
        known = self._found.get(text)
        if known is None:
            if len(self._found) >= ROOM:
                self._forget()
            known = self._found[text] = [0, 0]
        known[0] += 1
        known[1] += failed

    def by_requests(self) -> list[list[Any]]:
        """[[text, requests, errors]], those with most requests first."""
        return self._first(0)

    def by_errors(self) -> list[list[Any]]:
        """The same by errors, those without any left out."""
        return [one for one in self._first(1) if one[2]]

    def _first(self, by: int) -> list[list[Any]]:
        order = sorted(self._found.items(), key=lambda one: (-one[1][by], -one[1][0], one[0]))
        return [[text[:_LENGTH], *counted] for text, counted in order[:SHOWN]]

    def _forget(self) -> None:
        keep = sorted(self._found.items(), key=lambda one: -one[1][0])[: ROOM // 2]
        self._found = dict(keep)
