"""What kinds of messages httpd wrote to its error logs: by their code (AH01234), or by level, module and wording.

Warnings and worse. A sample of each kind is without date, process, client, referer and the values of queries.
"""

from __future__ import annotations

import re

from ..effective import nodes
from ..probes import log_files, log_lines
from . import positions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Mapping

    from ..probes.site_map import Host

    Json = dict[str, Any]

MOST = 256 * 1024
KINDS = 50
FILES = 32
_LEVEL = re.compile(r"\[(?:([\w-]*):)?(emerg|alert|crit|error|warn|notice|info|debug|trace\d)\]")
GRAVE = ("emerg", "alert", "crit", "error", "warn")
_CODE = re.compile(r"\bAH\d{5}\b")
# What a program behind httpd has said: its code says no more than that.
_PASSED_ON = ("AH01071", "AH01215")
_PLACE = re.compile(r"(?<![\w.])/[^\s:,;'\")]+")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_NUMBER = re.compile(r"0x[0-9a-fA-F]+|\d+")
_WORDING = 120
SAMPLE = 300


def logs(hosts: Iterable[Host], effective: Json, server_root: str) -> dict[str, str | None]:
    """{target: file} of the error logs; the file is None for what is a pipe or syslog."""
    targets = [str(effective["error_log"])] if effective.get("error_log") else []
    for host in hosts:
        node = nodes.value(host.own, "errorlog") or nodes.value(host.shared, "errorlog")
        if node and node["args"]:
            targets.append(str(node["args"][0]))
    found: dict[str, str | None] = {}
    for target in targets:
        path = log_files.place(target, server_root)
        if path not in found.values():
            found[f"error:{target}"] = path
    return dict(list(found.items())[:FILES])


def signatures(error_logs: Mapping[str, str | None], since: Mapping[str, Json], notes: list[str]) -> list[Json]:
    """[{key, level, count, sample}] of what was written since the positions, or at the end of the logs without any."""
    found: dict[str, Json] = {}
    for target, path in error_logs.items():
        if path is None:
            notes.append(f"the error log {target.partition(':')[2]!r} is no file, and was not read")
            continue
        lines = positions.lines(path, since.get(target), MOST, notes) if since else log_files.tail(path, MOST)
        for line in lines:
            one = signature(line)
            if one is None or (one[0] not in found and len(found) >= KINDS):
                continue
            key, level = one
            known = found.setdefault(
                key, {"key": key, "level": level, "count": 0, "sample": log_lines.clean(line)[:SAMPLE]}
            )
            known["count"] += 1
    return sorted(found.values(), key=lambda one: (GRAVE.index(one["level"]), -one["count"]))


def signature(line: str) -> tuple[str, str] | None:
    """(kind, level) of a line; None for chatter and for what is no message of httpd's own."""
    marked = _LEVEL.search(line)
    code = _CODE.search(line)
    if marked is None:
        return (code[0], "error") if code else None
    module, level = marked[1] or "-", marked[2]
    if level not in GRAVE:
        return None
    if code and code[0] not in _PASSED_ON:
        return code[0], level
    text = log_lines.clean(line[marked.end() :])
    if not code:
        text = _QUOTED.sub("...", text)
    wording = " ".join(_NUMBER.sub("...", _PLACE.sub("/...", text)).split())
    return f"{module}:{level} {wording[:_WORDING]}", level
