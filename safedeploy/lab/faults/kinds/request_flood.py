"""A crowd asks api.lab.test for more than it can do."""

from __future__ import annotations

from safedeploy.lab.faults.fault import Fault
from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.traffic import Route
from safedeploy.lab.visiting import Visits


def begin(scene: Scene) -> None:
    """Searches are what costs the application most."""
    scene.visit(
        "request-flood",
        Visits(
            where=(("http", "api.lab.test", "/search?q={word}&page={number}"),),
            agents=(
                "Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0",
                "Mozilla/5.0 (Windows NT 10.0) Firefox/121.0",
            ),
            rate=150.0,
            at_once=40,
            crowd=15,
            strange=True,
        ),
    )


FAULT = Fault(
    name="request-flood",
    title="a flood of requests from many clients",
    what="150 searches a second come to each host, from 15 addresses; the application has room for eight at once.",
    page="api.lab.test answers 503 most of the time.",
    route=Route(site="api.lab.test", path="/health", text='"service": "api"'),
    seen=("status 503", "timed out"),
    hints=(
        "How many requests are there a second, and how many are there usually? The access log knows.",
        "Which path do most ask for, and how many clients are they?",
        "A crowd of strangers asks for /search, and the application turns everybody away.",
    ),
    repair=(
        "Keep them off /search until it is over, such as `<Location /search> Require all denied </Location>`, and "
        "reload httpd."
    ),
    prevention=(
        "A limit before the application: mod_qos or a rate limit at the load balancer, and an answer for /search from"
        " a cache."
    ),
    begin=begin,
)
