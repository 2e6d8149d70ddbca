"""A private Apache for tests: the installed package's tree under one directory, on free loopback ports.

It needs neither root nor a namespace, and touches nothing of the machine's own Apache. Standard library only, so that
other users and other Pythons can run it; the fixture `apache` (apache_fixture.py) cleans up after it.
"""

from __future__ import annotations

import grp
import hashlib
import http.client
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

ENVVARS = """\
unset HOME
export APACHE_RUN_USER={user}
export APACHE_RUN_GROUP={group}
export APACHE_PID_FILE={root}/run/apache2.pid
export APACHE_RUN_DIR={root}/run
export APACHE_LOCK_DIR={root}/lock
export APACHE_LOG_DIR={root}/log
export LANG=C
"""
SITE = """\
<VirtualHost *:{port}>
    ServerName {name}
    DocumentRoot {root}/www/{name}
</VirtualHost>
"""
# Only root can become another user, and only root has to.
RUN_USER = "www-data" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
RUN_GROUP = "www-data" if os.geteuid() == 0 else grp.getgrgid(os.getegid()).gr_name
_counter = itertools.count()


class Apache:
    """One private Apache. `site` is its "site" document; the tree is at `etc`, the main error log at `error_log`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.etc = root / "etc"
        self.error_log = root / "log/error.log"
        self.port = free_port()
        shutil.copytree("/etc/apache2", self.etc, symlinks=True)
        for name in ("run", "lock", "log", "www"):
            (root / name).mkdir()
        (self.etc / "envvars").write_text(ENVVARS.format(root=root, user=RUN_USER, group=RUN_GROUP))
        (self.etc / "ports.conf").write_text(f"Listen 127.0.0.1:{self.port}\n")
        with (self.etc / "apache2.conf").open("a") as main:
            main.write(f"\nServerName localhost\n<Directory {root}/www>\n    Require all granted\n</Directory>\n")
        for path in (self.etc / "sites-enabled").iterdir():
            path.unlink()
        self.add_site("www.example.test")

    @property
    def site(self) -> dict[str, Any]:
        return {
            "layout": "debian",
            "state_dir": str(self.root / "state"),
            "server_root": str(self.etc),
            "allowed_roots": [str(self.etc), str(self.root / "www")],
            "httpd": {
                "main_config": str(self.etc / "apache2.conf"),
                "control": ["apache2ctl"],
                "binary": "/usr/sbin/apache2",
                "env": {"APACHE_CONFDIR": str(self.etc)},
                "address": "127.0.0.1",
            },
        }

    def control(self, *args: str) -> subprocess.CompletedProcess[str]:
        with tempfile.TemporaryFile("w+") as output:
            # A file, because the daemon that `start` leaves behind would keep a pipe open.
            command = ["apache2ctl", *args]
            environment = {**os.environ, **self.site["httpd"]["env"]}
            done = subprocess.run(command, env=environment, stdout=output, stderr=output, check=False)
            output.seek(0)
            return subprocess.CompletedProcess(command, done.returncode, output.read(), "")

    def start(self) -> None:
        done = self.control("start")
        assert done.returncode == 0, done.stdout
        self.wait_until_answering()

    def wait_until_answering(self, seconds: float = 5.0) -> None:
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.get("/")
            except OSError:
                assert time.monotonic() < deadline, self.log()
                time.sleep(0.02)
            else:
                return

    def get(self, path: str, host: str = "www.example.test", port: int | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=5)
        try:
            connection.request("GET", path, headers={"Host": host, "Connection": "close"})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    @property
    def pid(self) -> int | None:
        try:
            return int((self.root / "run/apache2.pid").read_text())
        except (OSError, ValueError):
            return None

    def log(self) -> str:
        return self.error_log.read_text() if self.error_log.exists() else ""

    def write(self, name: str, text: str) -> Path:
        """Write a live file, relative to the server root, the way a switch does: beside it, then renamed."""
        path = self.etc / name
        beside = path.with_name(f".{path.name}.new")
        beside.write_text(text)
        beside.rename(path)
        return path

    def link(self, name: str, target: str) -> None:
        path = self.etc / name
        path.unlink(missing_ok=True)
        path.symlink_to(target)

    def add_site(self, name: str, port: int | None = None, extra: str = "") -> None:
        docroot = self.root / "www" / name
        docroot.mkdir(exist_ok=True)
        (docroot / "index.html").write_text(f"hello from {name}\n")
        text = SITE.format(port=port or self.port, name=name, root=self.root)
        self.write(f"sites-available/{name}.conf", text.replace("</Virtual", f"{extra}\n</Virtual"))
        self.link(f"sites-enabled/{name}.conf", f"../sites-available/{name}.conf")

    def enable(self, *modules: str) -> None:
        for name in modules:
            for suffix in ("load", "conf"):
                if (self.etc / f"mods-available/{name}.{suffix}").exists():
                    self.link(f"mods-enabled/{name}.{suffix}", f"../mods-available/{name}.{suffix}")

    def disable(self, *modules: str) -> None:
        for name in modules:
            for suffix in ("load", "conf"):
                (self.etc / f"mods-enabled/{name}.{suffix}").unlink(missing_ok=True)

    def add_tls_site(self, name: str, names: tuple[str, ...] = (), days: int = 30) -> int:
        """A virtual host with a certificate of its own, on a port of its own, which is returned."""
        port = free_port()
        key, certificate = make_certificate(self.etc, name, names or (name,), days)
        self.enable("ssl", "setenvif", "mime", "socache_shmcb")
        self.write("ports.conf", (self.etc / "ports.conf").read_text() + f"Listen 127.0.0.1:{port}\n")
        engine = f"    SSLEngine on\n    SSLCertificateFile {certificate}\n    SSLCertificateKeyFile {key}"
        self.add_site(name, port, engine)
        return port

    def snapshot(self) -> dict[str, str]:
        """Every path below the server root with what it holds, to compare before and after."""
        found = {}
        for path in sorted(self.etc.rglob("*")):
            if path.is_symlink():
                found[str(path)] = f"-> {os.readlink(path)}"  # noqa: PTH115 - Path.readlink came with Python 3.9
            elif path.is_file():
                found[str(path)] = f"{path.stat().st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
            else:
                found[str(path)] = f"{path.stat().st_mode:o}"
        return found

    def processes(self) -> list[int]:
        """The pids of everything that runs from this tree."""
        found = []
        for path in Path("/proc").iterdir():
            if path.name.isdigit():
                try:
                    words = (path / "cmdline").read_bytes()
                except OSError:
                    continue
                if str(self.etc).encode() in words:
                    found.append(int(path.name))
        return found

    def kill(self) -> None:
        deadline = time.monotonic() + 5
        while (pids := self.processes()) and time.monotonic() < deadline:
            for pid in pids:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            time.sleep(0.02)


def free_port() -> int:
    """A loopback port that nothing listens on, from a range of this test worker's own, below the ephemeral ports."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    for number in _counter:
        port = 20000 + (worker % 10) * 1000 + (os.getpid() * 37 + number) % 1000
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise AssertionError


def make_certificate(directory: Path, name: str, names: tuple[str, ...], days: int) -> tuple[Path, Path]:
    """A self-signed certificate: (key, certificate)."""
    key, certificate = directory / f"{name}.key", directory / f"{name}.pem"
    alternatives = ",".join(f"DNS:{one}" for one in names)
    # fmt: off
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
               "-keyout", str(key), "-out", str(certificate), "-days", str(days), "-subj", f"/CN={name}",
               "-addext", f"subjectAltName={alternatives}"]
    # fmt: on
    subprocess.run(command, check=True, capture_output=True)
    return key, certificate


def file_entry(data: bytes, mode: str = "0644") -> dict[str, Any]:
    """The entry of a file with this content."""
    digest = hashlib.sha256(data).hexdigest()
    return {"kind": "file", "sha256": digest, "size": len(data), "mode": mode, "owner": "root", "group": "root"}
