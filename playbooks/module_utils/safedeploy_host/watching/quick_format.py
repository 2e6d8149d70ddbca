"""Many lines of an access log at once, by one regular expression over bytes: a few microseconds a line. Pure.

It takes what probes/log_format.py makes of a format, and captures no more than is counted. Lines that do not fit are
not found; how many those are is known by counting the lines.
"""

from __future__ import annotations

import re

from ..probes.log_format import Parser
from ..traffic.counts import DUMMY_AGENT, OWN_AGENT
from ..traffic.logs import AGENT, UNITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Match

_CLIENTS = ("client", "host")
_SLOW_QUOTED, _QUICK_QUOTED = r'(?:[^"\\]|\\.)*', r'[^"\\\n]*(?:\\.[^"\\\n]*)*'


class QuickFormat(Parser):
    """`find(data)` gives (site, status, client, time, agent) of each line, b"" for what the format does not have."""

    def __init__(self, text: str) -> None:
        self._kept: list[str] = []
        super().__init__(text)
        pattern = self._line.pattern[1:-1].replace(_SLOW_QUOTED, _QUICK_QUOTED)
        pattern = pattern.replace(r"\S*", r"[^\s]*").replace(".*?", r"[^\n]*?")
        self._lines = re.compile(b"^" + pattern.encode("latin-1") + b"$", re.MULTILINE)
        names = ("server", "status", *_CLIENTS, *UNITS, AGENT)
        self._at = {name: self._kept.index(name) for name in names if name in self._kept}
        self.unit = next((unit for unit in UNITS if unit in self._at), None)
        client = next((name for name in _CLIENTS if name in self._at), None)
        self._order = [self._at.get(name or "", -1) for name in ("server", "status", client, self.unit, AGENT)]

    def find(self, data: bytes) -> list[tuple[bytes, bytes, bytes, bytes, bytes]]:
        """The lines of a piece of a log that ends with a whole line."""
        found = self._lines.findall(data[:-1])  # behind the last newline there is no line
        if len(self._kept) == 1:
            found = [(one,) for one in found]
        site, status, client, took, agent = self._order
        return [
            (
                one[site] if site >= 0 else b"",
                one[status] if status >= 0 else b"",
                one[client] if client >= 0 else b"",
                one[took] if took >= 0 else b"",
                one[agent] if agent >= 0 else b"",
            )
            for one in found
        ]

    def _piece(self, item: Match[str], before: str, after: str) -> str:
        known = len(self.fields)
        piece = super()._piece(item, before, after)
        if len(self.fields) == known:
            return piece
        field = self.fields[-1]
        if field not in ("server", "status", AGENT, *_CLIENTS, *UNITS) or field in self._kept:
            return f"(?:{piece[1:]}"
        self._kept.append(field)
        return piece


def is_own(agent: bytes) -> bool:
    """Whether a request was safedeploy's, or httpd's to itself."""
    return agent == _OWN or agent.endswith(_DUMMY)


_OWN, _DUMMY = OWN_AGENT.encode(), DUMMY_AGENT.encode()
