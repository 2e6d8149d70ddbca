"""The log directory of a host on a small disk of its own, for faults that fill it."""

from __future__ import annotations

from safedeploy.lab.faults.scene import Scene

_GIVE = """
cp -a "$1" /run/before
mount -t tmpfs -o "$2,mode=750" tmpfs "$1"
cp -a /run/before/. "$1"
rm -rf /run/before
apache2ctl graceful
"""
_KEEP = """
mountpoint -q "$1" || exit 0
mkdir -p /run/below
mount --bind "$(dirname "$1")" /run/below
for log in "$1"/*access.log "$1"/*error.log; do cp -p "$log" "/run/below/$(basename "$1")/"; done
umount /run/below
"""


def give(scene: Scene, options: str) -> None:
    """From now on the logs lie on a disk with these options of tmpfs(5)."""
    scene.shell(_GIVE, scene.layout.log_dir, options)


def keep_logs(scene: Scene) -> None:
    """What was logged on it goes to the disk below, which is there when the small one has gone."""
    scene.shell(_KEEP, scene.layout.log_dir)
