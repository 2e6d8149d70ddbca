"""Put hosts back into service that a run took out of it: at the end of that run, or later by a command.

The load balancer is Ansible's, by the tasks that safedeploy.yml names. What is left out of service is told by the
hosts' own record.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safedeploy.adapters.ansible.render import Renderer
from safedeploy.core import counted
from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.core.observed import Observed
from safedeploy.core.service import left_out, not_well
from safedeploy.workflows.answers import read_answers
from safedeploy.workflows.bundle import write_undrain
from safedeploy.workflows.events import Phase
from safedeploy.workflows.interrupt import Interrupt
from safedeploy.workflows.leases import release_by_key
from safedeploy.workflows.observe import Seen, observe
from safedeploy.workflows.playbook import last_words, run_playbook
from safedeploy.workflows.private_directory import private_directory
from safedeploy.workflows.session import Session


@dataclass(frozen=True, kw_only=True)
class Drained:
    """The hosts that are out of service: `sites` and `seen` of every host, `hosts` those with a record."""

    sites: Mapping[str, Any]
    seen: Seen
    hosts: Mapping[str, Observed]


def put_back(session: Session, directory: Path, hosts: Collection[str]) -> dict[str, str]:
    """Run undrain.yml on hosts that are well, with the bundle in `directory`; `{host: why}` of those that stay out."""
    session.events.phase(Phase.UNDRAIN, counted.hosts(len(hosts)))
    trouble = ""
    try:
        result = run_playbook(session, "undrain.yml", directory, list(hosts), phase=Phase.UNDRAIN)
        trouble = last_words(result) if result.rc else ""
    except Exception as error:  # noqa: BLE001 - whatever breaks here, the ends of the hosts must be told
        trouble = f"{type(error).__name__}: {error}"
    answers = {host: read_answers(directory, host) for host in hosts}
    return left_out({host: one.undrain for host, one in answers.items()}, _seen(answers), trouble, session.hide)


def _seen(answers: Mapping[str, Any]) -> dict[str, str]:
    """The last thing that went wrong on each host, as Ansible saw it."""
    return {host: one.seen_last for host, one in answers.items() if one.seen_last}


def find(session: Session) -> Drained:
    """Read every host, and find those that are out of service."""
    renderer = Renderer(session.target.project, session.policy, session.inventory)
    sites = {host.name: renderer.site(host) for host in session.hosts}
    seen = observe(session, sites)
    return Drained(sites=sites, seen=seen, hosts={host: one for host, one in seen.hosts.items() if one.drained})


def undrain(session: Session, found: Drained) -> dict[str, str]:
    """Put the hosts of `found` that are well back into service; `{host: why}` of those that stay out.

    Raises SafedeployError (`no-undrain-tasks`) when safedeploy.yml names no tasks for it.
    """
    if session.policy.rollout.undrain is None:
        raise SafedeployError(
            "no-undrain-tasks",
            f"{counted.hosts(len(found.hosts))} of {session.target.environment} recorded that they are out of service, "
            "and rollout.undrain names no tasks that put them back",
            state="No configuration was changed on any host.",
            next_step="Name the tasks in safedeploy.yml, then run the command again.",
        )
    ill = {host: why for host, one in found.hosts.items() if (why := not_well(one))}
    well = {host: found.sites[host] for host in found.hosts if host not in ill}
    if not well:
        return ill
    with Interrupt() as interrupt, interrupt.shield(), private_directory() as directory:
        write_undrain(session, directory, well)
        try:
            left = put_back(session, directory, list(well))
        finally:
            release_by_key(session, well)
    return {**ill, **left}


def exit_code(left: Mapping[str, str], found: Drained) -> ExitCode:
    """0 when nothing is out of service any more, 7 when something is, 9 when a host could not be read."""
    if left:
        return ExitCode.STRANDED
    return ExitCode.UNREACHABLE if found.seen.missing else ExitCode.OK
