"""The disk with the logs can take no more files, though it has room."""

from __future__ import annotations

from safedeploy.lab.faults import small_disk
from safedeploy.lab.faults.fault import Fault
from safedeploy.lab.faults.scene import Scene
from safedeploy.lab.traffic import Route

FILL = """
seq 1000 | sed "s|^|$1/session-|" | xargs touch 2>/dev/null || true
"""


def begin(scene: Scene) -> None:
    """The logs lie on a disk of their own from now on, and the application keeps a file for each visitor there."""
    small_disk.give(scene, "size=64m,nr_inodes=400")
    scene.misbehave("sessions", place=scene.layout.log_dir)
    scene.shell(FILL, scene.layout.log_dir)


FAULT = Fault(
    name="inodes-full",
    title="a disk has no inodes left",
    what=(
        "The disk with the logs has room, but can take no more files; the application, which makes one for each "
        "visitor, answers 500."
    ),
    page="api.lab.test answers 500.",
    route=Route(site="api.lab.test", path="/health", text='"service": "api"'),
    seen=("status 500",),
    hints=(
        '"No space left", and yet there is: what else can a disk run out of?',
        "`df -i`",
        "Thousands of session files lie among the logs.",
    ),
    repair="Delete the session-* files below the log directory.",
    prevention="An alert on inodes beside the one on bytes; sessions that are cleared up.",
    needs_namespaces=True,
    begin=begin,
    end=small_disk.keep_logs,
)
