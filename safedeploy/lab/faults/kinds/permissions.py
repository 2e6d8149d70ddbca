"""The document root of app.lab.test is closed to httpd."""

from __future__ import annotations

from safedeploy.lab.faults.fault import Fault
from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.traffic import Route


def begin(scene: Scene) -> None:
    """As after a copy with the wrong umask."""
    scene.shell('chmod 0700 "$1"', f"{scene.layout.www_root}/app")


FAULT = Fault(
    name="permissions",
    title="httpd may not read the document root",
    what="The document root of app.lab.test has mode 0700, and belongs to root.",
    page="app.lab.test answers 403.",
    route=Route(site="app.lab.test", text="app.lab.test"),
    seen=("status 403",),
    hints=(
        "403: who refuses, the configuration or the disk? The error log tells them apart.",
        "As which user does httpd read, and may that user (`namei -l PATH`)?",
        "The document root has mode 0700.",
    ),
    repair="chmod 0755 on the document root of app.",
    prevention=(
        "A health probe of the site in every push; `safedeploy diagnose` looks at the way to each document root. "
        "Deploy content with a mode, not with a umask."
    ),
    needs_namespaces=True,
    begin=begin,
)
