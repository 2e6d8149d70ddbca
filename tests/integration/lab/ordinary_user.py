"""Run programs as a user without any privilege, for real: root becomes one who exists in a mount namespace only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
USER = "lab-visitor"
NUMBER = 54321
# The mount is seen by this shell and its children alone; the machine's /etc/passwd is not written.
ENTER = (
    'mount --bind "$1" /etc/passwd && shift && exec setpriv --reuid {0} --regid {0} --clear-groups'
    ' --bounding-set=-all --inh-caps=-all "$@"'
)


class OrdinaryUser:
    """`run` runs Python that can import safedeploy.lab; `home` is the user's own directory."""

    def __init__(self, directory: Path) -> None:
        self.home = directory / "home"
        self._package = directory / "package"
        self._accounts = directory / "passwd"
        self.number = NUMBER if os.getuid() == 0 else os.getuid()
        self.home.mkdir()
        # The checkout may be below a directory that is closed to others.
        for part in ("lab", "core"):
            shutil.copytree(CHECKOUT / "safedeploy" / part, self._package / "safedeploy" / part)
        shutil.copy(CHECKOUT / "safedeploy/__init__.py", self._package / "safedeploy")
        if os.getuid() == 0:
            os.chown(self.home, NUMBER, NUMBER)
            line = f"{USER}:x:{NUMBER}:{NUMBER}::{self.home}:/bin/sh\n"
            self._accounts.write_text(Path("/etc/passwd").read_text() + line)

    def run(self, program: str, *words: str) -> str:
        """Standard output of a Python program; asserts that it ended well."""
        return self.command([self._python(), "-c", program, *words])

    def command(self, argv: list[str]) -> str:
        """Standard output of a command; asserts that it ended well."""
        environment = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(self.home),
            "PYTHONPATH": str(self._package),
        }
        if os.getuid() == 0:
            shell = ["unshare", "--mount", "sh", "-c", ENTER.format(NUMBER), "sh", str(self._accounts)]
            argv = [*shell, *argv]
        done = subprocess.run(
            argv, capture_output=True, text=True, check=False, timeout=120, cwd=self.home, env=environment
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def processes(self) -> list[str]:
        """Live processes of this user."""
        listed = subprocess.run(
            ["ps", "-ww", "-eo", "uid=,stat=,args="], check=True, capture_output=True, text=True
        ).stdout
        own = [line.split(None, 2) for line in listed.splitlines()]
        return [" ".join(words) for words in own if words[0] == str(self.number) and not words[1].startswith("Z")]

    @staticmethod
    def _python() -> str:
        """An interpreter that the user can reach: the system's own where ours is in a closed directory."""
        return sys.executable if os.getuid() else "/usr/bin/python3"


@contextmanager
def ordinary_user() -> Iterator[OrdinaryUser]:
    """A user, and no trace of it afterwards."""
    # Not below pytest's own directory, which is closed to others.
    directory = Path(tempfile.mkdtemp(prefix="lab-visitor-"))
    try:
        directory.chmod(0o755)
        yield OrdinaryUser(directory)
    finally:
        shutil.rmtree(directory)
