"""Hosts on loopback ports, for a user or a machine without namespaces.

Each has its own sshd, Apache and backend on high ports of 127.0.0.1, all run by the user who started the lab (Apache's
workers by www-data when that is root), and its trees below a directory of its own. A host's processes are known by the
variable SAFEDEPLOY_LAB_HOST, which everything inherits that the host or a login to it starts.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from safedeploy.lab import apache_tree, file_tree, ports, sshd
from safedeploy.lab.commands import clean_environment, found, lab_error
from safedeploy.lab.host import LabHost, Layout
from safedeploy.lab.host_process import BACKEND, HOST_PYTHON
from safedeploy.lab.material import Material
from safedeploy.lab.names import host_names
from safedeploy.lab.processes import (
    Process,
    answers,
    arguments,
    command_name,
    environment,
    every,
    identify,
    kill_all,
    open_files,
    wait_until,
)
from safedeploy.lab.state import LabState

MARK = "SAFEDEPLOY_LAB_HOST"
ROOT_TREES = Path("/var/tmp")  # noqa: S108 - a directory with an unguessable name, made with mkdir, is put there
PRIVSEP = Path("/run/sshd")
PORTS_EACH = 4


def root_tree(name: str, ident: str) -> Path:
    """Where the trees of root's hosts are: www-data must reach the documents, and root's own directories are closed."""
    return ROOT_TREES / f"safedeploy-lab-{name}-{ident}"


class LoopbackHosts:
    """All hosts of one lab; `directory` is the lab's state directory."""

    def __init__(self, directory: Path, state: LabState) -> None:
        self.directory = directory
        self.state = state
        self.tree = Path(state.tree) if state.tree else directory
        self._hosts = {host.name: host for host in state.hosts}

    @staticmethod
    def planned(directory: Path, begun: LabState, count: int) -> LabState:
        """The hosts of a lab, on ports that are free now. SafedeployError `lab-no-shell`, `lab-no-ports`."""
        account = pwd.getpwuid(os.getuid())
        if Path(account.pw_shell).name in ("nologin", "false"):
            raise lab_error(
                "lab-no-shell",
                f"User {account.pw_name} may not log in (shell {account.pw_shell}): sshd would refuse it.",
                next_step="Start the lab as a user with a shell.",
            )
        root = os.getuid() == 0
        tree = root_tree(begun.name, begun.ident) if root else directory
        made = [str(tree)] if root else []
        if root and not PRIVSEP.exists():
            made.append(str(PRIVSEP))
        taken = ports.free(begun.ident, count * PORTS_EACH)
        hosts = tuple(
            LabHost(
                name=name,
                address=ports.ADDRESS,
                ssh_port=taken[place],
                http_port=taken[place + 1],
                https_port=taken[place + 2],
                backend_port=taken[place + 3],
                user=account.pw_name,
                httpd_user="www-data" if root else account.pw_name,
                layout=Layout.under(str(tree / "hosts" / name)),
            )
            for name, place in zip(host_names(count), range(0, count * PORTS_EACH, PORTS_EACH), strict=True)
        )
        return begun.but(hosts=hosts, tree=str(tree), made=tuple(made))

    def place(self, name: str) -> Path:
        """The host's own directory."""
        return self.tree / "hosts" / name

    def make(self, host: LabHost, material: Material) -> str:
        """Write the host's directories; return its public SSH key."""
        if self.tree != self.directory and not self.tree.exists():
            self.tree.mkdir(mode=0o711)
        place, layout = self.place(host.name), host.layout
        file_tree.put(Path(layout.certificate), material.certificate)
        file_tree.put(Path(layout.key), material.key, 0o600)
        file_tree.put(Path(layout.backend), BACKEND.read_bytes())
        apache_tree.make(Path(layout.server_root), Path(layout.www_root), host, material.conffiles)
        for directory in (layout.log_dir, str(place / "var/lock")):
            file_tree.directory(Path(directory))
        ssh = place / "etc/ssh"
        session = {"PATH": clean_environment()["PATH"], **self.environment(host.name)}
        config = sshd.server_config(
            directory=str(ssh),
            port=host.ssh_port,
            listen=host.address,
            extra=[
                f"PidFile {place}/run/sshd.pid",
                # The state directory may be below a directory that others write to, such as /tmp; itself it is 0700.
                "StrictModes no",
                "SetEnv " + " ".join(f"{name}={value}" for name, value in session.items()),
            ],
        )
        return sshd.install(ssh, client_key=material.client_key, config=config, comment=host.name)

    def start(self, names: Sequence[str], *, strict: bool) -> dict[str, tuple[Process, ...]]:
        """Boot these hosts at the same time. `strict`: a service that does not start is an error."""
        if os.getuid() == 0:
            PRIVSEP.mkdir(exist_ok=True)
        with ThreadPoolExecutor(max_workers=8) as pool:
            problems = {name: texts for name, texts in zip(names, pool.map(self._boot, names), strict=True) if texts}
        if strict and problems:
            raise lab_error(
                "lab-host-failed",
                "; ".join(f"{name}: {' and '.join(texts)}" for name, texts in problems.items()),
                next_step="Nothing of this lab is left. See why the service does not start, then run up again.",
            )
        return {name: tuple(self.processes(name)) for name in names}

    def _boot(self, name: str) -> list[str]:
        """The boot path of one host; what did not start."""
        host = self._hosts[name]
        run = self.place(name) / "run"
        shutil.rmtree(run, ignore_errors=True)
        file_tree.directory(run)
        server = [HOST_PYTHON, "-I", "-S", host.layout.backend, name, str(host.backend_port)]
        with (Path(host.layout.log_dir) / "lab-backend.log").open("ab") as log:
            # Not waited for: it is the host's own now, and ends with it.
            subprocess.Popen(
                server, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._whole(name), start_new_session=True
            )
        problems = [] if wait_until(lambda: answers(host.backend_port), seconds=20) else ["the backend is not there"]
        for argv in (self.sshd_command(name), ["apache2ctl", "start"]):
            problems += self._service(name, argv)
        if not problems and not wait_until(lambda: answers(host.ssh_port), seconds=20):
            problems.append("sshd does not answer")
        return problems

    def _service(self, name: str, argv: Sequence[str]) -> list[str]:
        log = Path(self._hosts[name].layout.log_dir) / "lab-boot.log"
        with log.open("ab") as output:
            # A daemon keeps its output open: a file can be left to it, a pipe would make us wait for its end.
            done = subprocess.run(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=self._whole(name),
                check=False,
                start_new_session=True,
            )
        said = " / ".join(log.read_text(errors="replace").splitlines()[-4:])
        return [f"{argv[0]} ended with {done.returncode}: {said}"] if done.returncode else []

    def stop(self, name: str) -> None:
        """Kill all processes of a host."""
        for _ in range(10):
            victims = self.processes(name)
            if not victims:
                return
            kill_all(victims)
        raise lab_error(
            "lab-process-stays", f"Processes of host {name} do not die.", next_step="Run the command again."
        )

    def strays(self, name: str | None = None) -> list[Process]:
        """Processes of this lab's hosts (or of one host) that run, whatever lab.json says."""
        prefix = f"{self.tree}/hosts/" + (f"{name}/" if name else "")
        own = [identify(pid) for pid in every() if _belongs(pid, prefix)]
        return [process for process in own if process is not None]

    def processes(self, name: str) -> list[Process]:
        """All processes of a host."""
        return self.strays(name)

    def is_on(self, name: str) -> bool:
        """Whether anything of the host runs."""
        return bool(self.strays(name))

    def environment(self, name: str) -> dict[str, str]:
        """What commands on the host need in their environment, so that apache2ctl means this host's Apache."""
        host = self._hosts[name]
        return {MARK: f"{self.place(name)}/", **apache_tree.elsewhere(host.layout, host.httpd_user)}

    def _whole(self, name: str) -> dict[str, str]:
        return clean_environment(self.environment(name))

    def sshd_command(self, name: str) -> list[str]:
        """How the host starts its sshd."""
        log = f"{self._hosts[name].layout.log_dir}/lab-sshd.log"
        return [found("sshd") or "/usr/sbin/sshd", "-f", f"{self.place(name)}/etc/ssh/sshd_config", "-E", log]

    def command(self, name: str, argv: Sequence[str]) -> list[str]:
        """The command line that runs `argv` on a running host: itself."""
        del name
        return list(argv)


def _belongs(pid: int, prefix: str) -> bool:
    """Whether a process is of the host (or hosts) whose directory begins with `prefix`.

    sshd writes its title over its environment: it is known by its configuration file, a session of it by its log.
    """
    if any(text.startswith(f"{MARK}={prefix}") for text in environment(pid)):
        return True
    if command_name(pid) != "sshd":
        return False
    return f" -f {prefix}" in " ".join(arguments(pid)) or any(path.startswith(prefix) for path in open_files(pid))
