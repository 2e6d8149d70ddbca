"""The disk with the logs is full, and the application writes there too."""

from __future__ import annotations

from safedeploy.lab.faults import small_disk
from safedeploy.lab.faults.fault import Fault
from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.traffic import Route

FILL = """
dd if=/dev/zero of="$1/core.4711" bs=64k || true
dd if=/dev/zero bs=1 count=8192 >>"$1/core.4711" || true
"""


def begin(scene: Scene) -> None:
    """The logs lie on a disk of their own from now on, and the application keeps a journal there."""
    small_disk.give(scene, "size=12m")
    scene.misbehave("journal", place=scene.layout.log_dir)
    scene.shell(FILL, scene.layout.log_dir)


FAULT = Fault(
    name="disk-full",
    title="a disk is full",
    what="Not a byte is left where the logs lie; the application, which keeps a journal there, answers 500.",
    page="api.lab.test answers 500.",
    route=Route(site="api.lab.test", path="/health", text='"service": "api"'),
    seen=("status 500",),
    hints=(
        "The access log has stopped: since when, and why?",
        "`df` says how full each disk is.",
        "A file of some size lies among the logs, and the application cannot write its journal.",
    ),
    repair="Make room below the log directory: core.4711 is nobody's.",
    prevention=(
        "Logs that are rotated and limited; an alert at 80 %. `safedeploy diagnose` looks at every disk of a host."
    ),
    needs_namespaces=True,
    begin=begin,
    end=small_disk.keep_logs,
)
