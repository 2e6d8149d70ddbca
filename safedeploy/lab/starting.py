"""How a lab comes up. Whatever interrupts it, what was made so far is removed again."""

from __future__ import annotations

import json
import os
import re
import secrets
from datetime import UTC, datetime
from pathlib import Path

from safedeploy.core.errors import SafedeployError
from safedeploy.lab import ability, addresses, ending, inventory, material, sshd, state
from safedeploy.lab.commands import lab_error
from safedeploy.lab.grounds import ground
from safedeploy.lab.loopback_host import LoopbackHosts
from safedeploy.lab.names import Mode, checked_count
from safedeploy.lab.namespace_host import NamespaceHosts
from safedeploy.lab.state import LabState


def up(directory: Path, name: str, count: int, mode: Mode) -> bool:
    """Bring the lab up; False when it was up already. Raises SafedeployError, with nothing left of a new lab."""
    checked_count(count)
    _check_path(directory)
    with state.locked(directory):
        known = state.read(directory)
        if known is not None and known.phase == "up":
            _check_same(known, count, mode)
            _boot_dead(directory, known)
            return False
        ending.clear(directory)
        try:
            _bring_up(directory, _begin(directory, name, mode), count)
        except BaseException:
            ending.clear(directory)
            ending.remove(directory)
            raise
        return True


def _check_path(directory: Path) -> None:
    """The path stands in configuration files of OpenSSH, Apache and Ansible, which quote in different ways."""
    if not re.fullmatch(r"[\w./@+-]+", str(directory)):
        raise lab_error(
            "lab-bad-directory",
            f"The lab's state directory {str(directory)!r} has characters that configuration files would need quoted.",
            next_step="Set SAFEDEPLOY_LAB_DIR to a path of letters, digits and ._/@+-.",
        )


def _check_same(known: LabState, count: int, mode: Mode) -> None:
    if len(known.hosts) != count:
        wrong = f"{len(known.hosts)} hosts, not {count}"
    elif mode not in (Mode.AUTO, known.mode):
        wrong = f"mode {known.mode}, not {mode}"
    else:
        return
    raise lab_error(
        "lab-differs",
        f"Lab {known.name!r} is up with {wrong}.",
        next_step=f"Run `safedeploy lab down --name {known.name}` first, or choose another --name.",
    )


def _boot_dead(directory: Path, known: LabState) -> None:
    dead = [host.name for host in known.hosts if not ground(directory, known).is_on(host.name)]
    if dead:
        for name in dead:
            ground(directory, known).stop(name)
        processes = {**known.processes, **ground(directory, known).start(dead, strict=False)}
        state.write(directory, known.but(processes=processes))


def _begin(directory: Path, name: str, mode: Mode) -> LabState:
    """Decide the mode and write down that a lab begins here."""
    why_not = None if mode is Mode.LOOPBACK else ability.why_no_namespaces()
    if mode is Mode.NAMESPACES and why_not:
        ability.require_packages(namespaces=True)
        raise lab_error(
            "lab-no-namespaces",
            f"Hosts cannot be namespaces on this machine: {why_not}.",
            next_step="Run it as root on a machine that allows namespaces, or with --mode loopback.",
        )
    chosen = Mode.NAMESPACES if mode is not Mode.LOOPBACK and why_not is None else Mode.LOOPBACK
    reason = (
        "asked for" if mode is not Mode.AUTO else (f"no namespaces: {why_not}" if why_not else "the machine allows it")
    )
    ability.require_packages(namespaces=chosen is Mode.NAMESPACES)
    begun = LabState(
        name=name,
        ident=secrets.token_hex(8),
        mode=str(chosen),
        reason=reason,
        phase="starting",
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    state.write_private(directory / state.IDENT_FILE, begun.ident + "\n")
    state.write(directory, begun)
    return begun


def _bring_up(directory: Path, begun: LabState, count: int) -> None:
    planned = (
        _with_network(begun, count) if begun.mode == Mode.NAMESPACES else LoopbackHosts.planned(directory, begun, count)
    )
    state.write(directory, planned)
    hosts = ground(directory, planned)
    made = material.make(directory, planned.hosts)
    keys = [(host, hosts.make(host, made)) for host in planned.hosts]
    (directory / sshd.KNOWN_HOSTS).write_text(sshd.known_hosts(keys))
    (directory / sshd.SSH_CONFIG).write_text(sshd.client_config(directory, planned.hosts))
    listing = json.dumps(inventory.document(planned.hosts, directory), indent=1)
    (directory / inventory.INVENTORY).write_text(listing + os.linesep)
    processes = hosts.start([host.name for host in planned.hosts], strict=True)
    notes = [f"{name}: taken with the local edits of this machine" for name in made.conffiles.edited]
    state.write(directory, planned.but(phase="up", processes=processes, notes=tuple(notes)))


def _with_network(begun: LabState, count: int) -> LabState:
    for subnet in addresses.candidates(begun.name):
        if addresses.claim(subnet, begun.ident):
            return begun.but(subnet=subnet, hosts=NamespaceHosts.plan(subnet, count))
    raise SafedeployError(
        "lab-no-subnet",
        f"Every subnet of {addresses.RANGE} is in use on this machine.",
        next_step="Take another lab down.",
    )
