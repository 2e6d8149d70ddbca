"""A host of the lab that runs the real systemd: as process 1 of a process namespace inside of the host.

The host's file system is read-only but for its own directories, and so is what systemd sees. None of its units runs
but those that a test names: systemd's own sets of units for the start (tmpfiles, sysctl, udev) are hidden, and the
settings of the kernel cannot be written.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.fleet import Fleet

SYSTEMD = Path("/lib/systemd/systemd")
HIERARCHY = Path("/sys/fs/cgroup/systemd")

# $1 is the name of this systemd's control group.
START = r"""
set -e
mkdir -p /run/cg /run/sd
mount -t cgroup -o none,name=systemd cgroup /run/cg
mkdir -p "/run/cg/$1"
echo $$ > "/run/cg/$1/cgroup.procs"
umount /run/cg
exec unshare --mount --pid --cgroup --fork /bin/sh -ec '
mount --make-rprivate /
mount -t proc proc /proc
mount --bind /proc/sys /proc/sys
mount -o remount,bind,ro /proc/sys
for wants in /lib/systemd/system/*.target.wants; do mount -t tmpfs tmpfs "$wants"; done
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/lock /run/apache2
mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
mkdir /sys/fs/cgroup/systemd
mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd
exec env -i container=lab PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=multi-user.target \
  --show-status=no --log-target=null "lab-mark=$0"
' "$1"
"""


class SystemdHost:
    """`web1` under systemd; `start` and `power_off` are its switch."""

    def __init__(self, fleet: Fleet, name: str = "web1") -> None:
        self.fleet = fleet
        self.name = name
        self.group = f"sd-{fleet.lab.name}-{os.getpid()}"
        self.state_dir = fleet.host(name).layout.state_dir
        self._outer: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Switch it on, and wait until it has booted."""
        self._outer = subprocess.Popen(
            self.fleet.lab.ground.command(self.name, ["/bin/sh", "-c", START, "start", self.group]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        end = time.monotonic() + 30
        while "running" not in self.systemctl("is-system-running"):
            if self._outer.poll() is not None:
                said = (self._outer.stderr.read() if self._outer.stderr else b"").decode()
                pytest.skip(f"systemd does not run in a namespace of this machine: {said}")
            assert time.monotonic() < end, f"systemd did not boot: {self.systemctl('list-units', '--failed')}"
            time.sleep(0.1)

    def power_off(self) -> None:
        """Kill all its processes at once."""
        pid = self._first()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        if self._outer is not None:
            self._outer.wait(20)
            if self._outer.stderr is not None:
                self._outer.stderr.close()
            self._outer = None

    def remove(self) -> None:
        """Switch it off, and remove its control groups."""
        self.power_off()
        top = HIERARCHY / self.group
        groups = [path for path in top.rglob("*") if path.is_dir()]
        for path in sorted(groups, key=lambda path: -len(path.parts)):
            path.rmdir()
        if top.exists():
            top.rmdir()

    def _first(self) -> int | None:
        mark = f"lab-mark={self.group}".encode()
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = path.read_bytes().split(b"\0")
            except OSError:
                continue
            if words[0] == bytes(SYSTEMD) and mark in words:
                return int(path.parent.name)
        return None

    def run(self, *argv: str, content: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run a command there."""
        pid = self._first()
        if pid is None:
            return subprocess.CompletedProcess(argv, 1, b"", b"it is off")
        entering = ["nsenter", "-t", str(pid), "-m", "-u", "-i", "-n", "-p", "-C", "-w", "--"]
        return subprocess.run(
            [*entering, *argv], input=content, capture_output=True, timeout=60, check=False,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"},
        )  # fmt: skip

    def systemctl(self, *words: str) -> str:
        done = self.run("systemctl", *words)
        return (done.stdout + done.stderr).decode().strip()

    def show(self, unit: str, what: str) -> str:
        return self.systemctl("show", "--value", "-p", what, unit)

    def put(self, path: str, text: str) -> None:
        assert self.run("tee", path, content=text.encode()).returncode == 0

    def agent(self, command: str, **request: Any) -> Any:
        """One call of the on-host program; its result."""
        site = json.loads(self.run("cat", f"{self.state_dir}/site.json").stdout)["site"]
        content = json.dumps({"site": site, **request}).encode()
        agent = f"{self.state_dir}/agent/current"
        done = self.run("/usr/bin/python3", "-I", "-S", agent, command, content=content)
        answer = json.loads(done.stdout or b"{}")
        assert answer.get("ok"), (answer, done.stderr)
        return answer["result"]
