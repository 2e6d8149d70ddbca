"""What httpd's own tree does not show, because it is settled while the files are read: includes and conditions.

Read from the files themselves, where they lie: for a candidate, in its context.
"""

from __future__ import annotations

import glob
import os

from ..directives import holds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator

    from ..directives import Directive, Reader

    Json = dict[str, Any]

_CONDITIONS = ("<ifmodule", "<ifdefine")


def reads(directives: Iterable[Directive], reader: Reader, modules: list[str], defines: list[str]) -> Json:
    """{"includes", "conditions", "left_out"} of a configuration.

    includes: [{"pattern", "file", "line", "matches": n, "dangling": [{"link", "target"}]}], those that apply.
    conditions: [{"kind": "ifmodule|ifdefine", "name", "file", "line", "holds"}], those whose surroundings apply.
    left_out: [{"name", "file", "line"}], the ServerName and ServerAlias of virtual hosts that a condition leaves out.
    """
    found: Json = {"includes": [], "conditions": [], "left_out": []}
    known_modules, known_defines = set(modules), set(defines)
    in_virtual_host = False
    for directive in directives:
        if directive.name in ("<virtualhost", "</virtualhost"):
            in_virtual_host = directive.name == "<virtualhost"
        applies = directive.applies(known_modules, known_defines)
        place = {"file": directive.file, "line": directive.line}
        if directive.name in ("servername", "serveralias") and in_virtual_host and not applies:
            found["left_out"] += [{"name": reader.expand(name), **place} for name in directive.args]
        if not applies or not directive.args:
            continue
        if directive.name in ("include", "includeoptional"):
            pattern = reader.resolve(directive.args[0])
            found["includes"].append({"pattern": pattern, **place, **_on_disk(pattern)})
        elif directive.name in _CONDITIONS:
            kind, name = directive.name[1:], " ".join(directive.args)
            true = holds((kind, name), known_modules, known_defines)
            found["conditions"].append({"kind": kind, "name": name, **place, "holds": true})
    return found


def _on_disk(pattern: str) -> Json:
    if os.path.isdir(pattern):
        return {"matches": sum(len(files) for _, _, files in os.walk(pattern)), "dangling": []}
    names = sorted(glob.glob(pattern))
    return {"matches": sum(map(os.path.isfile, names)), "dangling": list(_dangling(pattern))}


def _dangling(pattern: str) -> Iterator[Json]:
    # glob leaves out links that lead nowhere only when the last part has no wildcard; it is told by lstat here.
    for path in sorted(glob.glob(pattern)):
        if os.path.islink(path) and not os.path.exists(path):
            yield {"link": path, "target": os.readlink(path)}
