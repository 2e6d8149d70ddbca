"""What a host stands on: namespaces or loopback ports. Both offer the same acts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from safedeploy.lab.host import LabHost
from safedeploy.lab.loopback_host import LoopbackHosts
from safedeploy.lab.material import Material
from safedeploy.lab.names import Mode
from safedeploy.lab.namespace_host import NamespaceHosts
from safedeploy.lab.processes import Process
from safedeploy.lab.state import LabState


class Ground(Protocol):
    """The hosts of one lab, as things that can be made, started and stopped."""

    def place(self, name: str) -> Path:
        """The host's own directory on the machine."""

    def make(self, host: LabHost, material: Material) -> str:
        """Write the host's directories; return its public SSH key."""

    def start(self, names: Sequence[str], *, strict: bool) -> dict[str, tuple[Process, ...]]:
        """Boot hosts; what must be killed to end each of them."""

    def stop(self, name: str) -> None:
        """Kill all processes of a host."""

    def strays(self, name: str | None = None) -> list[Process]:
        """Processes of the lab (or of one host) that run, whatever lab.json says."""

    def is_on(self, name: str) -> bool:
        """Whether the host is switched on."""

    def processes(self, name: str) -> list[Process]:
        """All processes of a running host."""

    def environment(self, name: str) -> dict[str, str]:
        """What commands on the host need in their environment."""

    def sshd_command(self, name: str) -> list[str]:
        """How the host starts its sshd."""

    def command(self, name: str, argv: Sequence[str]) -> list[str]:
        """The command line that runs `argv` on a running host."""


def ground(directory: Path, state: LabState) -> Ground:
    """The ground of a lab."""
    return NamespaceHosts(directory, state) if state.mode == Mode.NAMESPACES else LoopbackHosts(directory, state)
