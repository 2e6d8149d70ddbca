"""Hosts as namespaces: each has its own network, mounts, processes, name, shared memory and writable directories.

Root (with CAP_SYS_ADMIN and CAP_NET_ADMIN) is needed. The machine's own directories are below the host's, read-only.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from safedeploy.lab import accounts, addresses, apache_tree, etc_tree, file_tree, sshd
from safedeploy.lab.commands import found, lab_error
from safedeploy.lab.host import LabHost, Layout
from safedeploy.lab.host_process import BACKEND, HOST_PYTHON, INIT, HostProcess
from safedeploy.lab.material import Material
from safedeploy.lab.names import host_names
from safedeploy.lab.processes import Process, alive, arguments, every, identify, kill_all, namespace
from safedeploy.lab.state import LabState

SPEC = "spec.json"
# How the first processes of hosts are known, wherever the package lies.
PROGRAM = "/".join(("", *INIT.parts[-3:]))
VAR_LINKS = {"run": "/run", "lock": "/run/lock"}
# Data bases of packages: read by Ansible's facts and by dpkg.
SHOWN = ("/var/lib/dpkg",)


class NamespaceHosts:
    """All hosts of one lab; `directory` is the lab's state directory."""

    def __init__(self, directory: Path, state: LabState) -> None:
        self.directory = directory
        self.state = state

    @staticmethod
    def plan(subnet: int, count: int) -> tuple[LabHost, ...]:
        """The hosts of a lab on that subnet."""
        return tuple(
            LabHost(name=name, address=addresses.host_address(subnet, number), layout=Layout())
            for number, name in enumerate(host_names(count), start=1)
        )

    def place(self, name: str) -> Path:
        """The host's own directory on the machine."""
        return self.directory / "hosts" / name

    def make(self, host: LabHost, material: Material) -> str:
        """Write the host's directories; return its public SSH key."""
        place = self.place(host.name)
        etc, var = place / "etc", place / "var"
        etc_tree.make(etc, host, self.state.hosts)
        for name, (content, mode) in accounts.account_files(material.operator).items():
            file_tree.put(etc / name, content, mode)
        file_tree.put(etc / "ssl/certs/lab.pem", material.certificate)
        file_tree.put(etc / "ssl/private/lab.key", material.key, 0o600)
        apache_tree.make(etc / "apache2", var / "www", host, material.conffiles)
        self._make_var(var)
        file_tree.directory(place / "root", 0o700)
        for user, number in (("deploy", accounts.DEPLOY_ID), ("operator", accounts.OPERATOR_ID)):
            home = file_tree.directory(place / "home" / user)
            shutil.chown(home, number, number)
        file_tree.put(place / SPEC, json.dumps(self._spec(host), indent=1), 0o600)
        config = sshd.server_config(
            directory="/etc/ssh",
            port=host.ssh_port,
            listen="0.0.0.0",  # noqa: S104 - in a network of its own
            extra=["PidFile /run/sshd.pid", f"SetEnv SAFEDEPLOY_LAB={self.state.name}"],
        )
        return sshd.install(etc / "ssh", client_key=material.client_key, config=config, comment=host.name)

    @staticmethod
    def _make_var(var: Path) -> None:
        for name in ("cache/apache2/mod_cache_disk", "lib/dpkg", "lib/apache2", "spool", "mail", "opt", "backups"):
            file_tree.directory(var / name)
        file_tree.directory(var / "lib/sudo", 0o700)
        file_tree.directory(var / "log/apache2", 0o750)
        file_tree.directory(var / "tmp", 0o1777)
        file_tree.put(var / "lib/lab/backend.py", BACKEND.read_bytes())
        for name, target in VAR_LINKS.items():
            (var / name).symlink_to(target)
        shutil.chown(var / "cache/apache2/mod_cache_disk", "www-data", "www-data")

    def _spec(self, host: LabHost) -> dict[str, object]:
        place = self.place(host.name)
        server = [HOST_PYTHON, "-I", "-S", host.layout.backend, host.name, str(host.backend_port)]
        hook = "test ! -x /etc/rc.local || exec /etc/rc.local"
        # As System V init does it: what was enabled for runlevel 2, in order.
        scripts = 'for script in /etc/rc2.d/S*; do test ! -x "$script" || "$script" start; done'
        return {
            "name": host.name,
            "private": [[str(place / top), f"/{top}"] for top in ("etc", "var", "root", "home")],
            "shown": list(SHOWN),
            "network": f"link set lo up\naddress add {host.address}/24 dev eth0\nlink set eth0 up\n",
            "boot": [
                step("backend", server, stays=True, port=host.backend_port),
                step("sshd", self.sshd_command(host.name), port=host.ssh_port),
                step("rc", ["/bin/sh", "-c", scripts]),
                step("rc.local", ["/bin/sh", "-c", hook]),
                step("apache2", ["apache2ctl", "start"]),
            ],
        }

    def start(self, names: Sequence[str], *, strict: bool) -> dict[str, tuple[Process, ...]]:
        """Boot these hosts at the same time. `strict`: a service that does not start is an error.

        Nothing of a host remains when this fails or is interrupted before all have booted.
        """
        numbers = {host.name: number for number, host in enumerate(self.state.hosts, start=1)}
        subnet = self.state.subnet
        assert subnet is not None  # noqa: S101 - namespace mode has one
        with ExitStack() as stack:
            starting = {}
            for name in names:
                starting[name] = HostProcess(name, self.place(name) / SPEC)
                stack.callback(starting[name].close)
            inits = {name: host.process() for name, host in starting.items()}
            addresses.disconnect(subnet, [numbers[name] for name in names])
            addresses.connect(subnet, self.state.ident, [(numbers[name], init.pid) for name, init in inits.items()])
            for host in starting.values():
                host.tell("network")
            problems = {name: host.booted() for name, host in starting.items()}
            if strict and any(problems.values()):
                raise lab_error(
                    "lab-host-failed",
                    "; ".join(f"{name}: {' and '.join(texts)}" for name, texts in problems.items() if texts),
                    next_step="Nothing of this lab is left. See why the service does not start, then run up again.",
                )
            for host in starting.values():
                host.tell("stay")
        return {name: (init,) for name, init in inits.items()}

    def stop(self, name: str) -> None:
        """Kill all processes of a host at once, as a power cut does; its link goes with it."""
        left = kill_all([*self.state.processes.get(name, ()), *self.strays(name)])
        if left:
            raise lab_error(
                "lab-process-stays",
                f"Process {left[0].pid} of host {name} does not die.",
                next_step="It waits in the kernel; run the command again in a minute.",
            )

    def strays(self, name: str | None = None) -> list[Process]:
        """First processes of this lab's hosts (or of one host) that run, whatever lab.json says."""
        places = str(self.place(name) / SPEC) if name else f"{self.directory}/hosts/"
        own = [
            identify(pid)
            for pid in every()
            if len(words := arguments(pid)) > 4 and words[3].endswith(PROGRAM) and words[4].startswith(places)
        ]
        return [process for process in own if process is not None]

    def is_on(self, name: str) -> bool:
        """Whether the host's first process runs."""
        return any(map(alive, self.state.processes.get(name, ())))

    def processes(self, name: str) -> list[Process]:
        """All processes of a running host."""
        own = namespace(self.state.processes[name][0].pid, "pid")
        members = [identify(pid) for pid in every() if own and namespace(pid, "pid") == own]
        return [process for process in members if process is not None]

    def environment(self, name: str) -> dict[str, str]:
        """What commands on the host need in their environment: nothing, the host is an ordinary Debian."""
        del name
        return {}

    def sshd_command(self, name: str) -> list[str]:
        """How the host starts its sshd."""
        del name
        return [found("sshd") or "/usr/sbin/sshd", "-f", "/etc/ssh/sshd_config"]

    def command(self, name: str, argv: Sequence[str]) -> list[str]:
        """The command line that runs `argv` inside of a running host."""
        init = self.state.processes[name][0]
        entering = [found("nsenter") or "nsenter", "-t", str(init.pid), "-m", "-u", "-i", "-n", "-p", "-w", "--"]
        return [*entering, *argv]


def step(name: str, argv: Sequence[str], *, stays: bool = False, port: int | None = None) -> dict[str, object]:
    """One step of a host's boot: its end is waited for unless it `stays`, and then its port, if it has one."""
    return {"name": name, "argv": list(argv), "stays": stays, "port": port, "log": f"/var/log/lab-{name}.log"}
