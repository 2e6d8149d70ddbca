"""Lays a candidate tree over the live one in this process's own mounts: same absolute paths, real files untouched.

For each directory that must change, overlayfs with its upper layer on a tmpfs; where the kernel or the filesystem does
not allow that, a mirror of the directory on the tmpfs, in which everything that does not change is bind-mounted. The
tmpfs lies below the mount that covers it, so it is not in sight, and vanishes with the namespace.
"""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from . import namespaces
from .laying import lay

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Mapping

    Json = dict[str, Any]

# An upper bound, not a reservation: a tmpfs takes the memory that its files take.
_TMPFS = "mode=0700,size=512m"
_COPY = 256 * 1024


def show(site: Json, entries: Mapping[str, Json], content: Mapping[str, bytes]) -> None:
    """Make `entries` appear at their paths. Call in private mounts only. Raises OSError where that cannot be done."""
    os.chdir("/")
    if os.geteuid() == 0:
        for directory in ("/run", "/run/lock", "/var/lock"):
            keep_writes_private(directory)
    for root in _roots(site, entries):
        if not _cover(root):
            _mirror(root, entries)
    lay(entries, content)


def keep_writes_private(path: str) -> None:
    """Let what is written below `path` be seen here alone, where that can be done. Call in private mounts only."""
    if Path(path).is_dir() and not Path(path).is_symlink() and not _cover(path):
        namespaces.unmount(path)


def _roots(site: Json, entries: Iterable[str]) -> list[str]:
    """The directories to cover, outer ones first: an allowed root, or the mount inside it that holds the path."""
    allowed = [os.path.realpath(root) for root in (site["server_root"], *site.get("allowed_roots", []))]
    found = set()
    for path in entries:
        directory = _existing(path)
        roots = [root for root in allowed if Path(root).is_dir() and _holds(root, directory)]
        mounts = [mount for mount in _mounts() if _holds(mount, directory)]
        root = max([*(roots[:1] or [directory]), *mounts], key=len)
        if root == "/":
            # What is mounted there would not be seen by a process whose root it is.
            raise OSError(f"{path} would need a new directory in /")
        found.add(root)
    return sorted(found)


def _existing(path: str) -> str:
    """The deepest directory on the way to `path` that exists, without links."""
    directory = Path(path).parent
    while not directory.is_dir():
        directory = directory.parent
    return os.path.realpath(directory)


def _holds(root: str, path: str) -> bool:
    return path == root or path.startswith(root.rstrip("/") + "/")


def _mounts() -> list[str]:
    lines = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape").splitlines()
    # Blanks and backslashes are written as octal escapes; see proc(5).
    found = [line.split(" ")[4].encode("utf-8", "surrogateescape") for line in lines]
    return [path.decode("unicode_escape").encode("latin-1").decode("utf-8", "surrogateescape") for path in found]


def _cover(root: str) -> bool:
    """Mount an overlay on `root` with its own content below; False leaves the empty tmpfs there, for `_mirror`."""
    original = os.open(root, os.O_PATH | os.O_DIRECTORY)
    # A mount that a later one hides has no path any more.
    inside = [path for path in sorted(set(_mounts())) if path != root and _holds(root, path) and os.path.lexists(path)]
    inner = [(path, os.open(path, os.O_PATH)) for path in inside]
    namespaces.mount("tmpfs", root, "tmpfs", options=_TMPFS)
    # The state of this namespace is its mounts and these descriptors; both end with the process.
    _kept[root] = (original, inner)
    upper, work = _directory(f"{root}/upper"), _directory(f"{root}/work")
    _copy_attributes(_fd(original), f"{root}/upper")
    options = f"lowerdir={_fd(original)},upperdir={_fd(upper)},workdir={_fd(work)}"
    for extra in ("", ",userxattr"):
        try:
            namespaces.mount("overlay", root, "overlay", options=options + extra)
        except OSError:
            continue
        for path, descriptor in inner:
            namespaces.mount(_fd(descriptor), path, flags=namespaces.BIND | namespaces.RECURSIVE)
        return True
    return False


_kept: dict[str, tuple[int, list[tuple[str, int]]]] = {}


def _mirror(root: str, entries: Iterable[str]) -> None:
    """Mount a copy of `root` on it in which the directories of `entries` are real and all else is the original."""
    original, inner = _kept[root]
    changing = {root}
    for path in entries:
        directory = _existing_below(path, root, original)
        while directory != root and _holds(root, directory):
            changing.add(directory)
            directory = os.path.dirname(directory)
    copy = f"{root}/copy"
    _directory(copy)
    for directory in sorted(changing):
        relative = directory[len(root) :]
        _mirror_directory(_fd(original) + relative, copy + relative, {d[len(root) :] for d in changing}, relative)
    namespaces.mount(copy, root, flags=namespaces.BIND | namespaces.RECURSIVE)
    for path, descriptor in inner:
        if path in changing:
            namespaces.mount(_fd(descriptor), path, flags=namespaces.BIND | namespaces.RECURSIVE)


def _existing_below(path: str, root: str, original: int) -> str:
    directory = os.path.realpath(os.path.dirname(path))
    while _holds(root, directory) and not os.path.isdir(_fd(original) + directory[len(root) :]):
        directory = os.path.dirname(directory)
    return directory


def _mirror_directory(source: str, target: str, changing: set[str], relative: str) -> None:
    Path(target).mkdir(exist_ok=True)
    _copy_attributes(source, target)
    for name in os.listdir(source):
        there, here = f"{source}/{name}", f"{target}/{name}"
        status = os.lstat(there)
        if stat.S_ISLNK(status.st_mode):
            os.symlink(os.readlink(there), here)
        elif stat.S_ISREG(status.st_mode) and status.st_size <= _COPY and os.access(there, os.R_OK):
            shutil.copyfile(there, here)
            _copy_attributes(there, here)
        elif stat.S_ISDIR(status.st_mode):
            Path(here).mkdir()
            if f"{relative}/{name}" not in changing:
                namespaces.mount(there, here, flags=namespaces.BIND | namespaces.RECURSIVE)
        else:
            Path(here).touch()
            namespaces.mount(there, here, flags=namespaces.BIND)


def _copy_attributes(source: str, target: str) -> None:
    status = os.stat(source)
    if os.geteuid() == 0:
        os.chown(target, status.st_uid, status.st_gid)
    Path(target).chmod(stat.S_IMODE(status.st_mode))


def _directory(path: str) -> int:
    Path(path).mkdir()
    return os.open(path, os.O_PATH | os.O_DIRECTORY)


def _fd(descriptor: int) -> str:
    return f"/proc/self/fd/{descriptor}"
