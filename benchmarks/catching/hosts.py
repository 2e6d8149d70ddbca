"""One lab host that is the base again before each trial: its files, addresses, application, logs and release."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safedeploy.core.errors import SafedeployError
from safedeploy.lab import Lab, inventory, processes
from safedeploy.lab.host_process import HOST_PYTHON

from . import trees
from .corpus import Corpus, Probe

HOST_NAME = "web01"
ADDRESSES = ("10.99.0.1", "10.99.0.2")
# Who visits, where a probe does not say it: from the host itself, and over its two addresses.
VISITS = (("127.0.0.1", "127.0.0.1"), (ADDRESSES[0], ADDRESSES[0]), (ADDRESSES[1], ADDRESSES[0]))
HOSTS = f"127.0.0.1 localhost\n127.0.1.1 {HOST_NAME}.example.test {HOST_NAME}\n"
RESOLVER = "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n"

OWN = "var/lib/lab"
SRV = f"{OWN}/srv"
PROGRAMS = Path(__file__).with_name("on_host")
STARTER = """\
import runpy, sys
sys.argv = ["application.py", sys.argv[2]]
runpy.run_path("/var/lib/lab/application.py", run_name="__main__")
"""
RC_LOCAL = f"#!/bin/sh\nexec {HOST_PYTHON} -I -S /{OWN}/host_state.py /{OWN}/state.json\n"
# What a trial may change: restored before each one. All but the first two hold the host's own records.
KEPT = ("etc/apache2", "var/www", "var/lib", "var/log")
# Others are the machine's own, and would be changed for everybody.
OWN_SYSCTLS = ("kernel.sem", "kernel.shm", "kernel.msg", "net.")
BOOTS = 3
SECONDS = 5.0  # for httpd to write its process id, after the start has returned


class HostError(Exception):
    """The host is not what a trial needs; the trial says nothing then."""


@dataclass(frozen=True, kw_only=True)
class BenchHost:
    """`name` is the lab's name for it; `kept` is where its files are kept between trials."""

    lab: Lab
    name: str
    kept: Path

    @property
    def place(self) -> Path:
        """Its root directory on this machine."""
        return self.lab.ground.place(self.name)

    @property
    def variables(self) -> dict[str, Any]:
        """Ansible's variables of it."""
        return inventory.host_variables(self.lab.host(self.name), self.lab.directory)

    @property
    def live(self) -> dict[str, Path]:
        """Host path -> place, of everything that a release may change."""
        return {root: self.place / (SRV if root == "/srv" else root[1:]) for root in trees.ROOTS}

    def make(self, corpus: Corpus, base: Path) -> None:
        """Make it the base, as an administrator left it, and boot it."""
        self.lab.power_off(self.name)
        own = self.place / OWN
        (self.place / SRV).mkdir()
        self.lay(base)
        (self.place / "etc/hosts").write_text(HOSTS)
        (self.place / "etc/resolv.conf").write_text(RESOLVER)
        if corpus.application is not None:
            shutil.copy(corpus.application, own / "application.py")
            (own / "backend.py").write_text(STARTER)
        shutil.copy(PROGRAMS / "host_state.py", own)
        starter = self.place / "etc/rc.local"
        starter.write_text(RC_LOCAL)
        starter.chmod(0o755)
        self._boot({})

    def lay(self, tree: Path) -> None:
        """Replace the live files by a tree's, in place, as a deployment without safedeploy does."""
        for root, place in self.live.items():
            for path in place.iterdir():
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
            shutil.copytree(trees.at(tree, root), place, dirs_exist_ok=True, symlinks=True)

    def forget_requests(self) -> None:
        """Empty the logs: what they hold now came from making the host."""
        for log in (self.place / "var/log/apache2").iterdir():
            log.write_bytes(b"")

    def visit(self, probes: Sequence[Probe]) -> list[int | None]:
        """Have users send these requests to the live server; the statuses, None where there was no answer."""
        requests = [
            {
                "source": source,
                "address": address,
                "port": probe.get("port") or (443 if probe.get("tls") else 80),
                "tls": bool(probe.get("tls")),
                "method": probe.get("method", "GET"),
                "host": probe["host"],
                "path": f"http://{probe['host']}{probe['path']}" if probe.get("absolute") else probe["path"],
                "headers": probe.get("send", {}),
                "auth": probe.get("auth"),
            }
            for probe in probes
            for source, address in _visits(probe)
        ]
        program = (PROGRAMS / "visitors.py").read_text()
        done = self.run([HOST_PYTHON, "-I", "-S", "-c", program], content=json.dumps(requests).encode())
        if done.returncode:
            raise HostError(f"the visitors failed: {done.stderr.decode(errors='replace')}")
        statuses: list[int | None] = json.loads(done.stdout)
        return statuses

    def keep(self) -> None:
        """Remember its files as they are now, for `reset`."""
        self.lab.power_off(self.name)
        for name in KEPT:
            _copy(self.place / name, self.kept / name)

    def reset(self, host_state: Mapping[str, Any]) -> None:
        """Put back every file, boot it, and bring about the state that the case wants. Raises HostError."""
        self.lab.power_off(self.name)
        for name in KEPT:
            shutil.rmtree(self.place / name)
            _copy(self.kept / name, self.place / name)
        self._boot(host_state)

    def stop_application(self) -> None:
        """Kill the application behind the proxies."""
        program = self.lab.host(self.name).layout.backend
        own = self.lab.ground.processes(self.name)
        processes.kill_all([process for process in own if program in processes.arguments(process.pid)])

    def digest(self) -> str:
        """One digest of all that is live: files, links, modes and owners."""
        return trees.digest(self.live)

    def httpd(self) -> int | None:
        """The process id of httpd's parent; None when it does not run."""
        return self.lab.httpd_pid(self.name)

    def run(self, argv: Sequence[str], content: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run a command on the host. Raises HostError when it does not end."""
        try:
            return self.lab.exec(self.name, argv, content=content)
        except subprocess.TimeoutExpired as error:
            raise HostError(f"{argv[0]} did not end within {error.timeout} s") from error

    def _boot(self, host_state: Mapping[str, Any]) -> None:
        state = {
            "name": HOST_NAME,
            "addresses": list(ADDRESSES),
            "srv": f"/{SRV}",
            "sysctl": _checked(host_state.get("sysctl", {})),
            "ports": host_state.get("occupy_ports", []),
        }
        (self.place / OWN / "state.json").write_text(json.dumps(state))
        for left in reversed(range(BOOTS)):
            try:
                self.lab.boot(self.name)
                break
            except SafedeployError as error:  # the kernel may still be removing the link of the host's last life
                if not left:
                    raise HostError(error.what) from error
        if not processes.wait_until(lambda: self.httpd() is not None, seconds=SECONDS, pause=0.02):
            logs = (self.place / "var/log/lab-apache2.log", self.place / "var/log/lab-rc.local.log")
            said = " ".join(log.read_text(errors="replace").strip()[-300:] for log in logs if log.exists())
            raise HostError(f"httpd does not run after boot: {said}")


def _visits(probe: Probe) -> Sequence[tuple[str, str]]:
    if "src" in probe or "dst" in probe:
        address = probe.get("dst", "127.0.0.1")
        return ((probe.get("src", address), address),)
    return VISITS


def _checked(sysctls: Mapping[str, str]) -> Mapping[str, str]:
    for name in sysctls:
        if not name.startswith(OWN_SYSCTLS):
            raise HostError(f"{name} is not the host's own: it would change this machine")
    return sysctls


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)
