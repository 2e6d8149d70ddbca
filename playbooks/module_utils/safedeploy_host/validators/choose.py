"""Which validator judges which changed file. Pure: decided from paths, what the files declare, and the known table.

The control machine reads this very file too, so that a plan says what the host will do.

`services` is what a manifest says of other services' files (docs/architecture.md, section 3):

    {"validators": {name: {"paths", "command", "timeout", "reload", "service"}},
     "files": {path: {"validate": name or "none", "reason": text, "reload": name or argv}}}
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    Json = dict[str, Any]

NONE = "none"
TIMEOUT = 20.0


def matches(path: str, glob: str) -> bool:
    """Whether a path matches a glob: `*` and `?` stay within a directory, `**` does not."""
    words = re.split(r"(\*\*|\*|\?)", glob)
    special = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.fullmatch("".join(special.get(word) or re.escape(word) for word in words), path) is not None


def table(services: Mapping[str, Any], known: Mapping[str, Json]) -> dict[str, Json]:
    """The known validators with a manifest's own over them, in the known form."""
    own = {name: _own(value) for name, value in (services.get("validators") or {}).items()}
    return {**own, **{name: value for name, value in known.items() if name not in own}}


def _own(value: Json) -> Json:
    command = value.get("command")
    step = [[list(command)]] if isinstance(command, list) and command else []
    single = any("{file}" in word for alternatives in step for words in alternatives for word in words)
    made: Json = {
        "paths": value.get("paths") or [],
        "file" if single else "whole": step,
        "alone": ["**"] if single else [],
        "timeout": value.get("timeout") or TIMEOUT,
    }
    if value.get("reload"):
        made["reload"] = value["reload"]
    if value.get("service"):
        made["services"] = [value["service"]]
    return made


def choose(paths: Iterable[str], services: Mapping[str, Any], validators: Mapping[str, Json]) -> Json:
    """{"checks": [{"name", "version", "files", "apart", "named"}], "declined": {path: why}, "unknown": {path: name}}.

    `apart` are the files that do not lie where the service reads them and name the validator all the same; `named` are
    those that name it. A file that names a validator is judged by that one alone.
    """
    declared = services.get("files") or {}
    groups: dict[tuple[str, str], Json] = {}
    declined: dict[str, str] = {}
    unknown: dict[str, str] = {}
    for path in sorted(paths):
        wanted = (declared.get(path) or {}).get("validate")
        if wanted == NONE:
            declined[path] = str(declared[path].get("reason") or "no reason is given")
        elif wanted is not None and wanted not in validators:
            unknown[path] = wanted
        else:
            for name in [wanted] if wanted else matching(path, validators):
                _add(groups, name, validators[name], path, named=bool(wanted))
    return {"checks": [groups[key] for key in sorted(groups)], "declined": declined, "unknown": unknown}


def matching(path: str, validators: Mapping[str, Json]) -> list[str]:
    """The names of the validators whose files include a path."""
    able = {name: value for name, value in validators.items() if value.get("whole") or value.get("file")}
    return [name for name, value in able.items() if reads(path, value)]


def reads(path: str, definition: Json) -> bool:
    """Whether a path is among the files that a service reads."""
    return any(matches(path, glob) for glob in definition["paths"])


def version(path: str, definition: Json) -> str:
    """What stands for `{version}`: a part of the path, or nothing."""
    found = re.search(definition["version"], path) if "version" in definition else None
    return found.group(1) if found else ""


def subject(path: str, definition: Json) -> str:
    """What `{file}` stands for when this file is to be judged."""
    for pattern, replacement in definition.get("instead", {}).items():
        path = re.sub(pattern, replacement, path)
    return path


def _add(groups: dict[tuple[str, str], Json], name: str, definition: Json, path: str, *, named: bool) -> None:
    number = version(path, definition)
    group = groups.setdefault((name, number), {"name": name, "version": number, "files": [], "apart": [], "named": []})
    group["files"].append(path)
    if not reads(path, definition):
        group["apart"].append(path)
    if named:
        group["named"].append(path)


def shown(definition: Json, number: str = "") -> str:
    """The first command that a validator may run, as a person would write it."""
    steps = definition.get("whole") or definition.get("file") or []
    words = words_of(steps[0][0], number) if steps else []
    return " ".join("FILE" if word == "{file}" else word for word in words)


def words_of(command: str | list[str], number: str = "") -> list[str]:
    """The argument list of a command: the table's are written as a text, declared ones as a list."""
    words = command.split(" ") if isinstance(command, str) else command
    return [word.replace("{version}", number) for word in words]
