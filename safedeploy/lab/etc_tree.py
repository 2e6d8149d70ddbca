"""The /etc of a host in namespaces: a small fresh Debian, without the machine's secrets, users or name servers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from safedeploy.lab import file_tree
from safedeploy.lab.host import LabHost
from safedeploy.lab.names import DOMAIN

# What programs of a Debian host read from /etc and what holds nothing private.
COPIED = (
    "alternatives",
    "bash.bashrc",
    "debian_version",
    "environment",
    "ethertypes",
    "gai.conf",
    "host.conf",
    "inputrc",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "login.defs",
    "logrotate.d/apache2",
    "lsb-release",
    "magic",
    "mime.types",
    "nsswitch.conf",
    "os-release",
    "pam.conf",
    "pam.d",
    "profile",
    "protocols",
    "python3",
    "rpc",
    "security",
    "services",
    "shells",
    "ssl/openssl.cnf",
    "terminfo",
    "timezone",
)


def hosts_file(host: LabHost, fleet: Sequence[LabHost]) -> str:
    """/etc/hosts: every host of the lab by name, and the web sites at the host itself."""
    lines = ["127.0.0.1 localhost", "::1 localhost ip6-localhost ip6-loopback"]
    lines += [f"{other.address} {other.name}.{DOMAIN} {other.name}" for other in fleet]
    lines.append(f"{host.address} www.{DOMAIN} app.{DOMAIN} api.{DOMAIN}")
    return "\n".join(lines) + "\n"


def make(target: Path, host: LabHost, fleet: Sequence[LabHost], source: Path = Path("/etc")) -> None:
    """Fill the host's /etc, except for accounts, sshd, certificates and Apache."""
    file_tree.directory(target)
    for name in COPIED:
        if (source / name).exists():
            (target / name).parent.mkdir(exist_ok=True)
            file_tree.copy(source / name, target / name)
    for name in ("init.d", *(f"rc{level}.d" for level in "0123456S")):
        file_tree.directory(target / name)
    (target / "mtab").symlink_to("/proc/self/mounts")
    file_tree.put(target / "hosts", hosts_file(host, fleet))
    file_tree.put(target / "hostname", f"{host.name}\n")
    file_tree.put(target / "resolv.conf", "# A lab host has no name server: nothing leaves the machine.\n")
    file_tree.put(target / "machine-id", "")
