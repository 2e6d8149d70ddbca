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
# The line follows the new children within milliseconds; a log that is elsewhere in truth must not fail a good reload.
LINE = 2.0
_STEP = 0.02


class Before:
    """What ran before a reload: the parent, or None when httpd was stopped, and the keys of its children."""

    def __init__(self, parent: Process | None, site: Json) -> None:
        self.parent = parent
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
    parent = before.parent if same_parent else None
    give_up = time.monotonic() + LOADING
    replaced_at = None
    while time.monotonic() < give_up:
        if parent is None:
            parent = _new_parent(before, site)
        elif not process.alive(parent):
            return _dead(parent, log)
        elif _replaced(parent, before, site):
            replaced_at = replaced_at or time.monotonic()
            if not log.path or log.resumed() or time.monotonic() > replaced_at + LINE:
                return _answering(parent, before, log)
        time.sleep(_STEP)
    if parent is None:
        return Loaded(None, error=_with_lines("no httpd process came up", log))
    return Loaded(parent, error=_with_lines(f"the workers were not replaced within {LOADING:g} s", log))


def _new_parent(before: Before, site: Json) -> Process | None:
    old = before.parent.key if before.parent else None
    return next((found for found in reversed(process.parents(site)) if found.key != old), None)


def _replaced(parent: Process, before: Before, site: Json) -> bool:
    """Whether there is a new child and no old one listens any more (an old one may still finish its requests)."""
    ours = sockets.listening(parent.pid)
    new = old = 0
    for child in process.children(parent, site):
        held = sockets.inodes(child.pid) if ours is not None else None
        listens = held is None or bool(held & set(ours or ()))
        if child.key in before.children:
            # Where we may not look into a child we cannot tell a finishing one from one that goes on.
            old += listens and held is not None
        else:
            new += listens
    return new > 0 and old == 0


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
