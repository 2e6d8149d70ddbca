"""The lab as the peers see it, near or at a distance: one inventory, one ssh configuration, the files of each host."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safedeploy.lab import Lab

# What a change changes on each host; the template of both is vhost.conf.j2.
CHANGED = ("www.conf", "app.conf")
AVAILABLE = "/etc/apache2/sites-available"
_SSH_PORT = 2222  # of the relay
_MARK = "# benchmark:"


@dataclass(kw_only=True)
class Scene:
    """Where everything lies. `hosts` are the inventory's variables of each host."""

    work: Path
    project: Path
    distance: int = 0
    hosts: dict[str, dict[str, Any]] = field(default_factory=dict)
    relay: subprocess.Popen[str] | None = None

    @property
    def ssh_config(self) -> Path:
        """For ssh and scp: cold connections."""
        return self.work / "ssh_config"

    @property
    def warm_config(self) -> Path:
        """For ssh and scp: connections that are kept open."""
        return self.work / "ssh_config.warm"

    def files(self, host: str) -> Path:
        """The directory of a host's changed files, ready to be copied."""
        return self.work / "rendered" / host

    def change(self, mark: str) -> None:
        """Change the template, and the ready files, in a comment."""
        template = self.project / "templates" / "vhost.conf.j2"
        for path in (template, *(self.files(host) / name for host in self.hosts for name in CHANGED)):
            lines = [line for line in path.read_text().splitlines() if not line.startswith(_MARK)]
            path.write_text("\n".join([*lines, f"{_MARK} {mark}", ""]))

    def fetch(self) -> None:
        """Take the changed files from the hosts, as the first push has left them there."""
        for host in self.hosts:
            self.files(host).mkdir(parents=True, exist_ok=True)
            paths = [f"{host}:{AVAILABLE}/{name}" for name in CHANGED]
            subprocess.run(["scp", "-q", "-F", self.ssh_config, *paths, self.files(host)], check=True)

    def counted(self) -> dict[str, dict[str, int]]:
        """What went to each host since the last time; nothing is counted without a distance."""
        if self.relay is None:
            return {}
        assert self.relay.stdin
        assert self.relay.stdout
        self.relay.stdin.write("\n")
        self.relay.stdin.flush()
        return dict(json.loads(self.relay.stdout.readline()))


@contextmanager
def at(lab: Lab, project: Path, work: Path, distance: int) -> Iterator[Scene]:
    """The scene at a distance of so many milliseconds; 0 is the lab as it is."""
    work.mkdir(parents=True, exist_ok=True)
    inventory = json.loads(lab.inventory.read_text())
    hosts: dict[str, dict[str, Any]] = inventory["all"]["children"]["web"]["hosts"]
    scene = Scene(work=work, project=project, distance=distance, hosts=hosts)
    routes = _removed(hosts, work) if distance else []
    _written(scene, inventory)
    try:
        if distance:
            scene.relay = _started(distance, routes)
        yield scene
    finally:
        if scene.relay and scene.relay.stdin:
            scene.relay.stdin.close()
            scene.relay.wait()


def _removed(hosts: dict[str, dict[str, Any]], work: Path) -> list[dict[str, Any]]:
    """Give each host the relay's address, with the keys that are known of it; the routes of the relay."""
    routes: list[dict[str, Any]] = []
    known: list[str] = []
    for number, (name, host) in enumerate(hosts.items(), 1):
        near, far = host["ansible_host"], f"127.9.{number // 250}.{number % 250 + 1}"
        words = dict(option.split("=", 1) for option in host["ansible_ssh_common_args"].split() if "=" in option)
        lines = Path(words["UserKnownHostsFile"]).read_text().splitlines()
        known += [f"[{far}]:{_SSH_PORT} {line.split(' ', 1)[1]}" for line in lines if line.startswith(f"{near} ")]
        ports = ((_SSH_PORT, host["ansible_port"]), *((host[key], host[key]) for key in ("http_port", "https_port")))
        routes += [{"host": name, "listen": [far, port], "to": [near, to]} for port, to in ports]
        file = str(work / "known_hosts")
        arguments = host["ansible_ssh_common_args"].replace(words["UserKnownHostsFile"], file)
        host.update(ansible_host=far, ansible_port=_SSH_PORT, ansible_ssh_common_args=arguments)
    (work / "known_hosts").write_text("".join(f"{line}\n" for line in known))
    return routes


def _written(scene: Scene, inventory: dict[str, Any]) -> None:
    directory = scene.project / "inventories" / "lab"
    (directory / "hosts.py").unlink(missing_ok=True)
    (directory / "hosts.json").write_text(json.dumps(inventory, indent=1))
    blocks = []
    for name, host in scene.hosts.items():
        options = [word for word in host["ansible_ssh_common_args"].split() if "=" in word]
        blocks += [
            f"Host {name}",
            f"  HostName {host['ansible_host']}",
            f"  Port {host['ansible_port']}",
            f"  User {host['ansible_user']}",
            f"  IdentityFile {host['ansible_ssh_private_key_file']}",
            *(f"  {option.replace('=', ' ', 1)}" for option in options),
        ]
    scene.ssh_config.write_text("\n".join([*blocks, ""]))
    warm = ["Host *", "  ControlMaster auto", f"  ControlPath {scene.work}/m-%n", "  ControlPersist 600"]
    scene.warm_config.write_text("\n".join([*blocks, *warm, ""]))


def _started(distance: int, routes: list[dict[str, Any]]) -> subprocess.Popen[str]:
    command = [sys.executable, str(Path(__file__).with_name("relay.py")), str(distance)]
    relay = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert relay.stdin
    assert relay.stdout
    relay.stdin.write(json.dumps(routes) + "\n")
    relay.stdin.flush()
    relay.stdout.readline()
    return relay
