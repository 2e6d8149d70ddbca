"""The bundle: a private directory with all that the playbooks need. answers.py reads what they leave there.

Format: docs/architecture.md, section 5. No content travels in Ansible variables.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safedeploy.adapters.ansible.render import Probed
from safedeploy.core.acceptance import Acceptance
from safedeploy.core.gate import TooLittle, looks
from safedeploy.core.masking import Masker
from safedeploy.core.observed import Pending
from safedeploy.core.plan import HostPlan, likely_missing
from safedeploy.core.policy import Probing
from safedeploy.core.policy import Rollout as RolloutPolicy
from safedeploy.core.room import Room
from safedeploy.core.tree import tree_to_json
from safedeploy.workflows.desired import Desired
from safedeploy.workflows.planning import masker_of
from safedeploy.workflows.session import Session


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What holds for one run beside its policy. `attended`: a person is there, and can be asked."""

    acceptance: Acceptance = field(default_factory=Acceptance)
    room: Room | None = None
    allow_restart: bool = False
    attended: bool = False


def write_bundle(
    session: Session,
    directory: Path,
    *,
    desired: Mapping[str, Desired],
    plans: Mapping[str, HostPlan],
    provenance: Mapping[str, Any],
    terms: Terms,
) -> None:
    """Fill `directory` with the documents of docs/architecture.md, section 5.

    What a person accepted goes into the provenance of every manifest, a stored release's too: it is the record.
    """
    rollout, masker = session.policy.rollout, masker_of(desired)
    for name in ("manifests", "objects", "results"):
        (directory / name).mkdir(mode=0o700, exist_ok=True)
    shutil.copyfile(session.agent.path, directory / "agent.pyz")
    for host in plans:
        item = desired[host]
        for sha256, content in item.tree.content.items():
            _write(directory / "objects" / sha256, content)
        manifest = dict(item.manifest or _manifest(session, item, plans[host], provenance))
        if terms.acceptance.ids:
            manifest["provenance"] = {**manifest["provenance"], "accepted": terms.acceptance.to_json()}
        _write_json(directory / "manifests" / f"{host}.json", manifest)
    _write_json(
        directory / "bundle.json",
        {
            **_of_run(session, terms.acceptance.reason),
            "policy": {
                "confirm_window": rollout.confirm_window,
                "hold_window": rollout.hold_window,
                "bake": rollout.bake,
                "keep": rollout.keep,
                "lease_ttl": rollout.lease_ttl,
                "error_budget": rollout.error_budget,
                "allow_restart": terms.allow_restart or rollout.allow_restart,
                "probing": _probing(session.policy.preflight),
                "accept": list(terms.acceptance.ids),
                "gate": _gate(rollout, attended=terms.attended),
                "service": _service(session),
                "room": None if terms.room is None else terms.room.to_json(),
            },
            "hosts": {host: _host(desired[host], plan, masker) for host, plan in plans.items()},
        },
    )


def write_decision(
    session: Session, directory: Path, probed: Mapping[str, Probed], pending: Mapping[str, Pending], reason: str
) -> None:
    """Fill `directory` with what confirm.yml reads: the pending activations and how to ask the services."""
    (directory / "results").mkdir(mode=0o700, exist_ok=True)
    shutil.copyfile(session.agent.path, directory / "agent.pyz")
    rollout = session.policy.rollout
    hosts = {
        host: {
            "site": probed[host].site,
            "health": probed[host].health,
            "controller_health": probed[host].controller_health,
            "confidential": Masker(probed[host].secrets).found_in([probed[host].site, probed[host].health]),
            "release": one.release,
            "activation": one.activation,
            "action": "activate",
        }
        for host, one in pending.items()
    }
    policy = {"keep": rollout.keep, "lease_ttl": rollout.lease_ttl, "error_budget": rollout.error_budget}
    document = {**_of_run(session, reason), "policy": policy, "hosts": hosts}
    _write_json(directory / "bundle.json", document)


