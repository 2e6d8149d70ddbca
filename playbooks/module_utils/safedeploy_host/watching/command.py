"""`watch`: what visitors get, every few seconds, until nobody listens any more. It changes nothing and takes no lock.

The configuration is read again when a file of it changes: a new site is followed from its first request on.
"""

from __future__ import annotations

import os
import time

from ..diagnosis.touched import configuration_files
from ..effective import configuration
from ..probes import log_lines, site_map
from ..traffic import errors, logs, status_page
from . import tick
from .followed import Followed
from .quick_format import QuickFormat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ..protocol import Json, Request
    from ..services import Services

EVERY = 10.0
LOOK_AGAIN = 60.0
ASK_STATUS = 60.0
KINDS = 20
_LINES = 2000
_OTHERS = "(other sites)"
_SITES = 100


def watch(request: Request, services: Services) -> Iterator[Json]:
    """A tick every `every` seconds: {time, sites, own, errors, status, positions, notes}.

    `positions` of an earlier tick have it go on where that one ended. `ticks`: how many, without an end when
    it is 0. `salt`: clients are hashed with it.
    Raises AgentError: `bad-request`.
    """
    every = max(1.0, request.seconds("every", EVERY))
    left = request.get("ticks", int, 0)
    following = _Following(request.site, request.get("positions", dict, {}), request.get("salt", str, "").encode())
    each = max(1, round(ASK_STATUS / every))
    number = 0
    due = time.monotonic()
    while not left or number < left:
        due += every
        time.sleep(max(0.0, due - time.monotonic()))
        asked = number % each == 0
        yield {"time": services.now(), "every": every, **following.tick(first=number == 0, ask_status=asked)}
        number += 1


class _Following:
    """The logs of a site, with what is known of its configuration."""

    def __init__(self, site: Json, positions: Json, salt: bytes) -> None:
        self._salt = salt
        self._site = site
        self._positions = positions
        self._files: dict[str, Followed] = {}
        self._checked = 0.0
        self._stamp: object = None
        self._read()

    def tick(self, *, first: bool, ask_status: bool) -> Json:
        """What has come since the last one."""
        if time.monotonic() - self._checked >= LOOK_AGAIN and self._changed():
            self._read()
        parts, own, odd = [], 0, 0
        for path, formats, default in self._logs:
            data = self._files[path].read()
            rows, unit = [], None
            for one in formats:
                rows = one.find(data)
                unit = one.unit
                if rows or not data:
                    break
            odd += data.count(b"\n") - len(rows)
            counted, mine = tick.count(rows, unit, default, self._salt)
            parts.append(counted)
            own += mine
        sites = tick.joined(parts)
        if len(sites) > _SITES:
            sites = _folded(sites)
        notes = [*self._notes] if first else []
        if odd > 0:
            notes.append(f"{odd} lines of access logs are not in the format that is configured")
        return {
            "sites": sites,
            "own": own,
            "errors": self._errors(),
            "status": self._status() if ask_status else None,
            "positions": {path: one.position() for path, one in self._files.items()},
            "notes": notes,
        }

    def _read(self) -> None:
        """Find out what is to be followed."""
        self._checked = time.monotonic()
        effective = configuration.read(self._site)
        hosts = site_map.hosts(effective)
        root = self._site["server_root"]
        chosen, self._notes = logs.choose(hosts, root)
        self._logs = [
            (log.path, [QuickFormat(text) for text in log.formats], log.sites[0] if len(log.sites) == 1 else log.path)
            for log in chosen
        ]
        self._error_logs = [path for path in errors.logs(hosts, effective, root).values() if path]
        self._effective, self._hosts = effective, hosts
        self._paths = configuration_files(effective, self._site)
        self._stamp = self._stamped()
        wanted = dict.fromkeys([*(path for path, _, _ in self._logs), *self._error_logs])
        for path in [one for one in self._files if one not in wanted]:
            self._files.pop(path).close()
        for path in wanted:
            if path not in self._files:
                self._files[path] = Followed(path, self._positions.get(path))

    def _changed(self) -> bool:
        self._checked = time.monotonic()
        return bool(self._stamped() != self._stamp)

    def _stamped(self) -> Any:
        found = []
        for path in sorted({*self._paths, *(os.path.dirname(one) for one in self._paths)}):
            try:
                known = os.stat(path)
            except OSError:
                continue
            found.append((path, known.st_mtime_ns, known.st_ino))
        return found

    def _errors(self) -> list[Json]:
        """The kinds of messages that came, the most frequent first."""
        found: dict[str, Json] = {}
        for path in self._error_logs:
            for line in self._files[path].read().splitlines()[-_LINES:]:
                text = line.decode("utf-8", "replace")
                one = errors.signature(text)
                if one is None or (one[0] not in found and len(found) >= KINDS):
                    continue
                sample = {"key": one[0], "level": one[1], "count": 0, "sample": log_lines.clean(text)[: errors.SAMPLE]}
                found.setdefault(one[0], sample)["count"] += 1
        return sorted(found.values(), key=lambda each: -int(each["count"]))

    def _status(self) -> Json | None:
        return status_page.ask(self._effective, self._hosts, self._site["httpd"].get("address") or "127.0.0.1")


def _folded(sites: dict[str, Json]) -> dict[str, Json]:
    """The busiest sites, and all others as one."""
    order = sorted(sites, key=lambda name: -sites[name]["requests"])
    rest = tick.joined({_OTHERS: sites[name]} for name in order[_SITES - 1 :])
    return {**{name: sites[name] for name in order[: _SITES - 1]}, **rest}
