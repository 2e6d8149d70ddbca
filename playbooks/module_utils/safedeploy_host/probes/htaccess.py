"""Files such as .htaccess: which of them a virtual host obeys, and which requests they speak of. Pure.

httpd looks for one in each directory on the way to a file and reads it unless the AllowOverride that applies there is
None, which is also the default (server/request.c, ap_directory_walk).
"""

from __future__ import annotations

import fnmatch
import os
import re

from ..effective.parsed import words
from . import examples, nodes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from .site_map import Host

    Json = dict[str, Any]
    ReadText = Callable[[str], str]

DEFAULT_NAME = ".htaccess"
_TARGETS = 4
# What a rule for every page matches. Short: nested repetitions take twice as long for each letter more.
_ANYTHING = ("zq-xk", "")
_LINES = 400


class Rules:
    """The AllowOverride of one virtual host by directory, and the `names` of the files."""

    def __init__(self, host: Host) -> None:
        self._sections: list[tuple[Json, list[str]]] = []
        names: list[str] = []
        for around, node in host.inside:
            if node["name"] == "accessfilename":
                names = [str(arg) for arg in node["args"]]
            if node["name"] in ("allowoverride", "allowoverridelist"):
                section = nodes.section(around, "directory", "directorymatch")
                if section:
                    self._sections.append((section, [str(arg).lower() for arg in node["args"]]))
        self.names = names or [DEFAULT_NAME]

    def obeys(self, directory: str) -> bool:
        """Whether a file in this directory is read: shorter paths first, then expressions, the last wins."""
        allowed = ["none"]
        for section, overrides in sorted(self._sections, key=_order):
            if _applies(section, directory):
                allowed = overrides
        return allowed != ["none"]


def _order(item: tuple[Json, list[str]]) -> tuple[bool, int]:
    section, _ = item
    return nodes.is_regex(section), len(_parts(nodes.argument(section)))


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]


def _applies(section: Json, directory: str) -> bool:
    pattern = nodes.argument(section)
    if nodes.is_regex(section):
        try:
            return re.search(pattern, directory.rstrip("/") + "/") is not None
        except re.error:
            return False
    wanted, there = _parts(pattern), _parts(os.path.normpath(directory))
    if len(wanted) > len(there):
        return False
    return all(fnmatch.fnmatchcase(name, glob) for name, glob in zip(there, wanted))


def targets(text: str) -> list[str]:
    """Paths, relative to its directory, that the rules of such a file speak of; a bounded number."""
    found: list[str] = []
    for line in text.splitlines()[:_LINES]:
        parts = words(line.strip().rstrip(">"))
        if len(parts) < 2:
            continue
        name = parts[0].lower()
        if name == "rewriterule" and not parts[1].startswith("!"):
            if not any(_searches(parts[1], other) for other in _ANYTHING):
                found += examples.examples(parts[1], 1)
        elif name in ("<files", "<filesmatch"):
            expression = name == "<filesmatch" or parts[1] == "~"
            found += examples.examples(parts[-1], 1) if expression else [parts[-1]]
    return [one for one in dict.fromkeys(found) if one and not one.startswith(("/", ".ht"))][:_TARGETS]


def _searches(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except (re.error, RecursionError):
        return True
