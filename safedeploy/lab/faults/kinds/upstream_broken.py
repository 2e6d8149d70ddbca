"""What the application itself depends on is gone."""

from __future__ import annotations

from safedeploy.lab.faults.fault import Fault
from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.traffic import Route


def begin(scene: Scene) -> None:
    """It answers 503 by itself, at once, and says why."""
    scene.misbehave("upstream")


FAULT = Fault(
    name="upstream-broken",
    title="a dependency of the application is gone",
    what="The data base of the application does not answer; the application answers 503 by itself.",
    page="api.lab.test answers 503.",
    route=Route(site="api.lab.test", path="/health", text='"service": "api"'),
    seen=("status 503",),
    hints=(
        "Does httpd make the 503, or does it only pass it on? Its error log is silent.",
        "Ask the application itself from the host, and read its answer and its log (/var/log/lab-backend.log).",
        "The application is well, and says which dependency is not.",
    ),
    repair="It is not at these hosts: name the cause, and whoever runs the data base repairs it.",
    prevention=(
        "An application that tells its dependencies apart in its health page, and `safedeploy diagnose`, which tells "
        "an answer of the application from one of httpd."
    ),
    elsewhere=True,
    begin=begin,
)
