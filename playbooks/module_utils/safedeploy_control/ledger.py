"""The ledger of a run: which hosts went wrong, and how. Appended by the callback plugin, read by the gate.

One line of JSON for each event, appended under flock(2), so that no reader sees half a line.
"""

from __future__ import annotations

import fcntl
import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from .bundle import Bundle

NAME = "ledger.jsonl"

# Phases whose refusal means that the host did not make it.
_COUNTED = ("activate", "controller_health", "confirm")


def append(directory: Path, *, host: str, phase: str, kind: str, text: str) -> None:
    """Add one event. Raises OSError."""
    line = json.dumps({"host": host, "phase": phase, "kind": kind, "text": text}, sort_keys=True) + "\n"
    fd = os.open(directory / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        os.write(fd, line.encode())
    finally:
        os.close(fd)


def lost(bundle: Bundle) -> dict[str, str]:
    """The hosts of the run that went wrong, each with its first reason; from the ledger and from the hosts' answers."""
    found: dict[str, str] = {}
    try:
        lines = (bundle.directory / NAME).read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and event.get("host") in bundle.hosts:
            found.setdefault(str(event["host"]), str(event.get("kind")))
    for host in bundle.hosts:
        for phase in _COUNTED:
            answer = bundle.answer(host, phase)
            if answer is not None and answer.get("ok") is not True:
                found.setdefault(host, str((answer.get("error") or {}).get("code") or "failed"))
    return found
