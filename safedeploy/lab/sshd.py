"""SSH of a lab: host keys, the client's key, a minimal sshd_config, and the client's known_hosts and ssh_config.

Host key checking stays on: the client knows the key of each host before the first connection.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from safedeploy.lab import file_tree
from safedeploy.lab.commands import run
from safedeploy.lab.host import LabHost

CLIENT_KEY = "client_key"
KNOWN_HOSTS = "known_hosts"
SSH_CONFIG = "ssh_config"


def new_key(path: Path, comment: str) -> str:
    """Make an Ed25519 key pair and return the public one as `type base64`."""
    run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path)])
    kind, key, *_ = path.with_suffix(path.suffix + ".pub").read_text().split()
    return f"{kind} {key}"


def server_config(*, directory: str, port: int, listen: str, extra: Iterable[str]) -> str:
    """sshd_config for one host whose key and authorized_keys are in `directory`."""
    lines = [
        f"Port {port}",
        f"ListenAddress {listen}",
        f"HostKey {directory}/ssh_host_ed25519_key",
        f"AuthorizedKeysFile {directory}/authorized_keys",
        "PermitRootLogin prohibit-password",
        "PubkeyAuthentication yes",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "UsePAM no",
        "UseDNS no",
        "PrintMotd no",
        "PrintLastLog no",
        "X11Forwarding no",
        "AcceptEnv LANG LC_*",
        "MaxStartups 100",
        "MaxSessions 100",
        "Subsystem sftp internal-sftp",
        *extra,
    ]
    return "\n".join(lines) + "\n"


def install(target: Path, *, client_key: str, config: str, comment: str) -> str:
    """Write a host's SSH directory (config, own key, who may log in); return its public key."""
    file_tree.directory(target)
    file_tree.put(target / "sshd_config", config)
    file_tree.put(target / "authorized_keys", client_key + " safedeploy-lab\n")
    return new_key(target / "ssh_host_ed25519_key", comment)


def known_hosts(keys: Iterable[tuple[LabHost, str]]) -> str:
    """The client's known_hosts: each host's key under its name and under its address."""
    lines = []
    for host, key in keys:
        address = host.address if host.ssh_port == 22 else f"[{host.address}]:{host.ssh_port}"
        lines.append(f"{address} {key}\n")
    return "".join(lines)


def client_options(directory: Path) -> list[str]:
    """Options of ssh(1), for its command line or for Ansible, that connect with this lab's keys and no others."""
    return [
        "-o", f"UserKnownHostsFile={directory / KNOWN_HOSTS}",
        "-o", "GlobalKnownHostsFile=/dev/null",
        "-o", "StrictHostKeyChecking=yes",
        "-o", "IdentitiesOnly=yes",
    ]  # fmt: skip


def client_config(directory: Path, hosts: Iterable[LabHost]) -> str:
    """An ssh_config for `ssh -F`, with each host by its name."""
    lines = []
    for host in hosts:
        lines += [
            f"Host {host.name}",
            f"  HostName {host.address}",
            f"  Port {host.ssh_port}",
            f"  User {host.user}",
        ]
    lines += [
        "Host *",
        f"  IdentityFile {directory / CLIENT_KEY}",
        "  IdentitiesOnly yes",
        f"  UserKnownHostsFile {directory / KNOWN_HOSTS}",
        "  GlobalKnownHostsFile /dev/null",
        "  StrictHostKeyChecking yes",
    ]
    return "\n".join(lines) + "\n"
