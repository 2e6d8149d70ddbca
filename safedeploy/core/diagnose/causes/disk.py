"""Room: a file system that httpd writes to is full, has no inodes left, or can only be read.

0.8 with trouble, 0.5 without; 0.2 more when error logs say so too.
"""

from __future__ import annotations

from safedeploy.core.diagnose import codes, wording
from safedeploy.core.diagnose.evidence import Evidence
from safedeploy.core.diagnose.hypothesis import Cause, Hypothesis, Scale
from safedeploy.core.diagnose.seen import Disk

ID = "disk"
TITLE = "a file system is full"
_READ_ONLY = "a file system can only be read"
_SAYINGS = (
    "(28)No space left on device",
    "No space left on device",
    "(30)Read-only file system",
    "Disk quota exceeded",
)
_LEAST = 1 << 20  # bytes
_MAKE_ROOM = "Make room: old logs, core dumps, caches; a log that was removed takes room until httpd is reloaded."
_REMOUNT = "Look why: the kernel does that to a broken disk (`dmesg`). If the disk is sound, `mount -o remount,rw` it."


def judge(evidence: Evidence) -> Hypothesis:
    """By what the file systems say, and by the error log."""
    disks = [(host, disk) for host, one in evidence.hosts.items() if one.seen for disk in one.seen.disks]
    lines = codes.lines(evidence, (), *_SAYINGS)
    if not disks and not lines:
        return Hypothesis(id=ID, title=TITLE, weight=None, against=("no host tells of its file systems",))
    scale = Scale()
    bad = full(evidence)
    if bad:
        host, disk, why = bad[0]
        scale.add(0.8 if evidence.trouble is not None else 0.5, f"{disk.path} of {host} ({disk.use}) {why}")
        for other, second, also in bad[1:4]:
            scale.add(0.0, f"{second.path} of {other} {also}")
    if lines:
        scale.add(0.2 if bad else 0.6, codes.said(lines[0]))
    if not scale.speaks_for:
        least = min(disks, key=lambda one: one[1].free_bytes / max(1, one[1].total_bytes))[1]
        free = wording.share(least.free_bytes / max(1, least.total_bytes))
        scale.take(0.0, f"where httpd writes at least {free} is free, and there are inodes")
    read_only = bool(bad) and bad[0][1].read_only
    return scale.judged(
        ID,
        _READ_ONLY if read_only else TITLE,
        hosts=tuple(dict.fromkeys(host for host, _, _ in bad)) or (lines[0].hosts if lines else ()),
        next_step=_REMOUNT if read_only else _MAKE_ROOM,
    )


def full(evidence: Evidence) -> list[tuple[str, Disk, str]]:
    """(host, file system, what is wrong with it) of those that take nothing more."""
    disks = [(host, disk) for host, one in evidence.hosts.items() if one.seen for disk in one.seen.disks]
    return [(host, disk, why) for host, disk in disks if (why := _why(disk))]


def _why(disk: Disk) -> str:
    if disk.read_only:
        return "can only be read"
    if disk.total_bytes and disk.free_bytes < min(_LEAST, disk.total_bytes // 100):
        return f"is full: {wording.size(disk.free_bytes)} of {wording.size(disk.total_bytes)} are free"
    if disk.total_inodes and disk.free_inodes == 0:
        return f"has none of its {disk.total_inodes} inodes left"
    return ""


CAUSE = Cause(id=ID, noun="room on disks", judge=judge)
