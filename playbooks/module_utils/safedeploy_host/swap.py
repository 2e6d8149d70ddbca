"""Giving a new file its name, or taking a name away, without losing what somebody put there a moment before.

The system call exchanges the new file with what is there, which can then be looked at, and overwrites nothing that has
just appeared. Where the kernel, the C library or the file system lacks it, a second link to it, or a copy, is
made first: an edit is seen then too, unless it falls between two system calls.
"""

from __future__ import annotations

import errno
import os
import stat

from . import fsio, tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .fsio import Place
    from .tree import Entry

NO_REPLACE, EXCHANGE = 1, 2
_TRIES = 10  # somebody may be making and removing the file all the time
_LACKING = (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM, errno.EMLINK)


def put(at: Place, temporary: str) -> Entry:
    """Give the file `temporary` the name of `at`; what was there is then at `temporary`, and its entry is returned.

    Raises OSError: IsADirectoryError when a directory is there, which it then still is.
    """
    for _ in range(_TRIES):
        came_out = _exchanged(at, temporary) or _created(at, temporary)
        if came_out is not None:
            return came_out
    raise FileExistsError(errno.EEXIST, f"{at.path} comes and goes all the time")


def take(at: Place, temporary: str) -> Entry:
    """Move what is at `at` to `temporary`, and return its entry: `absent` when nothing is there. Raises as `put`."""
    try:
        os.rename(at.name, temporary, src_dir_fd=at.dir_fd, dst_dir_fd=at.dir_fd)
    except FileNotFoundError:
        return tree.absent()
    return _came_out(at, temporary)


def undo(at: Place, temporary: str, came_out: Entry) -> None:
    """Put back what `put` or `take` has found."""
    if came_out["kind"] == "absent":
        os.unlink(at.name, dir_fd=at.dir_fd)
    else:
        os.rename(temporary, at.name, src_dir_fd=at.dir_fd, dst_dir_fd=at.dir_fd)


def _exchanged(at: Place, temporary: str) -> Entry | None:
    """What came out, or None when nothing is there."""
    try:
        if renameat2(at.dir_fd, temporary, at.name, EXCHANGE):
            return _came_out(at, temporary)
        aside = f"{temporary}~"
        try:
            os.link(at.name, aside, src_dir_fd=at.dir_fd, dst_dir_fd=at.dir_fd, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _LACKING:
                raise
            _copy(at, aside)
        os.rename(temporary, at.name, src_dir_fd=at.dir_fd, dst_dir_fd=at.dir_fd)
        os.rename(aside, temporary, src_dir_fd=at.dir_fd, dst_dir_fd=at.dir_fd)
        return _came_out(at, temporary)
    except FileNotFoundError:
        return None


def _copy(at: Place, aside: str) -> None:
    """A copy of what is there, where it cannot have a second link. Raises OSError."""
    found = at.lstat()
    if found is None:
        raise FileNotFoundError(errno.ENOENT, at.path)
    if stat.S_ISLNK(found.st_mode):
        os.symlink(os.readlink(at.name, dir_fd=at.dir_fd), aside, dir_fd=at.dir_fd)
        return
    if not stat.S_ISREG(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, f"{at.path} is not a file")
    source = os.open(at.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=at.dir_fd)
    try:
        fd = fsio.write_new(at, aside, b"".join(fsio.chunks(source)))
    finally:
        os.close(source)
    try:
        os.fchown(fd, found.st_uid, found.st_gid)
        os.fchmod(fd, stat.S_IMODE(found.st_mode))
    finally:
        os.close(fd)


def _created(at: Place, temporary: str) -> Entry | None:
    """`absent`, or None when something has appeared there."""
    try:
        if not renameat2(at.dir_fd, temporary, at.name, NO_REPLACE):
            try:
                os.link(temporary, at.name, src_dir_fd=at.dir_fd, dst_dir_fd=at.dir_fd, follow_symlinks=False)
            except OSError as error:
                if error.errno not in _LACKING:
                    raise
                os.rename(temporary, at.name, src_dir_fd=at.dir_fd, dst_dir_fd=at.dir_fd)
            else:
                os.unlink(temporary, dir_fd=at.dir_fd)
    except FileExistsError:
        return None
    return tree.absent()


def _came_out(at: Place, temporary: str) -> Entry:
    entry = tree.entry_in(at.dir_fd, temporary)
    if entry == {"kind": "other", "type": "dir"}:
        if at.lstat() is None:
            os.rename(temporary, at.name, src_dir_fd=at.dir_fd, dst_dir_fd=at.dir_fd)
        else:
            renameat2(at.dir_fd, temporary, at.name, EXCHANGE)
        raise IsADirectoryError(errno.EISDIR, f"{at.path} is a directory")
    return entry


def renameat2(dir_fd: int, source: str, target: str, flags: int) -> bool:
    """Rename within one directory, with flags; False where it is lacking. Raises OSError."""
    import ctypes

    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "renameat2"):
        return False
    if libc.renameat2(dir_fd, os.fsencode(source), dir_fd, os.fsencode(target), ctypes.c_uint(flags)) == 0:
        return True
    number = ctypes.get_errno()
    if number in _LACKING:
        return False
    raise OSError(number, os.strerror(number), target)
