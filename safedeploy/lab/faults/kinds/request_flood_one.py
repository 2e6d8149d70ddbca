"""One client asks api.lab.test for more than it can do."""

from __future__ import annotations

from safedeploy.lab.faults.fault import Fault
from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.traffic import Route
from safedeploy.lab.visiting import Visits


def begin(scene: Scene) -> None:
    """A script without a pause."""
    scene.visit(
        "request-flood-one",
        Visits(
            where=(("http", "api.lab.test", "/search?q=all&page={number}"),),
            agents=("python-requests/2.31.0",),
            rate=150.0,
            at_once=40,
            crowd=1,
            strange=True,
        ),
    )


FAULT = Fault(
    name="request-flood-one",
    title="a flood of requests from one client",
    what="One client asks each host for 150 searches a second; the application has room for eight at once.",
    page="api.lab.test answers 503 most of the time.",
    route=Route(site="api.lab.test", path="/health", text='"service": "api"'),
    seen=("status 503", "timed out"),
    hints=(
        "How many requests are there a second, and how many are there usually? The access log knows.",
        (
            'Count them by client: `cut -d" " -f1 access.log | sort | uniq -c`. The format of the log says which '
            "field it is."
        ),
        "One client does not pause.",
    ),
    repair=(
        "Refuse that client: `<RequireAll> Require all granted, Require not ip ADDRESS </RequireAll>`, and reload "
        "httpd."
    ),
    prevention=(
        "A limit of requests for each client (mod_qos, or the load balancer); an agreement with who runs the script."
    ),
    begin=begin,
)