def write_undrain(session: Session, directory: Path, sites: Mapping[str, Any]) -> None:
    """Fill `directory` with what undrain.yml reads, for hosts that an earlier run left out of service."""
    (directory / "results").mkdir(mode=0o700, exist_ok=True)
    shutil.copyfile(session.agent.path, directory / "agent.pyz")
    rollout = session.policy.rollout
    policy = {"lease_ttl": rollout.lease_ttl, "error_budget": rollout.error_budget, "service": _service(session)}
    hosts = {host: {"site": site, "action": "none", "activation": None} for host, site in sites.items()}
    document = {**_of_run(session, "undrain"), "policy": policy, "hosts": hosts}
    _write_json(directory / "bundle.json", document)


def _service(session: Session) -> dict[str, Any] | None:
    """How hosts are taken out of service and put back, with paths that hold wherever a playbook lies."""
    rollout = session.policy.rollout
    if rollout.drain is None or rollout.undrain is None:
        return None
    project = session.target.project.absolute()
    return {
        "drain": str(project / Path(rollout.drain).expanduser()),
        "undrain": str(project / Path(rollout.undrain).expanduser()),
        "drain_timeout": rollout.drain_timeout,
        "undrain_timeout": rollout.undrain_timeout,
    }


def _of_run(session: Session, reason: str) -> dict[str, Any]:
    return {
        "schema": 1,
        "run": session.identity.run,
        "actor": session.identity.actor,
        "key": session.identity.key,
        "reason": reason,
        "command": session.command,
        "environment": session.target.environment,
        "agent": {"sha256": session.agent.sha256, "file": "agent.pyz"},
    }


def _gate(rollout: RolloutPolicy, *, attended: bool) -> dict[str, Any] | None:
    """When the traffic of a batch is looked at, and by which rules; None when it never is."""
    gate, when = rollout.gate, looks(rollout.gate, rollout.bake)
    if not when:
        return None
    nobody = gate.too_little is TooLittle.ASK and not attended
    return {
        "errors": gate.errors.value,
        "latency": gate.latency.value,
        "signatures": gate.signatures.value,
        "too_little": "stop" if nobody else gate.too_little.value,
        "before": gate.before,
        "min_requests": gate.min_requests,
        "min_increase": gate.min_increase,
        "looks": [look.to_json() for look in when],
    }


def _probing(policy: Probing) -> dict[str, Any]:
    return {
        "shadow": policy.shadow,
        "without_namespaces": policy.without_namespaces.value,
        "sample": policy.sample,
        "max": policy.max_probes,
        "at_once": policy.at_once,
        "rate": policy.rate,
        "seconds": policy.seconds,
        "memory": policy.memory,
    }


def _host(item: Desired, plan: HostPlan, masker: Masker) -> dict[str, Any]:
    return {
        "site": item.site,
        "release": plan.release,
        "tree": plan.tree,
        "expect_live": plan.expect_live,
        # A release that the host had is stored there.
        "likely": [] if item.manifest else likely_missing(plan, item.tree.content),
        "health": list(item.health),
        "controller_health": list(item.controller_health),
        "confidential": masker.found_in([item.site, item.health]),
        "expect": list(item.expect),
        # A stored release that a person wants back: it may lack what the present one has.
        "going_back": item.manifest is not None,
        "action": "activate" if plan.verdict.acts else "none",
        "why": plan.reason,
        "activation": None,
    }


def _manifest(session: Session, item: Desired, plan: HostPlan, provenance: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "schema": 1,
        "release": plan.release,
        "tree": plan.tree,
        "created": session.identity.started.isoformat(timespec="seconds"),
        "provenance": dict(provenance),
        "entries": tree_to_json(item.tree.entries),
        **({"services": dict(item.services)} if item.services else {}),
    }


def _write(path: Path, content: bytes) -> None:
    if path.exists():
        return
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    _write(path, json.dumps(value, sort_keys=True).encode())
