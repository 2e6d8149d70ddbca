"""The application behind api.lab.test waits for something that does not come."""

from __future__ import annotations

from safedeploy.lab.faults.fault import Fault
from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.traffic import Route


def begin(scene: Scene) -> None:
    """It takes connections and is silent for 20 seconds."""
    scene.misbehave("slow")


FAULT = Fault(
    name="backend-slow",
    title="the application hangs",
    what="The application takes every request and answers after 20 seconds.",
    page="api.lab.test does not answer, or only after many seconds.",
    route=Route(site="api.lab.test", path="/health", text='"service": "api"'),
    seen=("timed out", "status 502", "status 504"),
    hints=(
        "The other sites of the same host answer at once. What has api alone?",
        (
            "Ask the application itself from the host: `curl -m 5 http://127.0.0.1:PORT/`. Does it connect? Does it "
            "answer?"
        ),
        "The application takes connections and then hangs.",
    ),
    repair="Start the application anew, as the processes of the host show; or reboot the host.",
    prevention=(
        "A `timeout` of the back end in proxy.conf.j2, so that a hanging application costs seconds and not all "
        "workers; an alert on latency."
    ),
    begin=begin,
)
