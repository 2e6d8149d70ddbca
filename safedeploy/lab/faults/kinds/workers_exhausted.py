"""Clients that never end their request hold all workers of httpd."""

from __future__ import annotations

from safedeploy.lab.faults.fault import Fault
from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.traffic import Route
from safedeploy.lab.visiting import Visits


def begin(scene: Scene) -> None:
    """More of them than there are workers."""
    scene.visit(
        "workers-exhausted",
        Visits(
            where=(("http", "app.lab.test", "/"),),
            agents=("Mozilla/5.0 (compatible)",),
            at_once=450,
            strange=True,
            slow=True,
        ),
    )


FAULT = Fault(
    name="workers-exhausted",
    title="all workers are held by slow clients",
    what="450 connections to each host have begun a request and do not end it.",
    page="www, app and api.lab.test hardly answer, or not at all.",
    route=Route(site="app.lab.test", text="app.lab.test"),
    seen=("timed out",),
    hints=(
        "httpd runs, and takes connections. Why does it not answer? Its error log has one line about it.",
        "How many connections are there, and in which state (`ss -tn`)? How many workers may there be?",
        "All workers read requests that never end (MaxRequestWorkers in the error log).",
    ),
    repair=(
        "Close the door on them: RequestReadTimeout header=3-5,MinRate=500 (mod_reqtimeout), or refuse their "
        "addresses; then restart httpd."
    ),
    prevention="A short RequestReadTimeout; enough MaxRequestWorkers; an alert when none is idle.",
    begin=begin,
)
