"""A private httpd: own tree, own ports, no part of the machine's configuration."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

MODULES = Path("/usr/lib/apache2/modules")
LOADED = [
    "mpm_event",
    "authn_core",
    "authz_core",
    "authz_host",
    "alias",
    "dir",
    "mime",
    "env",
    "setenvif",
    "status",
    "headers",
    "rewrite",
    "ssl",
    "socache_shmcb",
    "http2",
    "proxy",
    "proxy_http",
    "proxy_balancer",
    "lbmethod_byrequests",
    "lbmethod_bybusyness",
    "slotmem_shm",
    "proxy_hcheck",
]

MAIN = """\
ServerRoot "{root}"
Define APACHE_LOG_DIR {root}/logs
PidFile {root}/run/httpd.pid
DefaultRuntimeDir {root}/run
{modules}
{user}
ServerName localhost
Listen 127.0.0.1:{http}
Listen 127.0.0.1:{https} https
TypesConfig /dev/null
ErrorLog {root}/logs/error.log
LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\"" combined
<Directory />
    AllowOverride None
    Require all denied
</Directory>
IncludeOptional {root}/conf/*.conf
"""


def free_ports(count: int) -> list[int]:
    """Ports of the loopback interface that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def program() -> str | None:
    """The httpd of this machine."""
    return shutil.which("apache2", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


class PrivateHttpd:
    """A tree under /tmp that httpd's own user can read, and perhaps a server that runs on it."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="safedeploy-templates-"))
        self.root.chmod(0o755)
        for name in ("conf", "logs", "run", "tls", "www", "acme/.well-known/acme-challenge"):
            (self.root / name).mkdir(parents=True)
        self.http, self.https, self.status, self.backend = free_ports(4)
        self.main = self.root / "httpd.conf"
        modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in LOADED)
        user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
        self.main.write_text(MAIN.format(root=self.root, modules=modules, user=user, http=self.http, https=self.https))
        self._certificate()
        self._server: subprocess.Popen[bytes] | None = None

    def fill(self, value):
        """Put the tree and the ports where the cases have placeholders; ports become numbers."""
        known = {
            "root": str(self.root),
            "http": self.http,
            "https": self.https,
            "status": self.status,
            "backend": self.backend,
        }
        if isinstance(value, dict):
            return {key: self.fill(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if isinstance(value, str):
            if value.strip("{}") in known and value.startswith("{"):
                return known[value.strip("{}")]
            return re.sub(r"\{(root|http|https|status|backend)\}", lambda found: str(known[found[1]]), value)
        return value

    def configtest(self, *files: Path) -> subprocess.CompletedProcess[str]:
        """Have httpd read the main configuration with just these files."""
        for old in (self.root / "conf").iterdir():
            old.unlink()
        for number, file in enumerate(files):
            (self.root / "conf" / f"{number:02}-{file.name}").write_bytes(file.read_bytes())
        command = [program(), "-t", "-d", str(self.root), "-f", str(self.main)]
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    def start(self, *files: Path) -> None:
        """Serve with these files; waits until the port answers."""
        tested = self.configtest(*files)
        assert tested.returncode == 0, tested.stderr
        command = [program(), "-d", str(self.root), "-f", str(self.main), "-D", "FOREGROUND"]
        self._server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.http), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError((self.root / "logs" / "error.log").read_text())

    def ask(self, url: str, *options: str) -> str:
        """Ask curl: status line, headers and body. Any name leads to this server."""
        to = ["--connect-to", f"::127.0.0.1:{self.https if url.startswith('https') else self.http}"]
        if re.search(r":\d+/", url):
            to = []
        command = ["curl", "-sSik", "--max-time", "10", *to, *options, url]
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout

    def close(self) -> None:
        """End the server and remove the tree."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait(timeout=15)
        shutil.rmtree(self.root)

    def _certificate(self) -> None:
        command = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=www.example.com", "-addext", "subjectAltName=DNS:www.example.com,DNS:api.example.com",
            "-keyout", str(self.root / "tls/site.key"), "-out", str(self.root / "tls/site.pem"),
        ]  # fmt: skip
        subprocess.run(command, capture_output=True, timeout=30, check=True)
