"""Give the hosts' leases back. Best effort: a lease that cannot be given back expires by itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from safedeploy.workflows.bundle import token_of
from safedeploy.workflows.session import Session


def release_leases(session: Session, directory: Path, hosts: Sequence[str]) -> None:
    """Release every lease that this run's hosts gave out; hosts that gave none are left alone."""
    sites = json.loads((directory / "bundle.json").read_text())["hosts"]
    requests = {}
    for host in hosts:
        token = token_of(directory, host)
        if token is not None:
            requests[host] = {"site": sites[host]["site"], "token": token}
    if requests:
        session.fleet.call("release-lease", requests)
