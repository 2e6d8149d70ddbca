"""A plan in a file: saved by `plan --out`, and held against the hosts by `push --plan`.

The file holds digests and masked diffs, never content: the push renders again and refuses when anything is different.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.plan import changed_since, services_changed_since
from safedeploy.workflows.planning import FleetPlan

FORMAT = "safedeploy-plan"
VERSION = 1


def save(path: Path, document: Mapping[str, Any]) -> None:
    """Write the plan's JSON document to a new or existing file, readable by its owner alone.

    Raises SafedeployError when the file cannot be written.
    """
    text = json.dumps(document, indent=2, sort_keys=True) + "\n"
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        beside.replace(path)
    except OSError as error:
        raise SafedeployError(
            "plan-not-saved",
            f"the plan could not be written to {path}: {error.strerror}",
            next_step="Give --out a path in a directory that exists and that you may write to.",
            exit_code=ExitCode.USAGE,
        ) from error


def load(path: Path) -> dict[str, Any]:
    """Read a saved plan. Raises SafedeployError when it is missing or not a plan of this version."""
    try:
        value = json.loads(path.read_text())
    except OSError as error:
        raise _unusable(path, f"could not be read: {error.strerror}") from error
    except ValueError as error:
        raise _unusable(path, "is not JSON") from error
    if not isinstance(value, dict) or value.get("format") != FORMAT or value.get("version") != VERSION:
        raise _unusable(path, f"is not a {FORMAT} file of version {VERSION}")
    if not isinstance(value.get("hosts"), dict):
        raise _unusable(path, "has no hosts")
    return value


def _unusable(path: Path, why: str) -> SafedeployError:
    return SafedeployError(
        "plan-file-invalid",
        f"the plan file {path} {why}",
        next_step="Make it again with `safedeploy plan ENV --out FILE`.",
        exit_code=ExitCode.USAGE,
    )


def require_same(saved: Mapping[str, Any], plan: FleetPlan) -> None:
    """Raise exit 4 when the rendering or a host has changed since the plan was saved."""
    planned = {host: (str(item["tree"]), str(item["expect_live"])) for host, item in saved["hosts"].items()}
    services = {host: str(item.get("services") or "") for host, item in saved["hosts"].items()}
    reasons = [*changed_since(planned, plan.hosts), *services_changed_since(services, plan.hosts)]
    if saved.get("environment") != plan.environment:
        reasons.insert(0, f"the plan is for {saved.get('environment')}, not for {plan.environment}")
    if not reasons:
        return
    raise SafedeployError(
        "plan-out-of-date",
        "the saved plan no longer holds:\n" + "\n".join(f"  {reason}" for reason in reasons),
        next_step="Make a new plan with `safedeploy plan ENV --out FILE`, read it, and push that.",
        exit_code=ExitCode.REFUSED,
    )
