"""What a run has on the control machine: its processes, known by a mark in their environment, and its private files."""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from safedeploy.lab.processes import arguments, identify, parent

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


def members(mark: str, pid: int = -1) -> list[Member]:
    """Every live process that a run with this mark has started, and the run itself.

    ssh's shared connections forget their environment; they are known by the run's own process id in their paths.
    """
    wanted, sockets = f"{MARK}={mark}".encode(), f"/sd-{pid}-"
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            one = Member(pid=int(entry.name), words=tuple(arguments(int(entry.name))), parent=parent(int(entry.name)))
            own = wanted in (entry / "environ").read_bytes().split(b"\0") or sockets in one.line
            if own and identify(one.pid):
                found.append(one)
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
    """What a run, by its process id, has left of its private files; all that is in `scratch`, its own TMPDIR.

    Of Ansible's own directory below the home only what is in it counts: its library makes it while it is imported.
    """
    places = [
        (Path.home() / ".ansible/tmp").glob(f"ansible-local-{pid}????????/*"),
        Path("/tmp").glob(f"*sd-{pid}-*"),
        Path("/dev/shm").glob(f"*safedeploy-*-{pid}-*"),
        scratch.glob("*"),
    ]
    return sorted(str(path) for place in places for path in place)
