"""What `drift --json` prints, and what a drift check leaves in files: plain data with a format and a version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from safedeploy.core.drift import Drift, DriftItem, DriftKind, HostDrift
from safedeploy.core.drift_seen import iso
from safedeploy.core.junit import Case


def drift_document(drift: Drift) -> dict[str, Any]:
    """`safedeploy drift --json`."""
    return {
        "format": "safedeploy-drift",
        "version": 1,
        "environment": drift.environment,
        "run": drift.run,
        "at": iso(drift.at),
        "seconds": round(drift.seconds, 3),
        "exit_code": int(drift.exit_code),
        "items": [_item(item) for item in drift.items],
        "undeployed": [{"host": one.host, "path": one.path, "text": one.text} for one in drift.undeployed],
        "unrendered": drift.unrendered or None,
        "hosts": {name: _host(host) for name, host in drift.hosts.items()},
        "unreachable": dict(drift.missing),
    }


def _item(item: DriftItem) -> dict[str, Any]:
    return {
        "fingerprint": item.fingerprint,
        "host": item.host,
        "kind": item.kind.value,
        "path": item.path,
        "severity": item.severity.value,
        "text": item.text,
        "changed": item.changed,
        "who": [{"source": hint.source, "at": hint.at, "text": hint.text} for hint in item.who],
        "diff": None if item.diff is None else {"text": item.diff.text, "note": item.diff.note},
        "fixable": item.fixable,
        "remedy": item.remedy,
    }


def _host(host: HostDrift) -> dict[str, Any]:
    return {
        "release": host.release,
        "known_good": host.known_good,
        "certificates": [
            {"path": one.path, "names": list(one.names), "not_after": iso(one.not_after)} for one in host.certificates
        ],
        "notes": list(host.notes),
    }


def cases(drift: Drift) -> list[Case]:
    """A test case for each host and kind, the same from check to check: what drifted failed, with all its paths."""
    found = [case for name, host in drift.hosts.items() for case in _cases(name, host)]
    for name, why in drift.missing.items():
        skipped = "the host was not read"
        found += [
            Case(name=kind.value, classname=name, error=why)
            if kind is DriftKind.UNREACHABLE
            else Case(name=kind.value, classname=name, skipped=skipped)
            for kind in DriftKind
        ]
    return found


def _cases(name: str, host: HostDrift) -> Iterator[Case]:
    for kind in DriftKind:
        items = [item for item in host.items if item.kind is kind]
        text = "\n\n".join(map(_told, items))
        yield Case(name=kind.value, classname=name, failure=text if items else None)


def _told(item: DriftItem) -> str:
    lines = [f"{item.path or item.host}: {item.text}"]
    lines += [f"changed: {item.changed}"] if item.changed else []
    lines += [f"perhaps ({hint.source}): {hint.text}" for hint in item.who]
    if item.diff is not None:
        lines += [text for text in (item.diff.text, item.diff.note) if text]
    lines += [f"to do: {item.remedy}"] if item.remedy else []
    return "\n".join(lines)
