"""The ledger of a run: which hosts went wrong, and how. Appended by the callback plugin, read by the gate.

One line of JSON for each event, appended under flock(2), so that no reader sees half a line. Beside it, `begun.json`
names the hosts of every batch that was let through: one of an earlier batch that has not confirmed is lost, whoever saw
why.
"""

from __future__ import annotations

import fcntl
import json
import os
from typing import TYPE_CHECKING, Any

from .bundle import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from .bundle import Bundle

NAME = "ledger.jsonl"
BEGUN = "begun.json"

# The code of a host that could not be reached, where that is made a failure.
UNREACHABLE = "unreachable"

# Phases whose refusal means that the host did not make it.
_COUNTED = ("activate", "controller_health", "traffic", "confirm")


def append(directory: Path, *, host: str, phase: str, kind: str, text: str) -> None:
    """Add one event. Raises OSError."""
    line = json.dumps({"host": host, "phase": phase, "kind": kind, "text": text}, sort_keys=True) + "\n"
    fd = os.open(directory / NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        os.write(fd, line.encode())
    finally:
        os.close(fd)


def begin(bundle: Bundle, hosts: list[str]) -> None:
    """Note that a batch with these hosts begins."""
    write_atomically(bundle.directory / BEGUN, json.dumps(sorted({*_begun(bundle), *hosts})))


def _begun(bundle: Bundle) -> list[str]:
    try:
        return [str(host) for host in json.loads((bundle.directory / BEGUN).read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []


def unchanged(bundle: Bundle) -> list[str]:
    """The hosts of the run that no batch has held yet."""
    begun = set(_begun(bundle))
    return [host for host, entry in bundle.hosts.items() if host not in begun and entry.get("action") == "activate"]


def held(bundle: Bundle) -> list[str]:
    """The hosts that this run has left for a person."""
    return [host for host in bundle.hosts if bundle.result(host, "hold") is not None]


def _arrived(bundle: Bundle, host: str) -> bool:
    """True for a host that has confirmed, or waits for a person, or that had the release already."""
    if bundle.result(host, "confirm") is not None or bundle.result(host, "hold") is not None:
        return True
    return bool((bundle.result(host, "activate") or {}).get("outcome") == "unchanged")


def phases(bundle: Bundle) -> dict[str, set[str]]:
    """The phases in which each host went wrong, as Ansible saw it."""
    found: dict[str, set[str]] = {}
    for event in _events(bundle):
        found.setdefault(str(event["host"]), set()).add(str(event.get("phase")))
    return found


def _events(bundle: Bundle) -> list[dict[str, Any]]:
    """The lines of the ledger that are about hosts of this run."""
    found: list[dict[str, Any]] = []
    try:
        lines = (bundle.directory / NAME).read_text(encoding="utf-8").splitlines()
    except OSError:
        return found
    for line in lines:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and event.get("host") in bundle.hosts:
            found.append(event)
    return found


def lost(bundle: Bundle) -> dict[str, str]:
    """The hosts of the run that went wrong, each with its first reason; from all that is known of them."""
    found: dict[str, str] = {}
    for event in _events(bundle):
        host = str(event["host"])
        # A task of the load balancer's that was rescued by itself is no loss: the host went on and arrived.
        if event.get("kind") == "reverted" or not _arrived(bundle, host) or bundle.answer(host, "revert") is not None:
            found.setdefault(host, str(event.get("kind")))
    for host in bundle.hosts:
        for phase in _COUNTED:
            answer = bundle.answer(host, phase)
            if answer is not None and answer.get("ok") is not True:
                found.setdefault(host, str((answer.get("error") or {}).get("code") or "failed"))
    for host in _begun(bundle):
        if host in bundle.hosts and not _arrived(bundle, host):
            found.setdefault(host, "not confirmed")
    return found
