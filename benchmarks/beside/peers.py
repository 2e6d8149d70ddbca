"""Whatever is measured: how each way of deploying, or of reading, is called on a scene."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .scene import AVAILABLE, CHANGED, Scene

_HERE = Path(__file__).resolve().parent
_PLAIN = _HERE.parent / "plain"
_BIN = Path(sys.executable).parent


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A scene, how many hosts are changed at a time, and where peers are installed that are no part of safedeploy."""

    scene: Scene
    at_a_time: int
    peers: Path | None = None

    def program(self, name: str) -> Path:
        """A program of the peers, if it is there, else of this environment."""
        own = self.peers / "bin" / name if self.peers else None
        return own if own and own.exists() else _BIN / name


@dataclass(frozen=True, kw_only=True)
class Peer:
    """One row of the table. `prepare` is done before, unmeasured."""

    name: str
    text: str
    command: Callable[[Setting], Sequence[str | Path]]
    environ: Callable[[Setting], dict[str, str]] = field(default=lambda _: {})
    prepare: Callable[[Setting], None] = field(default=lambda _: None)


def _safedeploy(*words: str) -> Callable[[Setting], Sequence[str | Path]]:
    return lambda setting: [_BIN / "safedeploy", "-C", setting.scene.project, *words]


def _loop(setting: Setting, *configs: Path, script: str = "loop.sh") -> Sequence[str | Path]:
    hosts = [f"{name}={host['ansible_host']}" for name, host in setting.scene.hosts.items()]
    return [_PLAIN / script, *configs, setting.scene.work / "rendered", str(setting.at_a_time), *hosts]


def _acts(setting: Setting) -> Sequence[str | Path]:
    return _loop(setting, setting.scene.warm_config, setting.scene.ssh_config, script="acts.sh")


def _warm(setting: Setting) -> None:
    for host in setting.scene.hosts:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
        subprocess.run(["ssh", "-F", setting.scene.warm_config, host, "true"], check=True, **quiet)  # type: ignore[call-overload]


def _ansible(*words: str, book: str | Path = "site.yml") -> Callable[[Setting], Sequence[str | Path]]:
    return lambda setting: [
        setting.program("ansible-playbook"),
        "-i",
        "inventories/lab",
        book,
        f"--forks={len(setting.scene.hosts)}",
        "-e",
        f"at_a_time={len(setting.scene.hosts) if words else setting.at_a_time}",
        *words,
    ]


def _led(setting: Setting) -> Sequence[str | Path]:
    command = _ansible(book=_PLAIN / "led.yml")(setting)
    return [*command, "-e", f"acts={_PLAIN}/acts.sh", "-e", f"rendered={setting.scene.work}/rendered"]


def _pipelined(setting: Setting) -> dict[str, str]:
    # Its connections end with it, as those of the others do: none finds what the one before has left.
    paths = f"{setting.scene.work}/ansible"
    return {"ANSIBLE_PIPELINING": "True", "ANSIBLE_HOST_KEY_CHECKING": "True", "ANSIBLE_SSH_CONTROL_PATH_DIR": paths}


def _mitogen(setting: Setting) -> dict[str, str]:
    found = sorted((setting.peers or Path()).glob("lib/python3*/site-packages/ansible_mitogen/plugins/strategy"))
    plugins = {"ANSIBLE_STRATEGY_PLUGINS": str(found[0])} if found else {}
    return {**_pipelined(setting), **plugins, "ANSIBLE_STRATEGY": "mitogen_linear"}


def _pyinfra(setting: Setting) -> Sequence[str | Path]:
    how = "--serial" if setting.at_a_time == 1 else f"--parallel={setting.at_a_time}"
    return [setting.program("pyinfra"), "-y", how, setting.scene.work / "pyinfra_hosts.py", _PLAIN / "deploy.py"]


def _pyinfra_hosts(setting: Setting) -> None:
    scene = setting.scene
    hosts = [(name, _data(scene, name, host)) for name, host in scene.hosts.items()]
    (scene.work / "pyinfra_hosts.py").write_text(f"web = {hosts!r}\n")


def _data(scene: Scene, name: str, host: dict[str, Any]) -> dict[str, Any]:
    options = dict(word.split("=", 1) for word in host["ansible_ssh_common_args"].split() if "=" in word)
    return {
        "ssh_hostname": host["ansible_host"],
        "ssh_port": host["ansible_port"],
        "ssh_user": host["ansible_user"],
        "ssh_key": host["ansible_ssh_private_key_file"],
        "ssh_known_hosts_file": options["UserKnownHostsFile"],
        "ssh_strict_host_key_checking": "yes",
        "rendered": str(scene.files(name)),
    }


def _bare(setting: Setting) -> Sequence[str | Path]:
    inventory = setting.scene.project / "inventories" / "lab" / "hosts.json"
    files = [f"{AVAILABLE}/{name}" for name in CHANGED]
    return [sys.executable, _HERE / "bare_reads.py", inventory, *files]


def _inventory(setting: Setting) -> Sequence[str | Path]:
    """As every read that keeps to Ansible's inventory has to: load it, then ask."""
    load = [setting.program("ansible-inventory"), "-i", "inventories/lab", "--list"]
    then = " ".join(shlex.quote(str(word)) for word in _bare(setting))
    return ["/bin/sh", "-c", f'"$@" >/dev/null && exec {then}', "sh", *load]


PUSHES = (
    Peer(name="safedeploy", text="safedeploy push", command=_safedeploy("push", "lab", "--yes", "--json")),
    Peer(name="cold", text="ssh loop, cold", command=lambda setting: _loop(setting, setting.scene.ssh_config)),
    Peer(
        name="warm",
        text="ssh loop, warm",
        command=lambda setting: _loop(setting, setting.scene.warm_config),
        prepare=_warm,
    ),
    Peer(name="acts", text="the acts of a push, by a loop", command=_acts, prepare=_warm),
    Peer(name="empty", text="its tasks, empty", command=_ansible(book=_PLAIN / "empty.yml"), environ=_pipelined),
    Peer(name="led", text="its acts, led by Ansible", command=_led, environ=_pipelined),
    Peer(name="ansible", text="ansible-playbook, pipelined", command=_ansible(), environ=_pipelined),
    Peer(name="mitogen", text="ansible-playbook, mitogen", command=_ansible(), environ=_mitogen),
    Peer(name="pyinfra", text="pyinfra", command=_pyinfra, prepare=_pyinfra_hosts),
)
READS = (
    Peer(name="plan", text="safedeploy plan", command=_safedeploy("plan", "lab")),
    Peer(name="status", text="safedeploy status", command=_safedeploy("status", "lab")),
    Peer(name="drift", text="safedeploy drift", command=_safedeploy("drift", "lab")),
    Peer(name="bare", text="parallel paramiko, cat", command=_bare),
    Peer(name="inventory", text="the same, after the inventory", command=_inventory),
    Peer(name="check", text="ansible --check --diff", command=_ansible("--check", "--diff"), environ=_pipelined),
)
# Those that compare with what is deployed, which is to be what safedeploy has deployed.
COMPARING = frozenset({"plan", "drift", "check"})
NEED_PEERS = frozenset({"mitogen", "pyinfra"})
