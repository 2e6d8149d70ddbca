"""What a run has on the control machine: its processes, known by a mark in their environment, and its private files."""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from safedeploy.adapters.runner import leftovers, sockets
from safedeploy.lab.processes import arguments, identify, parent
from safedeploy.workflows.private_directory import private_directory

MARK = "SAFEDEPLOY_FAULT_MARK"


@dataclass(frozen=True, kw_only=True)
class Member:
    """A process of a run."""

    pid: int
    words: tuple[str, ...]
    parent: int

    @property
    def line(self) -> str:
        return " ".join(self.words)

    @property
    def is_ansible(self) -> bool:
        return any(Path(word).name == "ansible-playbook" for word in self.words[:2])


def members(mark: str) -> list[Member]:
    """Every live process that a run with this mark has started, and the run itself."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            pid = int(entry.name)
            if wanted in (entry / "environ").read_bytes().split(b"\0") and identify(pid):
                found.append(Member(pid=pid, words=tuple(arguments(pid)), parent=parent(pid)))
    return found


def ansible(mark: str) -> list[Member]:
    """Ansible's main process of a run."""
    own = [one for one in members(mark) if one.is_ansible]
    pids = {one.pid for one in own}
    return [one for one in own if one.parent not in pids]


def workers(mark: str) -> list[Member]:
    """Ansible's worker processes of a run."""
    own = [one for one in members(mark) if one.is_ansible]
    pids = {one.pid for one in own}
    return [one for one in own if one.parent in pids]


def kill(those: list[Member]) -> int:
    """SIGKILL them; how many there were."""
    for one in those:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one.pid, signal.SIGKILL)
    return len(those)


def private_files(pid: int, scratch: Path) -> list[str]:
    """What a run, by its process id, has left of its private files; all that is in `scratch`, its own TMPDIR."""
    places = [Path("/tmp").glob(f"*sd-{pid}-*"), Path("/dev/shm").glob(f"*safedeploy-*-{pid}-*"), scratch.glob("*")]
    return sorted(str(path) for place in places for path in place)


def next_run_tidies(scratch: Path) -> None:
    """What a run does first on its way: it removes the private files of those that were killed."""
    with private_directory():
        pass
    for place, prefix in ((Path("/tmp"), "sd-"), (scratch, "safedeploy-play-")):
        for left in leftovers.left(prefix, place):
            sockets.close_sockets(left)
