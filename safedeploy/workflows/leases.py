"""The leases of a run: which it holds, and giving them back. Best effort: one that cannot be given back expires."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from safedeploy.adapters.ssh import Kind, Reply, Unreachable
from safedeploy.workflows.answers import read_answers, token_of
from safedeploy.workflows.session import Session


def held(directory: Path, hosts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """`{host: {site, token}}` of every lease that a host has given to this run and told it of."""
    sites = _sites(directory)
    tokens = {host: token_of(directory, host) for host in hosts}
    return {host: {"site": sites[host], "token": token} for host, token in tokens.items() if token is not None}


_NO_LEASE = ("lease-held", "pending-exists")
_TRIES = 2
_PATIENCE = 10.0  # seconds for hosts that may not even be there


def release_leases(session: Session, directory: Path, hosts: Sequence[str]) -> None:
    """Release every lease that the hosts gave to this run; hosts that refused one are left alone.

    A host may have given one without being heard, when the connection or Ansible's worker was lost, or the run was
    interrupted: those that did not say that they refused it are asked too.
    """
    known = held(directory, hosts)
    unsaid = [host for host in hosts if not _refused(read_answers(directory, host).prepare)]
    release_by_key(session, {host: item for host, item in _sites(directory).items() if host in {*known, *unsaid}})


def release_by_key(session: Session, sites: Mapping[str, Any]) -> None:
    """Release the leases that this run took on these hosts, whether or not it knows their tokens."""
    requests = {host: {"site": site, "key": session.identity.key} for host, site in sites.items()}
    for _ in range(_TRIES):
        if not requests:
            return
        replies = session.fleet.call("release-lease", requests, timeout=_PATIENCE)
        requests = {host: requests[host] for host, reply in replies.items() if _broke_off(reply)}


def _refused(prepared: Mapping[str, Any] | None) -> bool:
    """Whether the host has said that it gives this run no lease."""
    return ((prepared or {}).get("error") or {}).get("code") in _NO_LEASE


def _broke_off(reply: Reply) -> bool:
    """Whether a host was there, and its answer got lost: asking again may help."""
    return isinstance(reply, Unreachable) and reply.kind in (Kind.CLOSED, Kind.GARBAGE)


def _sites(directory: Path) -> dict[str, Any]:
    hosts = json.loads((directory / "bundle.json").read_text())["hosts"]
    return {host: item["site"] for host, item in hosts.items()}
