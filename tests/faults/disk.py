"""A host's directory on a small disk of its own, which can be filled, or fail as a disk does: read-only."""

from __future__ import annotations

from dataclasses import replace

from tests.faults.scene import Scene

FILLER = ".filler"


def give(scene: Scene, directory: str) -> None:
    """Before the run: `directory` lies on a disk with little room (32 MiB are free) from now on."""
    scene.shell(
        f"used=$(du -sk {directory} | cut -f1) && mkdir -p /run/disk"
        f" && mount -t tmpfs -o size=$((used * 2 + 32768))k tmpfs /run/disk"
        f" && cp -a {directory}/. /run/disk/ && chmod --reference={directory} /run/disk"
        f" && mount --move /run/disk {directory} && rmdir /run/disk && apache2ctl graceful"
    )
    scene.fleet.fleet.wait_until_served(scene.target)
    scene.allow = replace(scene.allow, mounts=scene.allow.mounts | {directory}, places=frozenset({"/run/mount"}))


def fill(scene: Scene, directory: str) -> None:
    """Not a byte is left on it."""
    scene.shell(
        f"dd if=/dev/zero of={directory}/{FILLER} bs=64k 2>/dev/null;"
        f" dd if=/dev/zero bs=1 count=4096 >> {directory}/{FILLER} 2>/dev/null; true"
    )
    scene.undo.append(lambda: empty(scene, directory))


def empty(scene: Scene, directory: str) -> None:
    """Somebody has made room."""
    scene.shell(f"rm -f {directory}/{FILLER}")


def protect(scene: Scene, directory: str) -> None:
    """Nothing can be written to it any more, as after an error of the disk. Open files are remounted under."""
    scene.shell(f"mount -o remount,ro {directory}")
    scene.undo.append(lambda: scene.shell(f"mount -o remount,rw {directory}") and None)


def take(scene: Scene, directory: str) -> None:
    """After all: the disk is taken away, with what it holds."""
    scene.shell(
        f"while grep -q ' {directory} ' /proc/1/mountinfo; do mount -o remount,rw {directory}; umount -l {directory};"
        " done; rm -rf /run/mount"
    )
