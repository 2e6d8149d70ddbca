"""The lab fleet on which faults are injected: it knows its old and its new release, and is put back before each fault.

    with started("faults", hosts=2) as (fleet, project):   # or FaultFleet(fleet) over an e2e fleet with a release
        project.second_release()
        fleet.learn(NEW, project)                 # an undisturbed push: what the new release looks like
        fleet.restore()                           # every host on the old release, nothing pending, served
        ...inject...
        oracle.host_violations(fleet, "web1")     # see oracle.py

Old is the first release that safedeploy brought, new the one that the injected push (or activation) brings, third what
a rival brings, where there is one. They are known by what the machine itself says of the file trees, not by what
safedeploy recorded.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safedeploy.core.layouts import LAYOUTS
from safedeploy.lab import Lab
from safedeploy.lab.host_process import HOST_PYTHON
from tests.e2e.fleet import Fleet, Tree
from tests.e2e.project import Project
from tests.faults.serving import policy_header

OLD, NEW, THIRD = "old", "new", "third"
LOOK = Path(__file__).with_name("on_host") / "look.py"


@dataclass(frozen=True, kw_only=True)
class Known:
    """A release as it looks on every host: its id, the file trees, and the header by which its answers are known."""

    release: str
    trees: Mapping[str, Tree]
    header: Mapping[str, str | None]


class FaultFleet:
    """A fleet that stands on its old release; `known[OLD]` and `known[NEW]` are what a host may end on."""

    def __init__(self, fleet: Fleet, label: str = "pushed") -> None:
        self.fleet = fleet
        self.lab = fleet.lab
        self.names = fleet.names
        self.label = label
        self.known: dict[str, Known] = {OLD: self._as_it_is()}
        self.before = fleet.each(self.look)

    def learn(self, label: str, project: Project) -> None:
        """Push a project without a fault, remember what the hosts then are, and go back to the old release."""
        done = project.push()
        assert done.code == 0, done.text
        self.known[label] = self._as_it_is()
        assert self.known[label].trees != self.known[OLD].trees
        self.restore()

    def restore(self) -> None:
        """Every host on the old release, as it was when this fleet was made; what still runs of a push is killed."""
        for name in self.names:
            if self.lab.running(name):
                for one in self.look(name)["processes"]:
                    if is_agent(one):
                        self.fleet.shell(name, f"kill -9 {one['pid']} 2>/dev/null; true")
        self.fleet.restore(self.label)

    def look(self, host: str) -> dict[str, Any]:
        """What is on a host: its records, processes, mounts and leftovers (on_host/look.py)."""
        layout = self.lab.host(host).layout
        words = [layout.state_dir, layout.server_root, layout.www_root]
        done = self.lab.exec(host, [HOST_PYTHON, "-I", "-S", "-", *words], content=LOOK.read_bytes())
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return json.loads(done.stdout)

    @property
    def site(self) -> dict[str, Any]:
        """The `site` of a request to the agent; hosts in namespaces have the same."""
        return LAYOUTS["debian"].site({})

    def agent(self, host: str, command: str, **request: Any) -> dict[str, Any]:
        """Ask the program that is staged on a host; its reply."""
        current = f"{self.lab.host(host).layout.state_dir}/agent/current"
        content = json.dumps({"site": self.site, **request}).encode()
        done = self.lab.exec(host, [HOST_PYTHON, "-I", "-S", current, command], content=content)
        return json.loads(done.stdout)

    def _as_it_is(self) -> Known:
        trees = self.fleet.trees()
        state = self.fleet.each(lambda host: self.look(host)["state"])
        releases = {one["current"] for one in state.values()}
        assert len(releases) == 1, releases
        header = self.fleet.each(lambda host: policy_header(self.lab.host(host)))
        return Known(release=releases.pop(), trees=trees, header=header)


def is_agent(process: Mapping[str, Any]) -> bool:
    """Whether a process of a host is the on-host program, in whatever way it was started."""
    line = str(process["line"])
    return ".pyz" in line or "memfd_create" in line or "/agent/current" in line


@contextlib.contextmanager
def started(name: str, hosts: int = 2) -> Iterator[tuple[FaultFleet, Project]]:
    """A lab of its own on its first release, with boot guards, and the project that its new release comes from."""
    with tempfile.TemporaryDirectory(prefix="safedeploy-faults-") as scratch:
        os.environ |= {"SAFEDEPLOY_LAB_DIR": f"{scratch}/labs", "XDG_STATE_HOME": f"{scratch}/state"}
        lab = Lab.up(name, hosts=hosts, mode="namespaces")
        try:
            place = {"SAFEDEPLOY_LAB_NAME": name, "SAFEDEPLOY_LAB_DIR": f"{scratch}/labs"}
            root = Path(scratch, "project")
            root.mkdir()
            project = Project(root, place)
            done = project.push()
            assert done.code == 0, done.text
            done = project.run("boot-guard", "lab", "--yes")
            assert done.code == 0, done.text
            fleet = Fleet(lab)
            fleet.keep("pushed")
            yield FaultFleet(fleet), project
        finally:
            before = signal.signal(signal.SIGINT, signal.SIG_IGN)
            lab.down()
            signal.signal(signal.SIGINT, before)
