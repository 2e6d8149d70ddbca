"""The application behind api.lab.test dies."""

from __future__ import annotations

from safedeploy.lab.faults.fault import Fault
from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.traffic import Route


def begin(scene: Scene) -> None:
    """It leaves nobody at its port."""
    scene.kill_backend()


FAULT = Fault(
    name="backend-down",
    title="the application is down",
    what="The application behind api.lab.test was killed; its port is closed.",
    page="api.lab.test answers 503.",
    route=Route(site="api.lab.test", path="/health", text='"service": "api"'),
    seen=("status 503",),
    hints=(
        "The other sites of the same host are well. What has api alone?",
        "httpd says in its error log that a connection was refused. Where to?",
        "Nothing listens at the port of the application: it does not run.",
    ),
    repair="Start the application, as the processes of a host that is well show; or reboot the host.",
    prevention=(
        "A service manager that starts it again; a balancer with a spare member (`members` of proxy.conf.j2), so that"
        " one dead application is no outage."
    ),
    begin=begin,
)
