"""Acts on a running host: run a command in it, write a file, stop and start its servers, see its configuration.

All commands run as the host's own user (root in namespaces) and see the host's own files, network and processes.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Sequence
from typing import TYPE_CHECKING

from safedeploy.lab.commands import clean_environment, lab_error
from safedeploy.lab.host_process import HOST_PYTHON
from safedeploy.lab.processes import alive, answers, command_name, kill_all, wait_until

if TYPE_CHECKING:
    from safedeploy.lab.fleet import Lab
    from safedeploy.lab.processes import Process

APACHE_START = ("apache2ctl", "start")
APACHE_STOP = ("apache2ctl", "stop")

# Programs for the host's Python: they run where the host's paths mean the host's files.
_PUT = """
import os, sys
path, mode = sys.argv[1], int(sys.argv[2], 8)
os.makedirs(os.path.dirname(path), exist_ok=True)
descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
os.fchmod(descriptor, mode)
with os.fdopen(descriptor, "wb") as file:
    file.write(sys.stdin.buffer.read())
"""
_SNAPSHOT = """
import hashlib, json, os, stat, sys
def entry(path):
    info = os.lstat(path)
    if stat.S_ISLNK(info.st_mode):
        return "link " + os.readlink(path)
    what = "%04o %d:%d" % (stat.S_IMODE(info.st_mode), info.st_uid, info.st_gid)
    if not stat.S_ISREG(info.st_mode):
        return ("dir " if stat.S_ISDIR(info.st_mode) else "other ") + what
    with open(path, "rb") as file:
        return "file " + what + " " + hashlib.sha256(file.read()).hexdigest()
found = {}
for root in sys.argv[1:]:
    for top, directories, files in os.walk(root):
        for path in [top, *(os.path.join(top, name) for name in [*directories, *files])]:
            found[path] = entry(path)
print(json.dumps(found))
"""


def run_on(
    lab: Lab, name: str, argv: Sequence[str], *, content: bytes = b"", seconds: float = 60
) -> subprocess.CompletedProcess[bytes]:
    """Run a command on a host. SafedeployError `lab-host-off` when the host is switched off."""
    host = lab.host(name)
    if not lab.running(name):
        raise lab_error("lab-host-off", f"Host {name} is off.", next_step="Run `safedeploy lab up`, which boots it.")
    return subprocess.run(
        lab.ground.command(host.name, argv),
        input=content,
        capture_output=True,
        timeout=seconds,
        check=False,
        env=clean_environment(lab.ground.environment(host.name)),
    )


def _python(lab: Lab, name: str, program: str, *words: str, content: bytes = b"") -> bytes:
    done = run_on(lab, name, [HOST_PYTHON, "-I", "-S", "-c", program, *words], content=content)
    _must(done, name, words)
    return done.stdout


def _must(done: subprocess.CompletedProcess[bytes], name: str, words: Sequence[str]) -> None:
    if done.returncode:
        said = (done.stderr + done.stdout).decode(errors="replace").strip()
        raise lab_error(
            "lab-command-failed",
            f"{' '.join(words)} on host {name} ended with {done.returncode}: {said}",
            next_step=f"See `safedeploy lab ssh {name}`.",
        )


def put(lab: Lab, name: str, path: str, content: bytes, mode: int = 0o644) -> None:
    """Write a file on a host; `path` is absolute, as the host names it."""
    _python(lab, name, _PUT, path, f"{mode:o}", content=content)


def snapshot(lab: Lab, name: str) -> dict[str, str]:
    """Every path below the server root and the web root -> kind, mode, owner, digest (or the target of a link)."""
    layout = lab.host(name).layout
    found: dict[str, str] = json.loads(_python(lab, name, _SNAPSHOT, layout.server_root, layout.www_root))
    return found


def digest(entries: dict[str, str]) -> str:
    """One digest for a snapshot."""
    return hashlib.sha256(json.dumps(entries, sort_keys=True).encode()).hexdigest()


def httpd_pid(lab: Lab, name: str) -> int | None:
    """The process id of Apache's parent as the host sees it, or None when it does not run."""
    path = f"{lab.host(name).layout.run_dir}/apache2.pid"
    # One that was killed and that its parent has not asked after yet would still take a signal.
    script = f'read -r pid < {path} && grep -q "^State:[[:space:]]*[^ZX]" "/proc/$pid/status" && echo "$pid"'
    done = run_on(lab, name, ["/bin/sh", "-c", script])
    return int(done.stdout) if done.returncode == 0 and done.stdout.strip() else None


def kill_program(lab: Lab, name: str, program: str) -> int:
    """SIGKILL every process of that program on a host (`apache2`, `sshd`); how many there were."""
    killed = 0
    while victims := _living(lab, name, program):
        if kill_all(victims):
            raise lab_error("lab-process-stays", f"{program} on {name} does not die.", next_step="Reboot the host.")
        killed += len(victims)
    return killed


def _living(lab: Lab, name: str, program: str) -> list[Process]:
    """Its processes now; one of them may fork another before it is killed itself."""
    those = lab.ground.processes(lab.host(name).name)
    return [process for process in those if command_name(process.pid) == program and alive(process)]


def stop_httpd(lab: Lab, name: str) -> None:
    """Stop Apache in order; returns when it has gone."""
    if httpd_pid(lab, name) is None:
        return
    _must(run_on(lab, name, APACHE_STOP), name, APACHE_STOP)
    if not wait_until(lambda: httpd_pid(lab, name) is None, seconds=20, pause=0.05):
        raise lab_error("lab-process-stays", f"Apache on {name} does not stop.", next_step="Reboot the host.")


def start_httpd(lab: Lab, name: str) -> None:
    """Start Apache with whatever configuration the host has; returns when its parent is known by its PidFile."""
    _must(run_on(lab, name, APACHE_START), name, APACHE_START)
    # It becomes a daemon first; that one reads the configuration again, and writes the file afterwards.
    if not wait_until(lambda: httpd_pid(lab, name) is not None, seconds=20, pause=0.05):
        raise lab_error(
            "lab-host-failed",
            f"Apache on {name} did not stay up.",
            next_step=f"Read {lab.host(name).layout.log_dir}/error.log there: `safedeploy lab ssh {name}`.",
        )


def start_sshd(lab: Lab, name: str) -> None:
    """Start sshd again."""
    argv = lab.ground.sshd_command(lab.host(name).name)
    _must(run_on(lab, name, argv), name, argv)
    host = lab.host(name)
    # It becomes a daemon first and listens afterwards.
    if not wait_until(lambda: answers(host.ssh_port, host.address), seconds=20):
        raise lab_error("lab-host-failed", f"sshd of {name} does not answer.", next_step="Reboot the host.")
