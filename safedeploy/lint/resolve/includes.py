"""The files that an Include or IncludeOptional names, in httpd's order.

A directory stands for everything below it, hidden files and backups too; a pattern may stand in any part of the path,
and its matches are taken in the order of their bytes, part by part.
Source: https://github.com/apache/httpd/blob/2.4.x/server/config.c (ap_process_fnmatch_configs)
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field

from safedeploy.lint.files import Files
from safedeploy.lint.resolve.paths import is_pattern, pattern

# httpd's own bound for directories in directories.
_DEEPEST = 20
# Links that lead back multiply what lies below a directory.
_MOST_FILES = 20_000


@dataclass(kw_only=True)
class Found:
    """`files` are the paths to read, as httpd names them, each with what httpd refuses there instead of reading on.

    `missing` says that httpd finds nothing where it asks for something: True, False, or None where that is not known.
    `open` says that there may be more than is known; `stopped` that httpd looks no further.
    """

    files: list[tuple[str, str | None]] = field(default_factory=list)
    missing: bool | None = False
    open: bool = False
    stopped: bool = False

    def refuse(self, path: str, text: str) -> None:
        """Note that httpd stops at a path."""
        self.files.append((path, text))

    def lack(self, path: str, *, sure: bool) -> None:
        """Note that nothing is where httpd looks."""
        if sure:
            self.missing = True
            self.refuse(path, f"{path} does not exist, or nothing matches it")
        elif not self.missing:
            self.missing = None


def find(files: Files, path: str, exists: Callable[[str], bool | None]) -> Found:
    """Find what an absolute path or pattern stands for; `exists` answers where the tree does not know."""
    found = Found()
    parts = [part for part in path.split("/") if part]
    if not is_pattern(path):
        _take(files, path, found, exists)
    elif sum(map(is_pattern, parts)) > _DEEPEST:
        found.refuse(path, f"{path} has more patterns in it than can be followed")
    else:
        _match(files, "/", parts, found, exists)
    return found


def _match(files: Files, directory: str, parts: list[str], found: Found, exists: Callable[[str], bool | None]) -> None:
    at = next(number for number, part in enumerate(parts) if is_pattern(part))
    directory = posixpath.join(directory, *(part.replace("\\", "") for part in parts[:at]))
    wanted, rest = pattern(parts[at]), parts[at + 1 :]
    matches = [posixpath.join(directory, name) for name in files.names(directory) if wanted.fullmatch(name)]
    if rest:
        matches = [path for path in matches if files.is_directory(path) is not False]
    for path in matches:
        if found.stopped:
            return
        if any(map(is_pattern, rest)):
            _match(files, path, rest, found, exists)
        else:
            _take(files, posixpath.join(path, *rest), found, exists, matched=not rest)
    sure = files.is_complete(directory) or files.is_directory(directory) is False
    found.open |= not sure
    if not matches:
        found.lack(posixpath.join(directory, parts[at]), sure=sure)


def _take(
    files: Files,
    path: str,
    found: Found,
    exists: Callable[[str], bool | None],
    *,
    depth: int = 0,
    matched: bool = False,
) -> None:
    if files.is_directory(path):
        _take_directory(files, path, found, exists, depth)
    elif files.content(path) is not None:
        found.files.append((path, None))
    elif exists(path) is False:
        # A link that leads nowhere: httpd passes it over when a pattern has found it.
        if not matched:
            found.lack(path, sure=True)
    else:
        found.open = True
        if exists(path) is None:
            found.lack(path, sure=False)


def _take_directory(files: Files, path: str, found: Found, exists: Callable[[str], bool | None], depth: int) -> None:
    if depth >= _DEEPEST:
        found.refuse(path, f"{path} lies deeper than httpd follows directories; a link may lead back")
        found.stopped = True
        return
    found.open |= not files.is_complete(path)
    for name in files.names(path):
        _take(files, posixpath.join(path, name), found, exists, depth=depth + 1)
        if found.stopped or len(found.files) > _MOST_FILES:
            return
