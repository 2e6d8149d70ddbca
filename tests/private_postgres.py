"""A PostgreSQL server of a test's own: an empty cluster in a directory of its own, on a loopback port, without fsync.

It refuses to run as root; then the user `postgres` of the package, or `nobody`, runs it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import psycopg

PASSWORD = "correct-horse-battery"


def binaries() -> Path | None:
    """Where the newest server's programs are; None when none is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    if found:
        return found[-1]
    program = shutil.which("postgres")
    return None if program is None else Path(program).resolve().parent


class PrivatePostgres:
    """One server; `stop` and `start` as a test likes. The user `safedeploy` may log in with PASSWORD alone."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self.directory = Path(tempfile.mkdtemp(prefix="safedeploy-postgres-"))
        self.port = _free_port()
        self._as_user: list[str] = []
        if os.geteuid() == 0:
            user = next(name for name in ("postgres", "nobody") if _exists(name))
            entry = pwd.getpwnam(user)
            os.chown(self.directory, entry.pw_uid, entry.pw_gid)
            self._as_user = ["setpriv", f"--reuid={user}", f"--regid={entry.pw_gid}", "--clear-groups"]
        secret = self.directory / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        self._data = self.directory / "data"
        self._run(
            "initdb", "-D", str(self._data), "-U", "safedeploy", "-A", "scram-sha-256", f"--pwfile={secret}",
            "--no-sync", "-E", "UTF8", "--locale=C",
        )  # fmt: skip
        self.start()

    @property
    def shown(self) -> str:
        return f"postgresql://safedeploy@127.0.0.1:{self.port}/postgres"

    @property
    def url(self) -> str:
        return f"postgresql://safedeploy:{PASSWORD}@127.0.0.1:{self.port}/postgres"

    def database(self, name: str) -> str:
        """Make an empty database; its URL with the password."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return f"postgresql://safedeploy:{PASSWORD}@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        options = f"-p {self.port} -h 127.0.0.1 -k {self.directory} -F -c max_connections=60 -c shared_buffers=16MB"
        self._run("pg_ctl", "-D", str(self._data), "-o", options, "-l", str(self.directory / "log"), "-w", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "-w", "stop")

    def end(self) -> None:
        """Stop it for good, whatever state it is in."""
        subprocess.run(
            [*self._as_user, str(self._programs / "pg_ctl"), "-D", str(self._data), "-m", "immediate", "stop"],
            cwd="/", check=False, capture_output=True,
        )  # fmt: skip
        shutil.rmtree(self.directory, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*self._as_user, str(self._programs / program), *arguments],
            cwd="/", check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout.decode(errors="replace")


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
