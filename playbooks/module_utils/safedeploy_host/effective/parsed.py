"""Reads the tree that mod_info prints with DUMP_CONFIG: the directives as httpd has parsed them, with file and line.

Pure: text in, nodes out. Variables, <IfModule>, <IfDefine>, macros and includes are resolved there by httpd. What it
obeys while it reads (LoadModule, Include, Define) is not in it. Depth is told by the indentation alone, because a
section that holds nothing is printed without its end. Format source: modules/generators/mod_info.c of httpd 2.4.
"""

from __future__ import annotations

import re

from ..later import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Json = dict[str, Any]

_FILE = "# In file: "
_NUMBER = regex(r"^ *# +(\d+):$")
# Standard error comes between: a message that httpd writes before it has a log, or one that it logs.
_MESSAGE = regex(r"^(?:\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:.]+ \d{4}\] |(?:httpd|apache2): |AH\d{5}: )")
_END = regex(r'^ServerRoot: "')
_WORD = regex(r""""((?:[^"\\]|\\.)*)(?:"|$)|'((?:[^'\\]|\\.)*)(?:'|$)|(\S+)""", re.DOTALL)
_ESCAPED = regex(r"""\\(["'\\])""")


def has_tree(text: str) -> bool:
    """Whether the output of httpd's dumps holds the parsed tree."""
    return text.startswith(_FILE) or f"\n{_FILE}" in text


def split(text: str) -> tuple[str, str]:
    """The output of httpd's dumps as (the parsed tree, everything else)."""
    tree: list[str] = []
    rest: list[str] = []
    inside = False
    for line in text.splitlines():
        if line.startswith(_FILE):
            inside = True
        elif _END.match(line):
            inside = False
        (tree if inside and not _MESSAGE.match(line) else rest).append(line)
    return "\n".join(tree), "\n".join(rest)


def tree(text: str) -> list[Json]:
    """The nodes of a DUMP_CONFIG, in httpd's order."""
    found: list[Json] = []
    # The sections that are open, each with its indentation.
    inside: list[tuple[int, list[Json]]] = [(-1, found)]
    file, number = "", 0
    for line in text.splitlines():
        match = _NUMBER.match(line)
        if line.startswith(_FILE):
            file = line[len(_FILE) :]
        elif match:
            number = int(match.group(1))
        elif line.strip():
            indent = len(line) - len(line.lstrip(" "))
            while inside[-1][0] >= indent:
                inside.pop()
            if line.lstrip(" ").startswith("</"):
                continue
            node = of_line(line, (file, number))
            inside[-1][1].append(node)
            if node["children"] is not None:
                inside.append((indent, node["children"]))
    return found


def of_line(line: str, place: tuple[str, int]) -> Json:
    """The node of one directive or section line."""
    text = line.strip()
    section = text.startswith("<")
    if section:
        text = text[1:-1] if text.endswith(">") else text[1:]
    name, _, raw = text.replace("\t", " ", 1).partition(" ") if "\t" in text.split(" ")[0] else text.partition(" ")
    raw = raw.strip()
    return {
        "name": name.lower(),
        "args": words(raw),
        "raw": raw,
        "file": place[0],
        "line": place[1],
        "children": [] if section else None,
    }


def words(raw: str) -> list[str]:
    """The arguments as httpd tells them apart, without their quotes (ap_getword_conf)."""
    found = []
    for double, single, bare in _WORD.findall(raw):
        found.append(bare or _ESCAPED.sub(r"\1", double or single))
    return found
