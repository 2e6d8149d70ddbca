"""The application behind api.lab.test hangs up in the middle."""

from __future__ import annotations

from safedeploy.lab.faults.fault import Fault
from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.traffic import Route


def begin(scene: Scene) -> None:
    """It takes a request and resets the connection."""
    scene.misbehave("reset")


FAULT = Fault(
    name="backend-resets",
    title="the application resets its connections",
    what="The application takes every request and then resets the connection.",
    page="api.lab.test answers 502.",
    route=Route(site="api.lab.test", path="/health", text='"service": "api"'),
    seen=("status 502",),
    hints=(
        "502 is not 503: somebody was there, and then was not.",
        "httpd says in its error log what became of the connection to the application.",
        "The application resets every connection.",
    ),
    repair="Start the application anew, as the processes of the host show; or reboot the host.",
    prevention="A probe of the application itself in `health`, and `retry` with a second member in proxy.conf.j2.",
    begin=begin,
)
