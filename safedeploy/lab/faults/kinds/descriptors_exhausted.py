"""httpd may open next to no files."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from safedeploy.lab.faults.fault import Fault
from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.processes import Process, command_name, parent, wait_until
from safedeploy.lab.traffic import Route

# Each process may open what it has open, and one for a connection; children that come later inherit the parent's limit.
# A process may be limited by its own user alone. It is done to children that run already, since httpd gives up when
# none of its children ever was well.
PROGRAM = """
import os, resource, sys
parent, *children = (int(pid) for pid in sys.stdin.read().split())
free = {}
for pid in children:
    taken = {int(name) for name in os.listdir(f"/proc/{pid}/fd")}
    free[pid] = next(number for number in range(4096) if number not in taken)
limit = max(free.values()) + 1
resource.prlimit(parent, resource.RLIMIT_NOFILE, (limit, limit))
owner = os.stat(f"/proc/{children[0]}")
if os.geteuid() != owner.st_uid:
    os.setgid(owner.st_gid)
    os.setuid(owner.st_uid)
for pid in children:
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (free[pid] + 1, free[pid] + 1))
"""


HEALTHY = 2.5  # seconds after which httpd takes its children for well


def begin(scene: Scene) -> None:
    """Nothing is reloaded: what runs may open no more."""
    wait_until(lambda: all(_age(process) > HEALTHY for process in _own(scene)), seconds=2 * HEALTHY, pause=0.1)
    own = [process.pid for process in _own(scene)]
    # The parent is the one whose parent is none of them.
    own.sort(key=lambda pid: parent(pid) in own)
    subprocess.run([sys.executable, "-I", "-S", "-c", PROGRAM], input=" ".join(map(str, own)), text=True, check=True)


def _own(scene: Scene) -> list[Process]:
    return [process for process in scene.lab.ground.processes(scene.name) if command_name(process.pid) == "apache2"]


def _age(process: Process) -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME) - process.start / os.sysconf("SC_CLK_TCK")


FAULT = Fault(
    name="descriptors-exhausted",
    title="httpd has no file descriptors left",
    what="The limit of open files of httpd leaves it none for a request.",
    page="www, app and api.lab.test answer 403 and 503, or not at all.",
    route=Route(site="app.lab.test", text="app.lab.test"),
    seen=("status 403", "status 503", "status 500", "timed out", "refused", "Reset", "Disconnected"),
    hints=(
        "httpd says in its error log what it could not do, with a number in brackets.",
        "How many files may a process of httpd open (/proc/PID/limits), and how many are (/proc/PID/fd)?",
        'The limit of open files is too low: "Too many open files".',
    ),
    repair="Stop httpd and start it with a proper limit: `apache2ctl stop; apache2ctl start`.",
    prevention="LimitNOFILE of the service, or APACHE_ULIMIT_MAX_FILES in envvars; an alert at 80 % of it.",
    begin=begin,
)
