"""Rollback: a push whose content is a release that the hosts have stored.

It is asked for by a person and goes through plan, preflight, health checks and confirmation like any push.
"""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Mapping
from typing import Any

from safedeploy.adapters.ssh import Answer, Refusal, Reply
from safedeploy.core.diff import MAX_DIFF_BYTES
from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.tree import Kind, RenderedTree, tree_from_json
from safedeploy.workflows.desired import Desired
from safedeploy.workflows.observe import Seen
from safedeploy.workflows.session import Session


def stored(
    session: Session, desired: Mapping[str, Desired], seen: Seen, release: str | Mapping[str, str] | None
) -> dict[str, Desired]:
    """What every host should have after the rollback; content that only the host has is fetched for the diffs.

    `release` is that of all hosts or that of each; None: of each the known-good before the present one.
    `desired` lends the sites and health checks of the present configuration, and not what it declares to change.
    Raises SafedeployError when a host has no such release, or no release to go back to.
    """
    targets: dict[str, str | None] = {
        host: release[host] if isinstance(release, Mapping) else release or observed.previous_known_good()
        for host, observed in seen.hosts.items()
    }
    without = sorted(host for host, target in targets.items() if target is None)
    if without:
        raise SafedeployError(
            "no-previous-release",
            f"no release before the present one is stored on {', '.join(without)}",
            next_step="`safedeploy status` lists what each host has; push the configuration that you want instead.",
            exit_code=ExitCode.REFUSED,
        )
    replies = session.fleet.call(
        "read", {host: {"site": desired[host].site, "release": target} for host, target in targets.items()}
    )
    manifests = {host: _manifest(host, targets[host], reply, seen) for host, reply in replies.items()}
    return {host: _with_content(session, desired[host], host, manifest, seen) for host, manifest in manifests.items()}


def only_from(seen: Seen, release: str) -> Seen:
    """The hosts whose present release is this one. Raises SafedeployError `release-not-present` when there are none."""
    hosts = {host: observed for host, observed in seen.hosts.items() if observed.current == release}
    if hosts:
        return dataclasses.replace(seen, hosts=hosts)
    present = sorted({str(observed.current or "no release yet") for observed in seen.hosts.values()})
    raise SafedeployError(
        "release-not-present",
        f"no host has release {release} any more; they have: {', '.join(present)}",
        next_step="Nothing is to be taken back; `safedeploy status` tells what each host has.",
        exit_code=ExitCode.REFUSED,
    )


def _manifest(host: str, release: str | None, reply: Reply, seen: Seen) -> dict[str, Any]:
    if isinstance(reply, Answer):
        return {key: value for key, value in reply.result.items() if key != "effective"}
    known = ", ".join(str(item["release"]) for item in seen.hosts[host].releases) or "none"
    if isinstance(reply, Refusal) and reply.code == "no-such-release":
        raise SafedeployError(
            "no-such-release",
            f"{host} has no release {release}; it has: {known}",
            next_step="Choose one of the releases named above, or push the configuration that you want.",
            exit_code=ExitCode.REFUSED,
        )
    reason = reply.message if isinstance(reply, Refusal) else reply.reason
    raise SafedeployError(
        "host-unreachable",
        f"{host} did not give its release {release}: {reason}",
        next_step="Repair the access to the host, or leave it out with --limit.",
        exit_code=ExitCode.UNREACHABLE,
    )


def _with_content(session: Session, base: Desired, host: str, manifest: dict[str, Any], seen: Seen) -> Desired:
    entries = tree_from_json(manifest["entries"])
    observed = seen.hosts[host]
    wanted = sorted(
        {
            str(entry.sha256)
            for path, entry in {**observed.adopted, **entries}.items()
            if entry.kind is Kind.FILE and observed.live.get(path) != entry
        }
    )
    content: dict[str, bytes] = {}
    if wanted:
        request = {"site": base.site, "sha256": wanted, "max_bytes": MAX_DIFF_BYTES}
        reply = session.fleet.call("content", {host: request})[host]
        if isinstance(reply, Answer):
            content = {sha256: base64.b64decode(text) for sha256, text in reply.result["content"].items()}
    tree = RenderedTree(host=host, entries=entries, content=content, origin={}, secret_paths=base.tree.secret_paths)
    services = manifest.get("services") or {}
    # What the present configuration declares to change is not so before it.
    return dataclasses.replace(
        base, tree=tree, release=str(manifest["release"]), manifest=manifest, services=services, expect=()
    )
