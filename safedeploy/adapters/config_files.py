"""Configuration as it lies in directories here, as a tree in memory.

Reads within bounds and follows no link; writes corrections, all or none.

A file that cannot be read, is no regular file or is too large exists without a content.
"""

from __future__ import annotations

import os
import posixpath
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from safedeploy.core.errors import ExitCode, SafedeployError
from safedeploy.lint.files import Files

REPOSITORY = ".git"
LARGEST = 1024 * 1024
MOST = 20_000
MOST_PROGRAMS, BEGINNING = 500, 4096  # of a program its first line tells enough
ALL_TOGETHER = 128 * 1024 * 1024


def tree(directory: Path, at: str) -> Files:
    """Everything below a directory, as if the directory were at `at`.

    Raises SafedeployError when the directory cannot be read or is too large to be a configuration.
    """
    contents: dict[str, bytes] = {}
    links: dict[str, str] = {}
    others: set[str] = set()
    directories: set[str] = set()
    left = ALL_TOGETHER
    for number, entry in enumerate(_walk(directory)):
        path = posixpath.join(at, os.path.relpath(entry.path, directory))
        if number >= MOST or left < 0:
            raise _too_much(directory)
        if entry.is_symlink():
            links[path] = str(Path(entry.path).readlink())
        elif entry.is_dir(follow_symlinks=False):
            directories.add(path)
        elif (content := _content(entry)) is not None:
            contents[path] = content
            left -= len(content)
        else:
            others.add(path)
    return Files(contents=contents, links=links, others=frozenset(others), directories=frozenset({*directories, at}))


def served(directory: Path, at: str, name: str = ".htaccess") -> Files:
    """What lies below a directory that visitors get, as if it were at `at`: the .htaccess files with their contents.

    All else are names, of a repository of git the first level of them. They are the whole of it unless there is too
    much, or something cannot be looked into; then only .htaccess files are told, of a very large directory those that
    come first.
    """
    contents: dict[str, bytes] = {}
    links: dict[str, str] = {}
    others: set[str] = set()
    directories, closed, number = {at}, list[str](), 0
    try:
        for number, entry in enumerate(_walk(directory, closed)):
            if number >= 10 * MOST or len(contents) >= MOST:
                break
            path = posixpath.join(at, os.path.relpath(entry.path, directory))
            if entry.is_symlink():
                links[path] = str(Path(entry.path).readlink())
            elif entry.is_dir(follow_symlinks=False):
                directories.add(path)
                if entry.name == REPOSITORY:
                    others.update(posixpath.join(path, one.name) for one in Path(entry.path).iterdir())
            elif entry.name == name and (content := _content(entry)) is not None:
                contents[path] = content
            else:
                others.add(path)
    except (SafedeployError, OSError):
        return Files(contents=contents)
    if closed or number >= MOST:
        return Files(contents=contents)
    return Files(
        contents=contents,
        links=links,
        others=frozenset(others),
        directories=frozenset(directories),
        complete=frozenset({at}),
    )


def programs(directory: Path, at: str) -> dict[str, bytes]:
    """The files of one directory, not of those below it, by the paths that they have when it is at `at`.

    Nothing of a directory that cannot be read, and not all of one that is too large for programs of CGI.
    """
    try:
        with os.scandir(directory) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)[:MOST_PROGRAMS]
    except OSError:
        return {}
    return {posixpath.join(at, entry.name): content[:BEGINNING] for entry in listed if (content := _content(entry))}


def one(file: Path) -> bytes:
    """One file. Raises SafedeployError when it cannot be read, or is too large to be a configuration."""
    try:
        if not file.is_file():
            raise _unreadable(file, "is no file")
        if file.stat().st_size > LARGEST:
            raise _too_much(file)
        return file.read_bytes()
    except OSError as error:
        raise _unreadable(file, str(error.strerror)) from error


def _walk(directory: Path, closed: list[str] | None = None) -> Iterator[os.DirEntry[str]]:
    """Everything below a directory. Those below it that cannot be read are added to `closed`."""
    waiting = [os.fspath(directory)]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            if here == os.fspath(directory):
                raise _unreadable(directory, str(error.strerror)) from error
            if closed is not None:
                closed.append(here)
            continue
        for entry in listed:
            yield entry
            if entry.is_dir(follow_symlinks=False) and entry.name != REPOSITORY:
                waiting.append(entry.path)


def _content(entry: os.DirEntry[str]) -> bytes | None:
    try:
        if not entry.is_file(follow_symlinks=False) or entry.stat(follow_symlinks=False).st_size > LARGEST:
            return None
        descriptor = os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            return file.read(LARGEST)
    except OSError:
        return None


def _unreadable(path: Path, why: str) -> SafedeployError:
    return SafedeployError(
        "lint-unreadable",
        f"{path}: {why}",
        next_step="Name an environment, a directory with httpd's configuration, or files of it, that you may read.",
        exit_code=ExitCode.USAGE,
    )


def _too_much(path: Path) -> SafedeployError:
    return SafedeployError(
        "lint-too-large",
        f"{path} holds more than a configuration of httpd does",
        next_step="Name the directory that httpd's main configuration lies in, for example /etc/apache2.",
        exit_code=ExitCode.USAGE,
    )


def write(contents: Mapping[Path, bytes], before: Mapping[Path, bytes]) -> None:
    """Put new contents in the place of files, with their owners and modes: all of them, or none.

    `before` is what each held when it was read. Raises SafedeployError when one has changed since, or cannot be
    written; what was replaced by then is put back.
    """
    beside: dict[Path, Path] = {}
    done: list[Path] = []
    try:
        for path, content in contents.items():
            if path.is_symlink() or path.read_bytes() != before[path]:
                raise _not_written(path, "it has changed since it was read")
            beside[path] = _written_beside(path, content)
        for path, new in beside.items():
            new.replace(path)
            done.append(path)
    except OSError as error:
        for path in done:
            with suppress(OSError):
                _written_beside(path, before[path]).replace(path)
        raise _not_written(Path(error.filename or "."), str(error.strerror)) from error
    finally:
        for new in beside.values():
            with suppress(OSError):
                new.unlink()


def _written_beside(path: Path, content: bytes) -> Path:
    """A file with this content, and the mode and owner of `path`, where no include of httpd finds it."""
    new = path.with_name(f".ht.safedeploy.{secrets.token_hex(4)}")
    status = path.stat()
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
        try:
            file.write(content)
            file.flush()
            if (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(file.fileno(), status.st_uid, status.st_gid)
            os.fchmod(file.fileno(), stat.S_IMODE(status.st_mode))
            os.fsync(file.fileno())
        except OSError:
            new.unlink()
            raise
    return new


def _not_written(path: Path, why: str) -> SafedeployError:
    return SafedeployError(
        "fix-not-written",
        f"{path} could not be corrected: {why}",
        state="No file was changed.",
        next_step="Run the same command again; with --diff it shows what it would change.",
        exit_code=ExitCode.USAGE,
    )
