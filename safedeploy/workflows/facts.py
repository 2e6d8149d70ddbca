"""Facts of hosts, gathered by Ansible, only for the hosts whose templates need them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.host import Host
from safedeploy.core.plain_text import plain_text
from safedeploy.workflows.events import Phase
from safedeploy.workflows.playbook import run_playbook
from safedeploy.workflows.private_directory import private_directory
from safedeploy.workflows.session import Session


def gather(session: Session, hosts: Sequence[Host]) -> dict[str, dict[str, Any]]:
    """`{host: ansible_facts}`. Raises exit 9 when a host does not give its facts."""
    names = [host.name for host in hosts]
    with private_directory() as directory:
        (directory / "facts").mkdir(mode=0o700)
        result = run_playbook(session, "facts.yml", directory, names, phase=Phase.RENDER)
        facts: dict[str, dict[str, Any]] = {}
        for name in names:
            path = directory / "facts" / f"{name}.json"
            if path.exists():
                facts[name] = json.loads(path.read_text())
    lost = [name for name in names if name not in facts]
    if lost:
        raise SafedeployError(
            "facts-not-gathered",
            f"templates need facts of {', '.join(lost)}, which did not give them:\n"
            + session.hide(plain_text(result.stdout_tail)),
            next_step="Repair the access to these hosts, or leave them out with --limit.",
            exit_code=ExitCode.UNREACHABLE,
        )
    return facts
