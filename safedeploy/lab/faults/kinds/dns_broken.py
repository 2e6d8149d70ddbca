"""The name of the application is no longer known."""

from __future__ import annotations

from safedeploy.lab.faults.fault import Fault
from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.traffic import Route

NAME = "application.lab.test"


def begin(scene: Scene) -> None:
    """The site asks for the application by name; where it does not, that is brought about first. Then the name goes."""
    port = scene.host.backend_port
    pattern = rf"^(\s*ProxyPass\s+\"?/\"?\s+\"?http://)127\.0\.0\.1:{port}\b"
    if NAME not in scene.read(scene.site("api")):
        scene.edit(scene.site("api"), pattern, rf"\g<1>{NAME}:{port}")
    scene.shell('grep -v "$1" /etc/hosts >/run/hosts; cat /run/hosts >/etc/hosts; rm /run/hosts', NAME)
    scene.graceful()


FAULT = Fault(
    name="dns-broken",
    title="the name of the application cannot be resolved",
    what="api.lab.test is passed on to application.lab.test, a name that the host cannot resolve.",
    page="api.lab.test answers 502 or 503.",
    route=Route(site="api.lab.test", path="/health", text='"service": "api"'),
    seen=("status 502", "status 503", "status 500"),
    hints=(
        "The application runs and listens. Does httpd get that far?",
        "httpd says in its error log that it looked something up. Can the host (`getent hosts NAME`)?",
        "The name of the application is in no /etc/hosts and at no name server.",
    ),
    repair="Put the name into /etc/hosts again (127.0.0.1 application.lab.test) and reload httpd.",
    prevention=(
        "`safedeploy lint` knows names that a host cannot resolve only on the host: pre-flight there finds it, when "
        "the name is gone before the push."
    ),
    needs_namespaces=True,
    begin=begin,
)
