"""Somebody leaves a line for maintenance behind in app.lab.test."""

from __future__ import annotations

from safedeploy.lab.faults.fault import Fault
from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.traffic import Route


def begin(scene: Scene) -> None:
    """A line that was right last night."""
    scene.edit(
        scene.site("app"),
        r"^(\s*)(DocumentRoot\s.*)$",
        r"\1\2\n\1# 02:10 maintenance, back in ten minutes\n\1Redirect 503 /",
    )
    scene.graceful()


FAULT = Fault(
    name="hand-edit",
    title="a line for maintenance that was left in by hand",
    what="app.conf has a `Redirect 503 /` that nobody took out again; httpd was reloaded.",
    page="app.lab.test answers 503.",
    route=Route(site="app.lab.test", text="app.lab.test"),
    seen=("status 503",),
    hints=(
        "The error log says nothing: httpd believes that it does as it is told.",
        "Files that were changed by hand: `safedeploy drift lab`, or `ls -lt` below sites-available.",
        "There is a Redirect in sites-available/app.conf that was for last night.",
    ),
    repair="Take the line out of sites-available/app.conf and reload httpd.",
    prevention=(
        "`safedeploy drift lab` on a schedule tells of hand edits within minutes; a maintenance page belongs into the"
        " template, where a push brings it and takes it back."
    ),
    begin=begin,
)
