"""What the playbooks leave in the bundle: each host's own answers, what Ansible saw, and the verdicts on traffic.

Format: docs/architecture.md, section 5. A file that is missing or damaged is no answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from safedeploy.core.outcome import Answers


def read_answers(directory: Path, host: str) -> Answers:
    """What the host's agent answered in each phase, and what Ansible saw of the host."""
    phases = (
        "prepare",
        "preflight",
        "activate",
        "controller_health",
        "traffic",
        "take",
        "confirm",
        "revert",
        "undrain",
    )
    seen = _ledger(directory).get(host) or [None]
    return Answers(**{phase: _result(directory, host, phase) for phase in phases}, seen=seen[0], seen_last=seen[-1])


def token_of(directory: Path, host: str) -> str | None:
    """The lease token that the host gave to this run."""
    answer = _result(directory, host, "prepare") or {}
    result = answer.get("result")
    token = result.get("token") if isinstance(result, dict) else None
    return str(token) if token is not None else None


def _result(directory: Path, host: str, phase: str) -> dict[str, Any] | None:
    try:
        value = json.loads((directory / "results" / f"{host}.{phase}.json").read_text())
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def _ledger(directory: Path) -> dict[str, list[str | None]]:
    """What went wrong on each host, as Ansible saw it, in its order."""
    found: dict[str, list[str | None]] = {}
    try:
        lines = (directory / "ledger.jsonl").read_text().splitlines()
    except OSError:
        return found
    for line in lines:
        try:
            item = json.loads(line)
        except ValueError:
            continue
        found.setdefault(str(item.get("host")), []).append(f"{item.get('kind')}: {item.get('text')}")
    return found


def read_traffic(directory: Path, hosts: Iterable[str]) -> list[Mapping[str, Any]]:
    """The verdicts on the traffic of batches, one for each batch, as the playbook wrote them."""
    found: dict[str, Mapping[str, Any]] = {}
    for host in hosts:
        answer = _result(directory, host, "traffic") or {}
        detail = (answer.get("error") or {}).get("detail") or {}
        record = answer.get("result") or detail.get("traffic")
        if isinstance(record, dict):
            found.setdefault(json.dumps(record.get("hosts")), record)
    return list(found.values())


def held_hosts(directory: Path, hosts: Iterable[str]) -> tuple[str, ...]:
    """The hosts that the playbook has left for a person."""
    return tuple(host for host in hosts if (_result(directory, host, "hold") or {}).get("ok") is True)
