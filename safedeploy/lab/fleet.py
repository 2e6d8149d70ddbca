"""A lab: `Lab.up` starts one, `Lab.load` finds one that runs, `down` removes it.

    (nothing) --up--> starting --up--> up --down--> (nothing)
                         |                              ^
                         +--- failure, interruption ----+

`up` on a lab that is up changes nothing, except that hosts which have died are booted again. `down` needs no good
state: it looks for the lab's processes, links and files by what they are called.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from safedeploy.lab import control, ending, resetting, starting, state
from safedeploy.lab.commands import lab_error
from safedeploy.lab.grounds import Ground, ground
from safedeploy.lab.host import LabHost
from safedeploy.lab.inventory import INVENTORY
from safedeploy.lab.material import CREDENTIALS
from safedeploy.lab.names import DEFAULT_NAME, Mode
from safedeploy.lab.state import LabState


@dataclass(frozen=True, kw_only=True)
class Lab:
    """A lab that is up. `directory` is its state directory; `started` is False when it had been up before."""

    directory: Path
    started: bool = False

    @classmethod
    def up(cls, name: str = DEFAULT_NAME, hosts: int = 3, mode: Mode | str = Mode.AUTO) -> Lab:
        """Start a lab, or find it running. Raises SafedeployError; then nothing of a new lab is left behind."""
        directory = state.lab_directory(name)
        return cls(directory=directory, started=starting.up(directory, name, hosts, Mode(mode)))

    @classmethod
    def load(cls, name: str = DEFAULT_NAME) -> Lab:
        """A lab that is up; SafedeployError `lab-not-up` when there is none of that name."""
        directory = state.lab_directory(name)
        known = state.read(directory)
        if known is None or known.phase != "up":
            raise lab_error(
                "lab-not-up", f"No lab named {name!r} is up.", next_step="Start it with `safedeploy lab up`."
            )
        return cls(directory=directory)

    @staticmethod
    def remove(name: str = DEFAULT_NAME) -> bool:
        """`down` by name, whatever state the lab is in; False when there was nothing to remove."""
        return ending.down(state.lab_directory(name))

    @property
    def state(self) -> LabState:
        """What lab.json says now."""
        known = state.read(self.directory)
        if known is None:
            raise lab_error(
                "lab-not-up", f"The lab in {self.directory} is down.", next_step="Start it with `safedeploy lab up`."
            )
        return known

    @property
    def name(self) -> str:
        """The lab's name."""
        return self.directory.name

    @property
    def hosts(self) -> tuple[LabHost, ...]:
        """The hosts, web1 first."""
        return self.state.hosts

    def host(self, name: str) -> LabHost:
        """One host by name; SafedeployError `lab-no-such-host`."""
        known = {host.name: host for host in self.hosts}
        if name not in known:
            raise lab_error(
                "lab-no-such-host",
                f"Lab {self.name!r} has no host {name!r}.",
                next_step=f"Its hosts are {', '.join(known)}.",
            )
        return known[name]

    @property
    def inventory(self) -> Path:
        """An inventory for `ansible-playbook -i`."""
        return self.directory / INVENTORY

    @property
    def ssh_config(self) -> Path:
        """A configuration for `ssh -F`."""
        return self.directory / "ssh_config"

    @property
    def credentials(self) -> Path:
        """JSON with the passwords of the lab's users (`operator`), for sudo; mode 0600."""
        return self.directory / CREDENTIALS

    @property
    def certificate(self) -> Path:
        """The certificate of the lab's TLS sites, for clients to trust."""
        return self.directory / "lab.pem"

    @property
    def ground(self) -> Ground:
        """How the hosts of this lab are run (namespaces or loopback)."""
        return ground(self.directory, self.state)

    def running(self, name: str) -> bool:
        """Whether the host is switched on."""
        return self.ground.is_on(self.host(name).name)

    def down(self) -> bool:
        """Remove every trace of the lab; False when nothing was left to remove."""
        return ending.down(self.directory)

    def power_off(self, name: str) -> None:
        """Kill every process of a host, as a power cut does; its files stay."""
        with state.locked(self.directory):
            self.ground.stop(self.host(name).name)
            self._forget([name])

    def boot(self, name: str) -> None:
        """Run the boot path of a host that is off; a service that does not start is no error."""
        with state.locked(self.directory):
            self._boot([self.host(name).name])

    def reboot(self, name: str) -> None:
        """`power_off`, then `boot`."""
        self.power_off(name)
        self.boot(name)

    def exec(
        self, name: str, argv: Sequence[str], *, content: bytes = b"", seconds: float = 60
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a command on a host as its user, with `content` as standard input; the exit code is not checked."""
        return control.run_on(self, name, argv, content=content, seconds=seconds)

    def put(self, name: str, path: str, content: bytes | str, mode: int = 0o644) -> None:
        """Write a file on a host; `path` is absolute, as the host names it."""
        control.put(self, name, path, content.encode() if isinstance(content, str) else content, mode)

    def snapshot(self, name: str) -> dict[str, str]:
        """Path -> kind, mode, owner and digest of everything below the host's server root and web root."""
        return control.snapshot(self, name)

    def httpd_pid(self, name: str) -> int | None:
        """The process id of Apache's parent as the host sees it, or None when Apache is down."""
        return control.httpd_pid(self, name)

    def stop_httpd(self, name: str) -> None:
        """Stop Apache in order."""
        control.stop_httpd(self, name)

    def start_httpd(self, name: str) -> None:
        """Start Apache with whatever configuration the host has; SafedeployError when it does not start."""
        control.start_httpd(self, name)

    def kill_httpd(self, name: str) -> None:
        """Kill Apache as a crash does."""
        control.kill_program(self, name, "apache2")

    def kill_sshd(self, name: str) -> None:
        """Kill sshd and its sessions: the host serves, but nobody can log in."""
        control.kill_program(self, name, "sshd")

    def start_sshd(self, name: str) -> None:
        """Start sshd again."""
        control.start_sshd(self, name)

    def reset(self, *names: str) -> None:
        """Make these hosts (default: all) as `up` made them, with the same SSH keys, and boot them."""
        with state.locked(self.directory):
            resetting.reset(self.directory, self.state, names or tuple(host.name for host in self.hosts))

    def _boot(self, names: Sequence[str]) -> None:
        known = self.state
        processes = {**known.processes, **self.ground.start(names, strict=False)}
        state.write(self.directory, known.but(processes=processes))

    def _forget(self, names: Sequence[str]) -> None:
        known = self.state
        kept = {name: those for name, those in known.processes.items() if name not in names}
        state.write(self.directory, known.but(processes=kept))
