"""The leases of a run: which it holds, and giving them back. Best effort: one that cannot be given back expires."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from safedeploy.workflows.bundle import read_answers, token_of
from safedeploy.workflows.session import Session


def held(directory: Path, hosts: Sequence[str]) -> dict[str, dict[str, Any]]:
    """`{host: {site, token}}` of every lease that a host has given to this run and told it of."""
    sites = _sites(directory)
    tokens = {host: token_of(directory, host) for host in hosts}
    return {host: {"site": sites[host], "token": token} for host, token in tokens.items() if token is not None}


def release_leases(session: Session, directory: Path, hosts: Sequence[str], *, interrupted: bool = False) -> None:
    """Release every lease that the hosts gave to this run; hosts that gave none are left alone.

    After an interruption a host may have given one without being heard: those that said nothing are asked too.
    """
    known = held(directory, hosts)
    silent = [host for host in hosts if interrupted and read_answers(directory, host).prepare is None]
    release_by_key(session, {host: item for host, item in _sites(directory).items() if host in {*known, *silent}})


def release_by_key(session: Session, sites: Mapping[str, Any]) -> None:
    """Release the leases that this run took on these hosts, whether or not it knows their tokens."""
    if sites:
        requests = {host: {"site": site, "key": session.identity.key} for host, site in sites.items()}
        session.fleet.call("release-lease", requests)


def _sites(directory: Path) -> dict[str, Any]:
    hosts = json.loads((directory / "bundle.json").read_text())["hosts"]
    return {host: item["site"] for host, item in hosts.items()}
