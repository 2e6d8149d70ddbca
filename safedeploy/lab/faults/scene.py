"""What a fault may do on one host: run shell lines, change files, have the application misbehave."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from safedeploy.lab import visiting
from safedeploy.lab.addresses import hardware_address
from safedeploy.lab.commands import lab_error
from safedeploy.lab.host import LabHost, Layout
from safedeploy.lab.host_process import HOST_PYTHON
from safedeploy.lab.processes import arguments, kill_all
from safedeploy.lab.visiting import Visits

if TYPE_CHECKING:
    from safedeploy.lab.fleet import Lab

BAD_BACKEND = Path(__file__).with_name("bad_backend.py")


@dataclass(frozen=True)
class Scene:
    """One host of a lab, as a fault sees it."""

    lab: Lab
    name: str

    @property
    def host(self) -> LabHost:
        """Its address, ports and places."""
        return self.lab.host(self.name)

    @property
    def layout(self) -> Layout:
        """Its places."""
        return self.host.layout

    def shell(self, script: str, *words: str) -> str:
        """Run a script on the host and return its output; SafedeployError `lab-command-failed`."""
        done = self.lab.exec(self.name, ["/bin/sh", "-euc", script, "fault", *words])
        if done.returncode:
            said = (done.stderr + done.stdout).decode(errors="replace").strip()
            raise lab_error(
                "lab-command-failed",
                f"A command on host {self.name} ended with {done.returncode}: {said}",
                next_step=f"See `safedeploy lab ssh {self.name}`.",
            )
        return done.stdout.decode(errors="replace")

    def read(self, path: str) -> str:
        """A file's text."""
        return self.shell('cat "$1"', path)

    def edit(self, path: str, pattern: str, replacement: str) -> None:
        """Replace what a pattern matches, once, with the owner and mode as they are."""
        before = self.read(path)
        after = re.sub(pattern, replacement, before, count=1, flags=re.MULTILINE)
        if after == before:
            raise lab_error(
                "lab-command-failed",
                f"{path} on host {self.name} has nothing like {pattern!r}.",
                next_step="Put the host back: `safedeploy lab down`, then up.",
            )
        self.shell('printf %s "$2" > "$1"', path, after)

    def site(self, name: str) -> str:
        """The configuration file of one of the three sites."""
        return f"{self.layout.server_root}/sites-available/{name}.conf"

    def graceful(self) -> None:
        """Have httpd read its configuration."""
        self.shell("apache2ctl graceful")

    def kill_backend(self) -> None:
        """Kill the application."""
        own = self.lab.ground.processes(self.name)
        kill_all([process for process in own if self.layout.backend in arguments(process.pid)])

    def start_backend(self) -> None:
        """Start the program that lies at the application's place, and wait for its port."""
        words = shlex.join([HOST_PYTHON, "-I", "-S", self.layout.backend, self.name, str(self.host.backend_port)])
        self.shell(
            f"setsid {words} </dev/null >>{shlex.quote(self.layout.log_dir)}/../lab-backend.log 2>&1 &"
            f' i=0; until {HOST_PYTHON} -I -S -c "import socket;'
            f" socket.create_connection(('127.0.0.1', {self.host.backend_port}), 1)\" 2>/dev/null;"
            " do i=$((i+1)); test $i -lt 100; sleep 0.05; done"
        )

    def misbehave(self, mode: str, *, place: str = "") -> None:
        """Have the application misbehave until it is started anew: the program on disk is the good one."""
        good = self.read(self.layout.backend)
        self.kill_backend()
        bad = BAD_BACKEND.read_text().replace('MODE = "none"', f'MODE = "{mode}"')
        self.lab.put(self.name, self.layout.backend, bad.replace('PLACE = ""', f'PLACE = "{place}"'))
        try:
            self.start_backend()
        finally:
            self.lab.put(self.name, self.layout.backend, good)

    def visit(self, fault: str, visits: Visits) -> None:
        """Have visitors come to the host until the fault ends."""
        visiting.start(self.lab, f"{fault}-{self.name}", visits, [self.host])

    def nobody(self) -> str:
        """A hardware address of this lab's kind that nobody has."""
        return hardware_address(self.lab.state.ident, 0xFE)
