"""Who may have changed a file: hints, each with its source, and never a proof.

The file's owner, safedeploy's own audit log, what sudo and su wrote down, and who was logged in. Bounded; a source that
is not there tells nothing.
"""

from __future__ import annotations

import json
import time

from . import auth_log, logins
from .tail import lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Mapping

    from ..store import Store

    Json = dict[str, Any]

MOST_PATHS = 50
_MOST = 4
_AUDIT_AROUND = 30.0
# An editor may be open for long before it writes; a clock of whole seconds may be a little behind.
_BEFORE, _AFTER = 3600.0, 2.0
_ORDINARY = {"activated", "confirmed", "reverted", "unchanged", "stranded", "recovered", "staged"}


class Witnesses:
    """The sources, read once. `now` is in seconds since 1970."""

    def __init__(self, store: Store, now: float, earliest: float) -> None:
        self.audit = list(_audit(store))
        self.commands = auth_log.commands(now, earliest=max(1.0, earliest - _BEFORE))
        self.sessions = logins.sessions()

    def hints(self, path: str, at: float, owner: str | None, expected: str | None) -> list[Json]:
        """[{"source", "at", "text"}] for what happened to `path` at that moment; `expected` owns it by right."""
        found: list[Json] = []
        if owner is not None and expected is not None and owner != expected:
            found.append({"source": "owner", "at": None, "text": f"the file belongs to {owner}"})
        found += [
            {"source": "safedeploy", "at": when, "text": text}
            for when, text in self.audit
            if abs(when - at) <= _AUDIT_AROUND
        ][-_MOST:]
        near = [one for one in self.commands if at - _BEFORE <= one.at <= at + _AFTER]
        near.sort(key=lambda one: (not one.names(path), at - one.at))
        found += [{"source": "sudo", "at": one.at, "text": one.told(path)} for one in near[:_MOST]]
        there = [session for session in self.sessions if session.covers(at)]
        found += [
            {"source": "wtmp", "at": one.since, "text": f"{one.user} was logged in{_from(one)}"}
            for one in there[-_MOST:]
        ]
        return found


def _from(session: logins.Session) -> str:
    return f" from {session.source}" if session.source else f" on {session.line}"


def _audit(store: Store) -> Iterator[tuple[float, str]]:
    for line in lines(store.log.path):
        try:
            event: Mapping[str, Any] = json.loads(line)
            at = _epoch(event["at"])
            name = str(event["event"])
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            continue
        if name in _ORDINARY:
            run = f", run {event['run']}" if event.get("run") else ""
            yield at, f"safedeploy {name} {event.get('release') or 'this host'} by {event.get('by') or 'itself'}{run}"


def _epoch(text: str) -> float:
    import calendar

    return float(calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")))
