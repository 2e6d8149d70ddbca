"""Somebody sends api.lab.test to a port where nothing listens, in the virtual host, and reloads."""

from __future__ import annotations

from safedeploy.lab.faults.fault import Fault
from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.traffic import Route

NOBODY = 9009  # listens there


def begin(scene: Scene) -> None:
    """One digit, in a line that httpd takes without a word."""
    port = scene.host.backend_port
    scene.edit(scene.site("api"), rf"^(\s*ProxyPass\s+\"?/\"?\s+\"?http://127\.0\.0\.1:){port}\b", rf"\g<1>{NOBODY}")
    scene.graceful()


FAULT = Fault(
    name="config-directive",
    title="a ProxyPass that leads to the wrong port",
    what="api.conf sends what it gets to a port where nothing listens; httpd was reloaded.",
    page="api.lab.test answers 503.",
    route=Route(site="api.lab.test", path="/health", text='"service": "api"'),
    seen=("status 503",),
    hints=(
        "The other sites of the same host are well. What has api alone?",
        (
            "httpd says in its error log where it wanted to connect to. Compare that with where the application "
            "listens (`ss -ltn`)."
        ),
        "The port of ProxyPass in sites-available/api.conf is wrong.",
    ),
    repair="Correct the port in sites-available/api.conf and reload httpd.",
    prevention=(
        "`safedeploy push` tries the candidate on each host before anything is activated: its probe of api would have"
        " answered 503 there, and nowhere else. `safedeploy drift` names the line that was changed by hand."
    ),
    begin=begin,
)
