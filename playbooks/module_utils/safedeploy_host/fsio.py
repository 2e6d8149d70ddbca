"""Reading and changing files without ever following a link that somebody planted.

A path is resolved from its allowed root downwards, one directory at a time, each opened with O_NOFOLLOW; whatever is
done then is done relative to the last directory's descriptor, so that a directory swapped for a link in between changes
nothing. The allowed root itself is the operator's word and may be a link.

Temporary names begin with `.ht`: httpd's wildcards skip names with a leading dot (APR_FNM_PERIOD) and its stock
configuration serves no `.ht*`. A bare `Include directory` does read them, hence they live for one switch only.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat

from .protocol import AgentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType

TEMPORARY = ".ht.safedeploy."
NEW = ".new"  # what replaces one of our own files in a moment
DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class Place:
    """An open directory and a name in it: where one path of a tree is. A context manager that closes the directory."""

    def __init__(self, path: str, dir_fd: int, name: str) -> None:
        self.path = path
        self.dir_fd = dir_fd
        self.name = name

    def __enter__(self) -> Place:  # noqa: PYI034 -- Self is not in Python 3.8
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        os.close(self.dir_fd)

    def lstat(self) -> os.stat_result | None:
        """The name's own attributes, or None when nothing is there."""
        try:
            return os.lstat(self.name, dir_fd=self.dir_fd)
        except FileNotFoundError:
            return None


def normal(path: str) -> bool:
    """Whether a path is absolute, without `.`, `..`, doubled slashes, NUL or a slash at the end."""
    return path.startswith("/") and path != "/" and "\0" not in path and os.path.normpath(path) == path


def root_of(path: str, roots: Iterable[str]) -> str:
    """The innermost allowed root that holds `path`. Raises AgentError(outside-roots)."""
    holding = [root for root in (r.rstrip("/") for r in roots) if path.startswith(root + "/")]
    if not normal(path) or not holding:
        raise AgentError(
            "outside-roots",
            f"{path} is outside the directories that safedeploy may write on this host",
            next="Correct the destination, or add its directory to allowed_roots in safedeploy_site.",
            detail={"path": path, "allowed_roots": list(roots)},
        )
    return max(holding, key=len)


def place(path: str, roots: Iterable[str]) -> Place | None:
    """The place of `path`, or None when a directory on the way does not exist.

    Raises AgentError: `outside-roots`, `through-link` (a directory on the way is a link), `in-the-way` (it is a file).
    """
    root = root_of(path, roots)
    *parents, name = path[len(root) + 1 :].split("/")
    try:
        fd = os.open(os.path.realpath(root), DIRECTORY)
    except FileNotFoundError:
        return None
    at = root
    for parent in parents:
        at = f"{at}/{parent}"
        try:
            following = os.open(parent, DIRECTORY | os.O_NOFOLLOW, dir_fd=fd)
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENOTDIR):
                raise _blocked(path, at, fd, parent) from error
            raise
        finally:
            os.close(fd)
        fd = following
    return Place(path, fd, name)


def _blocked(path: str, at: str, dir_fd: int, name: str) -> AgentError:
    if stat.S_ISLNK(os.lstat(name, dir_fd=dir_fd).st_mode):
        return AgentError(
            "through-link",
            f"{path} would be reached through the symbolic link {at}",
            next=f"Write to the directory that {at} points to, or replace the link by a directory.",
            detail={"path": path, "link": at},
        )
    return AgentError(
        "in-the-way",
        f"{path} cannot exist: {at} is not a directory",
        next=f"Move {at} away, or correct the destination.",
        detail={"path": path, "at": at},
    )


def missing_directories(path: str, roots: Iterable[str]) -> list[str]:
    """The directories that must be made before `path` can be written, outermost first; never the root."""
    root = root_of(path, roots)
    missing: list[str] = []
    parent = os.path.dirname(path)
    while parent != root:
        found = place(parent, roots)
        if found is not None:
            with found:
                if found.lstat() is not None:
                    break
        missing.append(parent)
        parent = os.path.dirname(parent)
    return missing[::-1]


def write_new(at: Place, name: str, content: bytes) -> int:
    """Create `name` beside `at` with `content`, mode 0600; return its open descriptor."""
    fd = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=at.dir_fd)
    try:
        write_all(fd, content)
    except BaseException:
        os.close(fd)
        raise
    return fd


def write_all(fd: int, content: bytes) -> None:
    """Write every byte, however many calls it takes."""
    view = memoryview(content)
    while view:
        view = view[os.write(fd, view) :]


def replace_file(path: str, content: bytes, mode: int = 0o600) -> None:
    """Replace one of our own files atomically: old or new, whatever happens, and on disk.

    A disk that is full leaves nothing of the new one: what it took is needed more than ever.
    """
    temporary = path + NEW
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    try:
        try:
            write_all(fd, content)
            os.fsync(fd)
        finally:
            os.close(fd)
        os.replace(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    sync_directory(os.path.dirname(path))


def remove_file(path: str) -> None:
    """Remove one of our own files, and make that durable. Not being there is fine."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
    sync_directory(os.path.dirname(path))


def read_file(path: str) -> bytes | None:
    """The content of one of our own files, or None when it is not there."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with open(fd, "rb") as stream:
        return stream.read()


def read_followed(path: str) -> bytes:
    """The content of a file that the caller named: links are followed, and a missing one has no content."""
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError:
        return b""


def sync_directory(path: str) -> None:
    """Make renames and removals in a directory durable."""
    fd = os.open(path, DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_above(path: str) -> None:
    """Make the name of a new directory durable, and the names of those above it, which may be as new."""
    while True:
        with contextlib.suppress(PermissionError):  # one that this user may not read is none that it has made
            sync_directory(path)
        if path == "/":
            return
        path = os.path.dirname(path)


def chunks(fd: int) -> Iterator[bytes]:
    """The bytes of an open file, in pieces of at most 1 MiB."""
    while True:
        piece = os.read(fd, 1 << 20)
        if not piece:
            return
        yield piece
