"""A private sshd for tests: own keys, own users, own port on loopback, in own mount and process namespaces.

Nothing of the machine is changed: users, sudo rules and missing programs are bind mounts that only this sshd sees.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from safedeploy.core.host import Become, Connection, Host

_CONFIG = """
ListenAddress 127.0.0.1
Port {port}
HostKey {root}/host_key
PidFile none
AuthorizedKeysFile {root}/authorized_keys
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
MaxStartups 100
MaxSessions 100
SetEnv PATH={path}
LogLevel ERROR
{extra}
"""

_USERS = {
    "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\nsshd:x:100:65534::/run/sshd:/usr/sbin/nologin\n"
    "deploy:x:4242:4242::{root}:/bin/sh\n",
    "/etc/group": "root:x:0:\nnogroup:x:65534:\ndeploy:x:4242:\n",
    # Both passwords are "sesame".
    "/etc/shadow": "root:{hash}:19000::::::\ndeploy:{hash}:19000::::::\n",
    "/etc/sudoers": "Defaults lecture=never\nroot ALL=(ALL) ALL\n{sudo}\n",
    "/etc/pam.d/sudo": "auth required pam_unix.so\naccount required pam_permit.so\nsession required pam_permit.so\n",
}


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@dataclass
class Sshd:
    root: Path
    sudo: str = "deploy ALL=(ALL) NOPASSWD: ALL"
    path: str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    hidden: tuple[str, ...] = ()
    extra: str = ""
    key_type: str = "ed25519"
    port: int = field(default_factory=free_port)

    def __enter__(self) -> Self:
        self.root.mkdir(exist_ok=True, mode=0o755)
        self.keygen("host_key", self.key_type)
        self.keygen("rsa_key", "rsa")
        self.keygen("user_key", "ed25519")
        shutil.copy(self.root / "user_key.pub", self.root / "authorized_keys")
        config = _CONFIG.format(port=self.port, root=self.root, path=self.path, extra=self.extra)
        (self.root / "sshd_config").write_text(config)
        self._process = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-ec", self._script()],
            stdin=subprocess.DEVNULL, stdout=(self.root / "log").open("w"), stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._await()
        self.know()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def _script(self) -> str:
        hashed = subprocess.check_output(["openssl", "passwd", "-6", "sesame"], text=True).strip()
        lines = ["mount -t tmpfs -o mode=0755 none /run/sshd || { mkdir -p /run/sshd; }"]
        for path, text in _USERS.items():
            file = self.root / Path(path).name
            file.write_text(text.format(root=self.root, hash=hashed, sudo=self.sudo))
            file.chmod(0o440 if "sudoers" in path else 0o644)
            lines.append(f"mount --bind {file} {path}")
        lines += [f"mount --bind /dev/null {path}" for path in self.hidden if Path(path).exists()]
        lines.append(f"exec /usr/sbin/sshd -D -e -f {self.root}/sshd_config")
        return "\n".join(lines)

    def _await(self) -> None:
        for _ in range(100):
            with socket.socket() as sock:
                if sock.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError((self.root / "log").read_text())

    def keygen(self, name: str, key_type: str) -> Path:
        path = self.root / name
        path.unlink(missing_ok=True)
        subprocess.run(["ssh-keygen", "-q", "-t", key_type, "-N", "", "-f", str(path)], check=True)
        return path

    def know(self, *, key: str = "host_key", name: str | None = None) -> None:
        """Write known_hosts with the public half of `key` under `name`."""
        kind, blob = (self.root / f"{key}.pub").read_text().split()[:2]
        (self.root / "known_hosts").write_text(f"{name or f'[127.0.0.1]:{self.port}'} {kind} {blob}\n")

    def connection(self, **changes: object) -> Connection:
        values: dict[str, object] = {
            "address": "127.0.0.1",
            "port": self.port,
            "user": "root",
            "private_key_file": str(self.root / "user_key"),
            "ssh_args": (
                "-F", "none", "-o", f"UserKnownHostsFile={self.root}/known_hosts", "-o", "GlobalKnownHostsFile=none",
                "-o", "IdentitiesOnly=yes",
            ),
        } | changes  # fmt: skip
        return Connection(**values)  # type: ignore[arg-type]

    def host(self, name: str = "web1", **changes: object) -> Host:
        return Host(name=name, groups=(), connection=self.connection(**changes), variables={})


SUDO = Become(enabled=True)
