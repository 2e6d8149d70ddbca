"""httpd may open next to no files."""

from __future__ import annotations

import subprocess
import sys

from safedeploy.lab.faults.fault import Fault
from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.processes import command_name, parent
from safedeploy.lab.traffic import Route

# Children inherit the limit of their parent: what they have open in their best hour, and one for a connection.
PROGRAM = """
import os, resource, sys
parent, *children = (int(pid) for pid in sys.stdin.read().split())
taken = [{int(name) for name in os.listdir(f"/proc/{pid}/fd")} for pid in children]
free = max(next(number for number in range(4096) if number not in numbers) for numbers in taken)
resource.prlimit(parent, resource.RLIMIT_NOFILE, (free + 1, free + 1))
"""


def begin(scene: Scene) -> None:
    """A graceful reload makes the children anew, and keeps the limit."""
    lab = scene.lab
    own = [process.pid for process in lab.ground.processes(scene.name) if command_name(process.pid) == "apache2"]
    # The parent is the one whose parent is none of them.
    own.sort(key=lambda pid: parent(pid) in own)
    subprocess.run([sys.executable, "-I", "-S", "-c", PROGRAM], input=" ".join(map(str, own)), text=True, check=True)
    scene.graceful()


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
