"""How a lab goes: first its processes, then its links, then its files. A step does not need the ones before it.

What is removed is recognised as the lab's own: by the state directory in a process's arguments or environment, by a
process id together with its start time, by the hardware address of the bridge. Nothing else is ever touched.
"""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from safedeploy.core.errors import SafedeployError
from safedeploy.lab import addresses, loopback_host, state, visiting
from safedeploy.lab.commands import found, lab_error
from safedeploy.lab.loopback_host import PRIVSEP, LoopbackHosts
from safedeploy.lab.namespace_host import NamespaceHosts
from safedeploy.lab.processes import Process, command_name, every, kill_all
from safedeploy.lab.state import LabState

NOTHING = LabState(name="", ident="", mode="", reason="", phase="", created="")


def down(directory: Path) -> bool:
    """Remove the lab in that state directory; False when there was none."""
    if not directory.exists():
        return False
    with state.locked(directory):
        clear(directory)
        remove(directory)
    return True


def clear(directory: Path) -> None:
    """Remove all that the lab in `directory` made, except the directory itself, which the caller holds locked."""
    known = _known(directory)
    _kill(directory, known)
    if known.ident and found("ip"):
        addresses.release(known.ident)
    for path in map(Path, known.made):
        if path != PRIVSEP or not any(command_name(pid) == "sshd" for pid in every()):
            _delete(path)
    # These two go last: a `down` that is killed here can be run again.
    for entry in sorted(directory.iterdir(), key=lambda entry: entry.name in (state.IDENT_FILE, state.LAB_FILE)):
        _delete(entry)


def _known(directory: Path) -> LabState:
    """What lab.json says; when it is damaged, what follows from the identity alone."""
    try:
        return state.read(directory) or NOTHING
    except SafedeployError as error:
        if error.code != "lab-state-damaged":
            raise
    ident = state.read_ident(directory)
    tree = loopback_host.root_tree(directory.name, ident)
    there = bool(ident) and tree.exists()
    return NOTHING.but(ident=ident, tree=str(tree) if there else "", made=(str(tree),) if there else ())


def remove(directory: Path) -> None:
    """Remove the empty state directory, and those above it that are safedeploy's own and empty."""
    directory.rmdir()
    for parent, name in ((directory.parent, "lab"), (directory.parent.parent, "safedeploy")):
        if parent.name != name:
            break
        with contextlib.suppress(OSError):
            parent.rmdir()


def _kill(directory: Path, known: LabState) -> None:
    """Kill until nothing is left: a process may have been born between the look and the kill."""
    recorded = [process for those in known.processes.values() for process in those]
    for _ in range(10):
        strays = _strays(directory, known)
        if not strays and not recorded:
            return
        kill_all([*recorded, *strays])
        recorded = []
    left = _strays(directory, known)
    if left:
        raise lab_error(
            "lab-process-stays",
            f"Processes of the lab do not die: {', '.join(str(process.pid) for process in left)}.",
            next_step="They wait in the kernel; run `safedeploy lab down` again in a minute.",
        )


def _strays(directory: Path, known: LabState) -> list[Process]:
    return [
        *NamespaceHosts(directory, known).strays(),
        *LoopbackHosts(directory, known).strays(),
        *visiting.strays(directory),
    ]


def _delete(path: Path) -> None:
    """Delete a file, or a directory with all below; a link is deleted, never followed."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
