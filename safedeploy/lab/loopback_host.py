"""Hosts on loopback ports, for a machine or a user without namespaces: each has its own sshd, Apache and backend on ports
of 127.0.0.1, and its trees below the state directory.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from safedeploy.lab.host import LabHost
from safedeploy.lab.material import Material
from safedeploy.lab.processes import Process
from safedeploy.lab.state import LabState


class LoopbackHosts:
    def __init__(self, directory: Path, state: LabState) -> None:
        self.directory = directory
        self.state = state

    @staticmethod
    def planned(directory: Path, begun: LabState, count: int) -> LabState:
        raise NotImplementedError

    def make(self, host: LabHost, material: Material) -> str:
        raise NotImplementedError

    def start(self, names: Sequence[str], *, strict: bool) -> dict[str, tuple[Process, ...]]:
        raise NotImplementedError

    def stop(self, name: str) -> None:
        raise NotImplementedError

    def strays(self, name: str | None = None) -> list[Process]:
        return []

    def command(self, name: str, argv: Sequence[str]) -> list[str]:
        raise NotImplementedError
