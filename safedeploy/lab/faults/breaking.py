"""Starts and stops faults. The promise: after `stop` a host's files are what they were, to the byte, and it serves.

Whatever a fault does is one of three things: files that are kept in an archive first; processes, mounts, limits and
routes of a host, which end with a reboot of it; visitors, which are processes of the machine. So `stop` needs to know
nothing of the fault, of how far its start came, or of what a person repaired meanwhile.
"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from safedeploy.core.errors import SafedeployError
from safedeploy.lab import visiting
from safedeploy.lab.commands import lab_error
from safedeploy.lab.faults import kept_files, record
from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.names import Mode
from safedeploy.lab.processes import wait_until
from safedeploy.lab.traffic import ROUTES, ask

if TYPE_CHECKING:
    from safedeploy.lab.faults.fault import Fault
    from safedeploy.lab.fleet import Lab

SERVES_WITHIN = 20.0


def start(fault: Fault, lab: Lab, hosts: tuple[str, ...], *, keep_all: bool) -> None:
    """Break these hosts of the lab, or all. SafedeployError `fault-on-already`, `-on-unwell`, `-needs-namespaces`."""
    chosen = tuple(lab.host(name).name for name in hosts) or tuple(host.name for host in lab.hosts)
    _require_ground(fault, lab)
    if other := record.read(lab.directory):
        raise _on_already(lab, other)
    _require_well(lab, chosen)
    kept = tuple(host.name for host in lab.hosts) if keep_all else chosen
    since = datetime.now(UTC).isoformat(timespec="seconds")
    broken = record.Broken(fault=fault.name, hosts=chosen, kept=kept, since=since)
    if not record.claim(lab.directory, broken):
        raise _on_already(lab, record.read(lab.directory) or broken)
    try:
        for name in kept:
            kept_files.keep(lab, name)
        for name in chosen:
            fault.begin(Scene(lab, name))
    except BaseException:
        stop(lab)
        raise


def _on_already(lab: Lab, other: record.Broken) -> SafedeployError:
    return lab_error(
        "fault-on-already",
        f"Lab {lab.name!r} is broken already, since {other.since}.",
        next_step="End that drill first: `safedeploy lab drill end`.",
    )


def _require_well(lab: Lab, names: tuple[str, ...]) -> None:
    for name in names:
        if problem := _problem(lab, name):
            raise lab_error(
                "fault-on-unwell",
                f"Host {name} is not well as it is, so nothing more was broken: {problem}",
                next_step="Repair it first, or run `safedeploy lab down` and then up.",
            )


def _require_ground(fault: Fault, lab: Lab) -> None:
    if fault.needs_namespaces and lab.state.mode != Mode.NAMESPACES:
        raise lab_error(
            "fault-needs-namespaces",
            f"The fault {fault.name} needs hosts with a network and mounts of their own; "
            f"those of lab {lab.name!r} are on ports of 127.0.0.1.",
            next_step="Choose another fault, or start a lab as root: `safedeploy lab up --mode namespaces`.",
        )


def stop(lab: Lab) -> bool:
    """Undo the fault that is on; False when none is. SafedeployError `fault-stays`."""
    broken = record.read(lab.directory)
    if broken is None:
        return False
    from safedeploy.lab.faults.registry import FAULTS  # noqa: PLC0415 - the registry knows all that begin here

    visiting.stop(lab.directory, broken.fault)
    fault = FAULTS.get(broken.fault)
    for name in broken.kept:
        if not lab.running(name):
            lab.boot(name)
        elif fault is not None and name in broken.hosts:
            fault.end(Scene(lab, name))
        kept_files.put_back(lab, name)  # first: what boots is the host as it was
        lab.reboot(name)
    for name in broken.kept:
        _require_served(lab, name)
    record.forget(lab.directory)
    return True


def _problem(lab: Lab, name: str) -> str:
    """What visitors of the lab's own sites meet on a host, or an empty text."""
    if not lab.running(name):
        return "it is off"
    tls = ssl.create_default_context(cafile=str(lab.certificate))
    return "; ".join(f"{route}: {why}" for route in ROUTES if (why := ask(lab.host(name), route, tls)))


def _require_served(lab: Lab, name: str) -> None:
    if not wait_until(lambda: not _problem(lab, name), seconds=SERVES_WITHIN, pause=0.05):
        raise kept_files.stays(name, f"it is as it was before, but does not serve: {_problem(lab, name)}")
