"""Proves that httpd has loaded its configuration, or finds out quickly that it died of it.

Exit codes prove nothing: `graceful` returns 0 before the workers are replaced, and also when the parent then exits. The
configuration is loaded when the parent lives (the same one, after a graceful), every child that still listens is a new
one, a listening socket answers bytes, and, where the main error log is a file, httpd says so in it.
"""

from __future__ import annotations

import time

from . import process, sockets
from .process import Process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Tuple

    from .error_log import ErrorLog

    Json = dict[str, Any]
    Key = Tuple[int, int]

LOADING = 10.0
ANSWERING = 5.0
# A start returns when its parent is there; the workers of a parent that is between two loads come within milliseconds.
APPEARING = 2.0
# The line follows the new children within milliseconds; a log that is elsewhere in truth must not fail a good reload.
LINE = 2.0
_STEP = 0.02


class Before:
    """What ran before a reload: the parent, or None when httpd was stopped, and the keys of its children.

    `serving` tells whether a worker could serve somebody, given a moment to appear.
    """

    def __init__(self, parent: Process | None, site: Json) -> None:
        self.parent = parent
        self.serving = parent is not None and _wait_for_worker(parent, site)
        self.children: set[Key] = {child.key for child in process.children(parent, site)} if parent else set()


class Loaded:
    """What was proved (`ok`, `proof`) or what went wrong (`error`), and the parent that runs now."""

    def __init__(self, parent: Process | None, *, proof: str = "", error: str | None = None) -> None:
        self.parent = parent
        self.proof = proof
        self.error = error

    @property
    def ok(self) -> bool:
        """Whether the new configuration is proved to be loaded and served."""
        return self.error is None


def wait(before: Before, site: Json, log: ErrorLog, *, same_parent: bool) -> Loaded:
    """Watch httpd until its load is proved or has failed, at most LOADING + ANSWERING seconds."""
    parent = before.parent if same_parent else _wait_for_parent(before, site)
    if parent is None:
        return Loaded(None, error=_with_lines("httpd ended before it served anything", log))
    give_up = time.monotonic() + LOADING
    replaced_at = None
    while time.monotonic() < give_up:
        if not process.alive(parent):
            return _dead(parent, log)
        if _replaced(parent, before, site):
            replaced_at = replaced_at or time.monotonic()
            if not log.path or log.resumed() or time.monotonic() > replaced_at + LINE:
                return _answering(parent, before, log)
        time.sleep(_STEP)
    return Loaded(parent, error=_with_lines(f"the workers were not replaced within {LOADING:g} s", log))


def _wait_for_worker(parent: Process, site: Json) -> bool:
    deadline = time.monotonic() + APPEARING
    while process.alive(parent) and time.monotonic() < deadline:
        if any(serves is not False for _, serves in _workers(parent, site)):
            return True
        time.sleep(_STEP)
    return False


def _wait_for_parent(before: Before, site: Json) -> Process | None:
    old = before.parent.key if before.parent else None
    deadline = time.monotonic() + APPEARING
    while time.monotonic() < deadline:
        for found in reversed(process.parents(site)):
            if found.key != old:
                return found
        time.sleep(_STEP)
    return None


def _replaced(parent: Process, before: Before, site: Json) -> bool:
    """Whether a new child serves and no old one does any more (an old one may still finish its requests)."""
    workers = _workers(parent, site)
    new = any(serves is not False for child, serves in workers if child.key not in before.children)
    # Where we may not look into a child we cannot tell a finishing one from one that goes on.
    old = any(serves is True for child, serves in workers if child.key in before.children)
    return new and not old


def _workers(parent: Process, site: Json) -> list[tuple[Process, bool | None]]:
    """The children, and whether each takes connections on a socket of the parent's; None where we may not look."""
    ours = sockets.listening(parent.pid)
    found: list[tuple[Process, bool | None]] = []
    for child in process.children(parent, site):
        held = None if ours is None else sockets.inodes(child.pid)
        found.append((child, None if held is None else bool(held & set(ours or ()))))
    return found


def _answering(parent: Process, before: Before, log: ErrorLog) -> Loaded:
    addresses = sockets.listening(parent.pid)
    answered = sockets.wait_for_bytes((addresses or {}).values(), time.monotonic() + ANSWERING)
    if not process.alive(parent):
        return _dead(parent, log)
    if addresses and answered is None:
        ports = ", ".join(sorted(f"{host}:{port}" for host, port in addresses.values()))
        return Loaded(parent, error=_with_lines(f"httpd runs but nothing answers on {ports}", log))
    facts = [
        f"parent {parent.pid} {'kept' if before.parent and parent.key == before.parent.key else 'started'}",
        f"{len(before.children)} old workers replaced" if before.children else "workers running",
        f"{answered[0]}:{answered[1]} answers" if answered else "its sockets could not be read",
        "the error log says that it has resumed" if log.resumed() else "no line of it in the error log",
    ]
    return Loaded(parent, proof="; ".join(facts))


def _dead(parent: Process, log: ErrorLog) -> Loaded:
    return Loaded(None, error=_with_lines(f"httpd died of the new configuration (pid {parent.pid} is gone)", log))


def _with_lines(text: str, log: ErrorLog) -> str:
    return "\n".join([text, *log.grave_lines()])
