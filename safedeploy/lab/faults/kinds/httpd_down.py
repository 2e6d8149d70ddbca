"""httpd dies as by a crash."""

from __future__ import annotations

from safedeploy.lab.faults.fault import Fault
from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.traffic import Route


def begin(scene: Scene) -> None:
    """All of its processes at once."""
    scene.lab.kill_httpd(scene.name)


FAULT = Fault(
    name="httpd-down",
    title="httpd does not run",
    what="All processes of httpd were killed; its configuration is well.",
    page="Connections to www, app and api.lab.test are refused.",
    route=Route(site="app.lab.test", text="app.lab.test"),
    seen=("refused",),
    hints=(
        "Nothing answers at port 80: does anything listen there (`ss -ltn`)?",
        "sshd is well, so the host is. Which processes should run and do not?",
        "httpd has died. Its configuration loads: start it.",
    ),
    repair="Start httpd: `apache2ctl start`.",
    prevention=(
        "`safedeploy status lab` says that httpd does not run. A service manager that starts it again "
        "(Restart=on-failure) makes this a gap of a second."
    ),
    begin=begin,
)
