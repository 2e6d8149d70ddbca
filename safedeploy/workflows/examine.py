"""Ask the hosts what the candidate would mean to their httpd, for the plan: configtest and effective configuration.

Read only, over the connections that observed the hosts. A host that cannot be asked costs nothing but its answer: why
there is none stands in it. Bounded in time and in what is sent.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from safedeploy.adapters.ssh import Answer, Refusal, Reply
from safedeploy.core import counted
from safedeploy.core.examined import Examined, examined_from_json
from safedeploy.core.plan import HostPlan, Verdict
from safedeploy.core.tree import Kind, tree_to_json
from safedeploy.core.trial import Hide
from safedeploy.workflows.desired import Desired
from safedeploy.workflows.events import Phase
from safedeploy.workflows.planning import FleetPlan, masker_of
from safedeploy.workflows.session import Session

SECONDS = 20.0
MOST_BYTES = 16 * 1024 * 1024


def examine(session: Session, plan: FleetPlan, desired: Mapping[str, Desired]) -> FleetPlan:
    """The same plan with the answer of every host that would change."""
    changing = {host: item for host, item in plan.hosts.items() if item.verdict is Verdict.CHANGE}
    if not changing:
        return plan
    session.events.phase(Phase.EXAMINE, counted.hosts(len(changing)))
    found: dict[str, Examined] = {}
    requests: dict[str, Mapping[str, Any]] = {}
    for host, item in changing.items():
        contents = _contents(item, desired[host])
        if contents is None:
            found[host] = Examined(why=f"its changed files have more than {MOST_BYTES // 2**20} MiB")
            continue
        requests[host] = {
            "site": desired[host].site,
            "entries": tree_to_json(desired[host].tree.entries),
            "objects": {sha256: base64.b64encode(content).decode("ascii") for sha256, content in contents.items()},
        }
    hide = masker_of(desired).text
    timeout = min(SECONDS, session.policy.ssh.command_timeout)
    for host, reply in session.fleet.call("examine", requests, timeout=timeout).items():
        found[host] = _examined(reply, hide)
    return replace(plan, examined={host: found[host] for host in changing})


def _contents(item: HostPlan, desired: Desired) -> dict[str, bytes] | None:
    """The content of every file that changes, by digest; None when that is too much. What the host has is left out."""
    wanted = {str(action.after.sha256) for action in item.changes if action.after.kind is Kind.FILE}
    contents = {sha256: desired.tree.content[sha256] for sha256 in sorted(wanted) if sha256 in desired.tree.content}
    return contents if sum(map(len, contents.values())) <= MOST_BYTES else None


def _examined(reply: Reply, hide: Hide) -> Examined:
    if isinstance(reply, Answer):
        try:
            return examined_from_json(reply.result, hide)
        except (TypeError, ValueError, AttributeError, KeyError, IndexError, OverflowError):
            return Examined(why="its answer is not understood")
    if isinstance(reply, Refusal):
        return Examined(why=hide(reply.message))
    return Examined(why=hide(reply.reason))
