"""Where httpd would read a file that nobody told it of: the directories of its wildcards, and those of its documents.

Looks only, within bounds, and says where the bound was reached.
"""

from __future__ import annotations

import fnmatch
import glob
import os
import re
import time

from ..directives import Reader
from ..fsio import TEMPORARY
from ..later import regex
from ..probes import site_map
from ..probes.htaccess import Rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    Json = dict[str, Any]

MOST_NAMES = 5000
MOST_ENTRIES = 50000
SECONDS = 2.0
# What tools and people put behind the name of a file that they keep: www.conf.bak, www.conf~, www.conf.dpkg-old.
# No part of it can match one text in two ways: names are what others make of them.
_KEPT = regex(
    r"^(?P<name>.+?)(?:~|[._-](?:(?:bak|back|backup|old|orig|original|save|saved|copy|disabled|disable|off|inactive)\d*|"
    r"dpkg-[a-z]+|ucf-[a-z]+|rpm(?:new|save|orig)|\d+))+$",
    re.IGNORECASE,
)


class Found:
    """One file: `how` is "loaded", "beside" (loaded if it were renamed), "dangling" (a link that leads nowhere).

    `because` is the pattern that it matches, or would match.
    """

    def __init__(self, path: str, how: str, because: str) -> None:
        self.path = path
        self.how = how
        self.because = because


def included(site: Json) -> tuple[dict[str, list[str]], list[Found]]:
    """The names in each directory that a wildcard of the configuration searches, and what httpd makes of each file."""
    reader = Reader(site)
    patterns = [
        reader.resolve(directive.args[0])
        for directive in reader.directives()
        if directive.name in ("include", "includeoptional") and directive.args
    ]
    loaded = set(reader.files)
    names: dict[str, list[str]] = {}
    found: dict[str, Found] = {}
    for pattern in dict.fromkeys(patterns):
        for directory, base in _searched(pattern):
            if directory not in names:
                names[directory] = _names(directory)
            for name in names[directory]:
                path = os.path.join(directory, name)
                how = _how(path, name, base, loaded=path in loaded)
                if how and (path not in found or how == "loaded"):
                    found[path] = Found(path, how, pattern)
    return names, [found[path] for path in sorted(found)]


def _searched(pattern: str) -> Iterator[tuple[str, str]]:
    """The directories that a pattern searches, with the pattern of the names; none for the name of one file."""
    if os.path.isdir(pattern):
        for directory, below, _ in os.walk(pattern):
            del below[MOST_NAMES:]
            yield directory, "*"
    elif glob.has_magic(pattern):
        parent, base = os.path.split(pattern)
        for directory in sorted(glob.glob(parent))[:MOST_NAMES]:
            if os.path.isdir(directory):
                yield directory, base


def _names(directory: str) -> list[str]:
    try:
        return sorted(os.listdir(directory))[:MOST_NAMES]
    except OSError:
        return []


def _how(path: str, name: str, base: str, *, loaded: bool) -> str:
    if name.startswith(TEMPORARY):  # a switch under way
        return ""
    matches = fnmatch.fnmatchcase(name, base)
    if loaded and matches:
        return "loaded"
    if name.startswith("."):
        return ""
    if matches:
        return "dangling" if os.path.islink(path) and not os.path.exists(path) else ""
    kept = _KEPT.match(name)
    while kept is not None:
        if fnmatch.fnmatchcase(kept.group("name"), base):
            return "beside" if os.path.isfile(path) or os.path.islink(path) else ""
        kept = _KEPT.match(kept.group("name"))
    return ""


class Documents:
    """The files such as .htaccess below one directory of documents; `whole` is False when not all of it was seen."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.files: list[str] = []
        self.whole = True


def documents(effective: Json) -> list[Documents]:
    """What lies below each directory that httpd serves files from, and that httpd obeys there."""
    hosts = site_map.hosts(effective)
    rules = [(host, Rules(host)) for host in hosts]
    roots = {os.path.normpath(content.directory) for host, _ in rules for content in host.contents}
    # A root below another is looked at with that one.
    outermost = [root for root in sorted(roots) if not any(root.startswith(other.rstrip("/") + "/") for other in roots)]
    deadline = time.monotonic() + SECONDS
    names = {name for _, rule in rules for name in rule.names}
    left = MOST_ENTRIES
    found = []
    for root in outermost:
        below, left = _walk(root, names, left, deadline)
        below.files = [path for path in below.files if any(rule.obeys(os.path.dirname(path)) for _, rule in rules)]
        found.append(below)
    return found


def _walk(root: str, names: set[str], left: int, deadline: float) -> tuple[Documents, int]:
    found = Documents(root)
    waiting = [root]
    while waiting:
        directory = waiting.pop(0)
        if left <= 0 or time.monotonic() > deadline:
            found.whole = False
            break
        try:
            with os.scandir(directory) as entries:
                for entry in entries:
                    left -= 1
                    if left <= 0:
                        break
                    if entry.name in names and not entry.is_dir(follow_symlinks=False):
                        found.files.append(entry.path)
                    elif entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:
            continue
    found.whole = found.whole and left > 0
    found.files.sort()
    return found, left
