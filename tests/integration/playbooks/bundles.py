"""Bundles as the workflows write them (docs/architecture.md, section 5), small enough to read."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safedeploy.adapters import agent_file
from safedeploy.core.layouts import LAYOUTS
from safedeploy.core.tree import Entry, Kind, release_id, tree_digest, tree_to_json

OWNER = {"mode": "0644", "owner": "root", "group": "root"}


@dataclass(kw_only=True)
class Plan:
    """What one host is to get: content by path, checks, and what the bundle says of it beside.

    `likely` says that the host most likely lacks the contents.
    """

    files: Mapping[str, str]
    site: Mapping[str, Any] = field(default_factory=dict)
    health: list[dict[str, Any]] = field(default_factory=list)
    controller_health: list[dict[str, Any]] = field(default_factory=list)
    action: str = "activate"
    likely: bool = False


def write_bundle(directory: Path, plans: Mapping[str, Plan], *, run: str = "run-1", **policy: Any) -> Path:
    """Write a bundle into `directory` and return it."""
    agent = agent_file.build()
    for name in ("manifests", "objects", "results", "facts"):
        (directory / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(agent.path, directory / "agent.pyz")
    trees = {}
    for host, plan in plans.items():
        trees[host] = {}
        for path, text in plan.files.items():
            content = text.encode()
            digest = hashlib.sha256(content).hexdigest()
            (directory / "objects" / digest).write_bytes(content)
            trees[host][path] = Entry(kind=Kind.FILE, sha256=digest, size=len(content), **OWNER)
    release = release_id({host: tree_digest(tree) for host, tree in trees.items()})
    for host, tree in trees.items():
        manifest = {
            "schema": 1,
            "release": release,
            "tree": tree_digest(tree),
            "created": "2026-01-01T00:00:00+00:00",
            "provenance": {},
            "entries": tree_to_json(tree),
        }
        (directory / "manifests" / f"{host}.json").write_text(json.dumps(manifest))
    defaults = {
        "confirm_window": 60,
        "bake": 0,
        "keep": 5,
        "lease_ttl": 300,
        "error_budget": 0,
        "allow_restart": False,
        # The brakes of a rollout are for what pre-flight let through, so it is made to.
        "probing": {"shadow": False},
        "accept": ["all"],
    }
    document = {
        "schema": 1,
        "run": run,
        "actor": "tester",
        "reason": "a test",
        "environment": "lab",
        "release": release,
        "agent": {"sha256": agent.sha256, "file": "agent.pyz"},
        "policy": defaults | policy,
        "hosts": {
            host: {
                "site": LAYOUTS["debian"].site(plan.site),
                "tree": tree_digest(trees[host]),
                "expect_live": None,
                "likely": [entry.sha256 for entry in trees[host].values()] if plan.likely else [],
                "health": plan.health,
                "controller_health": plan.controller_health,
                "action": plan.action,
                "why": "it has the release already" if plan.action == "none" else "",
                "activation": None,
            }
            for host, plan in plans.items()
        },
    }
    (directory / "bundle.json").write_text(json.dumps(document))
    return directory


def answers(directory: Path) -> dict[str, Any]:
    """Every answer in the bundle, by `host.phase`."""
    return {path.stem: json.loads(path.read_text()) for path in sorted((directory / "results").glob("*.json"))}


def ledger(directory: Path) -> list[dict[str, Any]]:
    """The lines of the ledger."""
    path = directory / "ledger.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
